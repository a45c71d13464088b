"""Releasing in the background: it reads the whole quarter, and a browser may close meanwhile."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.core.jobs.kinds import Parameters
from apps.dashboards import selectors, wording
from apps.reports.jobs.parameters import ParametersForm
from apps.reports.jobs.registry import BuildRequest, BuiltFile, JobFailure, Progress, report

KIND = "release"
TEXT = "text/plain; charset=utf-8"


def audience(user: User, parameters: Parameters) -> str | None:
    """Whoever releases gets the certificate, alone."""
    from apps.reports.releases.permissions import releases

    plan = selectors.plan_of(user, year=parameters["year"])
    return f"user:{user.pk}:{user.role}" if plan is not None and releases(user, plan) else None


def source(user: User, parameters: Parameters) -> str:
    """The version to be made, named by its parameters, is made once."""
    return KIND


def title(parameters: Parameters) -> str:
    return _("Release of the %(quarter)s %(year)s, version %(version)s") % {
        "quarter": wording.quarter_name(parameters["quarter"]).lower(),
        "year": parameters["year"],
        "version": parameters["version"],
    }


@report(
    KIND,
    label=gettext_lazy("Release of a quarter"),
    form=ParametersForm,
    audience=audience,
    source=source,
    title=title,
    is_listed=False,
)
def release(request: BuildRequest, progress: Progress) -> BuiltFile:
    """Freeze a quarter; the file is its certificate.

    The last stage is told before the freezing: what is frozen cannot be cancelled any more.
    """
    from apps.reports.releases.certificate import certificate_of
    from apps.reports.releases.freezing import release_freeze

    asked = request.parameters
    progress.stage(_("Checking and freezing the quarter"), 0, 1)
    plan = selectors.plan_of(request.asked_by, year=asked["year"])
    if plan is None:
        raise JobFailure(_("There is no plan of that year any more."))
    try:
        made = release_freeze(
            plan=plan,
            quarter=asked["quarter"],
            version=asked["version"],
            by=request.asked_by,
            acknowledged=asked["acknowledged"],
            reason=asked["reason"],
            notes=asked["notes"],
        )
    except ValidationError as error:
        raise JobFailure(" ".join(error.messages)) from error
    return BuiltFile(f"{title(asked)}.txt", certificate_of(made).encode(), TEXT)
