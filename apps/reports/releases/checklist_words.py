"""The checklist in words: what it is, what to do about it, and where."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.accounts.permissions import confirms_targets, is_bureau_member, manages_settings
from apps.plans.models import AnnualPlan
from apps.reports.releases.audience import Audience
from apps.reports.releases.checklist import Finding, Point, Severity

MOST_NAMED = 4


@dataclass(frozen=True)
class Item:
    """One line of the checklist as a person reads it; `href` is empty where there is nothing to open."""

    finding: Finding
    title: str
    advice: str
    names: Sequence[str]
    n_more: int
    href: str = ""

    @property
    def is_error(self) -> bool:
        return self.finding.severity == Severity.ERROR


def item_of(finding: Finding, *, audience: Audience, href: str = "") -> Item:
    """Return a finding in words; of its subjects those that the reader may know of."""
    known = [subject.name for subject in finding.subjects if subject.is_known_to(audience)]
    shown = known[:MOST_NAMED]
    return Item(
        finding=finding,
        title=TITLES[finding.point](finding.count),
        advice=str(ADVICE[finding.point]()),
        names=shown,
        n_more=len(finding.subjects) - len(shown),
        href=href,
    )


def place_of(finding: Finding, *, plan: AnnualPlan, quarter: int, user: User) -> str:
    """Return where it is settled, empty where this person cannot open such a page."""
    if finding.point not in PLACES:
        return ""
    may, place = PLACES[finding.point]
    return place(plan.year, quarter) if may(user) else ""


TITLES: Mapping[Point, Callable[[int], str]] = {
    Point.NO_PERIOD: lambda n: _("The quarter has no reporting period"),
    Point.NOT_OVER: lambda n: _("The quarter is not over"),
    Point.NOT_CLOSED: lambda n: _("The time for corrections is not over"),
    Point.UNREVIEWED: lambda n: (
        ngettext("%(n)d return waits for review", "%(n)d returns wait for review", n) % {"n": n}
    ),
    Point.IN_HAND: lambda n: (
        ngettext("%(n)d return is back for correction", "%(n)d returns are back for correction", n) % {"n": n}
    ),
    Point.STALE: lambda n: (
        ngettext("%(n)d result waits to be computed again", "%(n)d results wait to be computed again", n)
        % {"n": n}
    ),
    Point.REBUILDING: lambda n: _("All results are being computed again"),
    Point.DIFFERENCES: lambda n: (
        ngettext(
            "The last full computation found %(n)d difference",
            "The last full computation found %(n)d differences",
            n,
        )
        % {"n": n}
    ),
    Point.TARGETS: lambda n: (
        ngettext(
            "%(n)d target has two confirmed revisions from the same day",
            "%(n)d targets have two confirmed revisions from the same day",
            n,
        )
        % {"n": n}
    ),
    Point.DEFINITIONS: lambda n: (
        ngettext(
            "%(n)d change of a definition waits for a second person",
            "%(n)d changes of definitions wait for a second person",
            n,
        )
        % {"n": n}
    ),
    Point.COVERAGE: lambda n: (
        ngettext(
            "Reports are missing behind %(n)d indicator", "Reports are missing behind %(n)d indicators", n
        )
        % {"n": n}
    ),
    Point.PROVISIONAL: lambda n: (
        ngettext("%(n)d figure is provisional", "%(n)d figures are provisional", n) % {"n": n}
    ),
    Point.ESTIMATED: lambda n: (
        ngettext("%(n)d figure is estimated", "%(n)d figures are estimated", n) % {"n": n}
    ),
    Point.NO_TARGET: lambda n: (
        ngettext("%(n)d indicator has no target", "%(n)d indicators have no target", n) % {"n": n}
    ),
    Point.UNCONFIRMED: lambda n: (
        ngettext(
            "The target of %(n)d indicator is not confirmed",
            "The targets of %(n)d indicators are not confirmed",
            n,
        )
        % {"n": n}
    ),
    Point.HIDDEN: lambda n: (
        ngettext(
            "%(n)d figure is too small for circulation", "%(n)d figures are too small for circulation", n
        )
        % {"n": n}
    ),
    Point.OVERDUE: lambda n: ngettext("%(n)d measure is overdue", "%(n)d measures are overdue", n) % {"n": n},
    Point.RULES: lambda n: (
        ngettext(
            "%(n)d rule of a national evaluation is to be confirmed",
            "%(n)d rules of national evaluations are to be confirmed",
            n,
        )
        % {"n": n}
    ),
    Point.OWN_NUMBERS: lambda n: (
        ngettext(
            "The bureau's own texts hold %(n)d number that the data do not have",
            "The bureau's own texts hold %(n)d numbers that the data do not have",
            n,
        )
        % {"n": n}
    ),
}

ADVICE: Mapping[Point, Callable[[], str]] = {
    Point.NO_PERIOD: lambda: _("The administrator creates the periods of the plan."),
    Point.NOT_OVER: lambda: _("It can be released once its last day is over and corrections are closed."),
    Point.NOT_CLOSED: lambda: _("Until the period closes, schools may still correct what they reported."),
    Point.UNREVIEWED: lambda: _("The offices accept or return them; what is not accepted does not count."),
    Point.IN_HAND: lambda: _(
        "Wait for the correction, or have the office settle it: the figures would change."
    ),
    Point.STALE: lambda: _(
        "This takes seconds. If it stays, the administrator looks at the page of operations."
    ),
    Point.REBUILDING: lambda: _("Wait until it is done. If it stays, the administrator starts it again."),
    Point.DIFFERENCES: lambda: _(
        "The administrator finds out why, and has everything computed again until nothing differs."
    ),
    Point.TARGETS: lambda: _("Set the target anew, so that one revision is in force."),
    Point.DEFINITIONS: lambda: _("A second person confirms the change, or a new proposal replaces it."),
    Point.COVERAGE: lambda: _("Their figures rest on the reports that are in; the release says how many."),
    Point.PROVISIONAL: lambda: _("They are marked as provisional wherever they are shown."),
    Point.ESTIMATED: lambda: _("They are marked as estimated wherever they are shown."),
    Point.NO_TARGET: lambda: _("They are shown without a light."),
    Point.UNCONFIRMED: lambda: _("They are shown without a light until the bureau confirms their target."),
    Point.HIDDEN: lambda: _("What is made for circulation says “hidden” in their place."),
    Point.OVERDUE: lambda: _("The release says so. Their offices can still report what they have done."),
    Point.RULES: lambda: _("They judge nothing until the bureau confirms them."),
    Point.OWN_NUMBERS: lambda: _("They stand in the report as their author's own; look at them once more."),
}


def _page(name: str, query: str = "") -> Callable[[int, int], str]:
    return lambda year, quarter: reverse(f"dashboards:{name}") + query


def _of_year(name: str, query: str = "") -> Callable[[int, int], str]:
    return lambda year, quarter: reverse(f"dashboards:{name}", args=[year]) + f"?quarter={quarter}{query}"


PLACES: Mapping[Point, tuple[Any, Callable[[int, int], str]]] = {
    Point.UNREVIEWED: (is_bureau_member, _of_year("completeness", "&state=waiting")),
    Point.IN_HAND: (is_bureau_member, _of_year("completeness", "&state=returned")),
    Point.STALE: (manages_settings, _page("operations")),
    Point.REBUILDING: (manages_settings, _page("operations")),
    Point.DIFFERENCES: (manages_settings, _page("operations")),
    Point.TARGETS: (confirms_targets, _page("targets")),
    Point.DEFINITIONS: (confirms_targets, _page("targets")),
    Point.COVERAGE: (is_bureau_member, _of_year("completeness")),
    Point.PROVISIONAL: (is_bureau_member, _of_year("overview")),
    Point.ESTIMATED: (is_bureau_member, _of_year("overview")),
    Point.NO_TARGET: (confirms_targets, _page("targets")),
    Point.UNCONFIRMED: (confirms_targets, _page("targets")),
    Point.HIDDEN: (is_bureau_member, _of_year("overview")),
    Point.OVERDUE: (is_bureau_member, _page("measures", "?state=overdue&office=all")),
    Point.RULES: (is_bureau_member, _page("evaluations")),
}
