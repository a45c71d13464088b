"""The circular as Word and PDF."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.core.jobs.kinds import Parameters
from apps.reports.jobs.parameters import ParametersForm
from apps.reports.jobs.registry import BuildRequest, BuiltFile, JobFailure, Progress, report
from apps.reports.jobs.releases import reader_of, release_name

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def parameters_of(circular: Any) -> dict[str, Any]:
    """Return the parameters that name a circular."""
    return {
        "circular": circular.pk,
        "plan": circular.plan_id,
        "year": circular.plan.year,
        "quarter": circular.release.quarter,
        "version": circular.release.version,
    }


def audience(user: User, parameters: Parameters) -> str | None:
    """Everybody of the bureau who may see the plan: a circular is made to go round."""
    is_here = user.role not in ("reporter", "principal") and parameters.get("plan") in reader_of(user).plans
    return "circulation" if is_here else None


@report(
    "circular",
    label=gettext_lazy("Circular about what is behind"),
    form=ParametersForm,
    audience=audience,
    source=lambda user, parameters: f"circular:{parameters['circular']}",
    title=lambda parameters: f"{_('Circular about what is behind')} · {release_name(parameters)}",
    is_listed=False,
    has_pdf=True,
)
def circular_word(request: BuildRequest, progress: Progress) -> BuiltFile:
    """Make the Word file of a circular."""
    from apps.reports.behind.models import Circular
    from apps.reports.behind.titles import circular_title
    from apps.reports.behind.word import circular_docx

    progress.stage(_("Writing the document"), 0, 1)
    rows = Circular.objects.select_related("plan", "release").defer("release__content")
    circular = rows.filter(pk=request.parameters["circular"]).first()
    if circular is None:
        raise JobFailure(_("This circular is not there any more."))
    return BuiltFile(f"{circular_title(circular)}.docx", circular_docx(circular), DOCX)
