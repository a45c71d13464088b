"""The overview and every indicator behind it as an Excel workbook, as the screen shows them."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.accounts.permissions import is_bureau_member
from apps.core import clock
from apps.core.jobs.kinds import Parameters
from apps.dashboards import pages, selectors
from apps.reports.jobs.parameters import QuarterForm
from apps.reports.jobs.registry import BuildRequest, BuiltFile, JobFailure, Progress, report


def own(user: User, parameters: Parameters) -> str | None:
    """What a person of the bureau sees, with the person's name in it: it is for that person alone."""
    return f"user:{user.pk}:{user.role}" if is_bureau_member(user) else None


def generation(user: User, parameters: Parameters) -> str:
    """The results as they are: the plan's generation on a business date."""
    plan = selectors.plan_of(user, year=parameters["year"])
    return f"plan:{plan.pk}:{plan.generation}:{clock.today()}" if plan else ""


@report(
    "overview-workbook",
    label=gettext_lazy("Overview as Excel"),
    description=gettext_lazy("All areas and every indicator with value, target and light, as on the screen."),
    form=QuarterForm,
    audience=own,
    source=generation,
)
def overview_workbook(request: BuildRequest, progress: Progress) -> BuiltFile:
    """Make the workbook of a quarter."""
    from apps.reports.views import XLSX, facts_of
    from apps.reports.workbook import workbook_bytes

    progress.stage(_("Reading the results"), 0, 2)
    plan = selectors.plan_of(request.asked_by, year=request.parameters["year"])
    if plan is None:
        raise JobFailure(_("There is no plan of that year any more."))
    scope = selectors.scope_of(request.asked_by, plan=plan, quarter=request.parameters["quarter"])
    page = pages.overview_page(scope)
    tables = [page.table, page.indicators]
    progress.stage(_("Writing the workbook"), 1, 2)
    content = workbook_bytes(tables, facts=facts_of(scope, _("Overview")))
    return BuiltFile(f"{plan.year}-Q{scope.quarter}-{_('Overview')}.xlsx", content, XLSX)
