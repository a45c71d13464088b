"""The same indicator a year before: last year's stored figure of the same quarter, else the locked baseline.

Nothing is guessed: an indicator whose formula has changed, a quarter that was not reported, or a baseline of
another day has no figure to compare with, and the page says which of these it is.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext

from apps.dashboards import selectors, wording
from apps.dashboards.readings import Reading
from apps.dashboards.selectors import Scope
from apps.plans.definitions.rules import as_revised, revision_at
from apps.plans.models import AnnualPlan, Baseline, Indicator
from apps.rollups.aggregates import exact
from apps.rollups.standing import Standing, standing_of

DEFINING = ("numerator", "denominator", "aggregation", "accumulation", "unit")


@dataclass(frozen=True)
class YearOnYear:
    """This year's figure beside that of a year before; `why_not` says in words why there is none.

    `change` is exact, in the unit of the value (of percentages: percentage points).
    """

    reading: Reading
    before: Fraction | None = None
    date: dt.date | None = None
    source: str = ""
    change: Fraction | None = None
    why_not: str = ""

    @property
    def before_text(self) -> str:
        return wording.number_text(
            wording.as_decimal(self.before), unit=self.reading.unit, decimals=self.reading.decimals
        )

    @property
    def change_text(self) -> str:
        """The change in words, with its sign; empty where there is nothing to compare."""
        if self.change is None:
            return ""
        if self.change == 0:
            return gettext("unchanged from a year before")
        unit, decimals = self.reading.indicator.unit, self.reading.decimals
        size = wording.gap_text(wording.as_decimal(self.change), unit=unit, decimals=decimals)
        words = gettext("%(size)s more than a year before")
        return (words if self.change > 0 else gettext("%(size)s less than a year before")) % {"size": size}


def scope_of_last_year(scope: Scope) -> Scope | None:
    """Return the same reader's scope in the plan of the year before, None without one (two queries)."""
    plans = AnnualPlan.objects.visible_to(scope.user).filter(region=scope.region, year=scope.plan.year - 1)
    plan = plans.select_related("region", "policy").defer("text").first()
    return selectors.scope_of(scope.user, plan=plan, quarter=scope.quarter) if plan else None


def counterpart_of(then: Scope, indicator: Indicator) -> Indicator | None:
    """Return last year's indicator of the same code, None unless it is calculated the same way.

    Args:
        indicator: this year's, as it is defined in the quarter at hand.
    """
    twin = selectors.indicators_in(then).filter(code=indicator.code).first()
    if twin is None:
        return None
    defined = as_revised(twin, revision_at(twin.definition_revisions.all(), then.quarter))
    return twin if all(getattr(defined, name) == getattr(indicator, name) for name in DEFINING) else None


def year_on_year(scope: Scope, standing: Standing | None, reading: Reading) -> YearOnYear:
    """Return the comparison with a year before, for a reading whose numbers the reader may see."""
    if standing is None or standing.judged.verdict.value is None or reading.is_hidden:
        return YearOnYear(reading, why_not=gettext("There is no figure of this quarter to compare."))
    if reading.steps is not None:
        return YearOnYear(reading, why_not=gettext("It is done in steps; years are not compared."))
    stored, why_not = _stored(scope, standing, reading)
    return stored or _from_baseline(standing, reading, why_not)


def _stored(scope: Scope, standing: Standing, reading: Reading) -> tuple[YearOnYear | None, str]:
    then = scope_of_last_year(scope)
    if then is None or then.period is None:
        return None, gettext("Last year's plan is not stored here.")
    twin = counterpart_of(then, standing.definition.indicator)
    if twin is None:
        return None, gettext("Last year's plan does not calculate it the same way.")
    found = standing_of(indicator=twin, period=then.period, region=then.region)
    value = found.judged.verdict.value if found else None
    as_of = found.result.as_of if found else None
    if found is None or value is None or as_of is None or as_of.quarter != reading.as_of_quarter:
        return None, gettext("Last year has no figure of the same quarter.")
    if selectors.readings_of(then, [twin])[twin.pk, then.quarter].is_hidden:
        return None, gettext("Last year's figure is hidden, because it rests on few people.")
    source = gettext("last year's plan, %(coverage)s reported") % {
        "coverage": f"{found.result.n_reported}/{found.statistics.n_expected}"
    }
    return _compared(standing, reading, value, as_of.ends_on, source), ""


def _from_baseline(standing: Standing, reading: Reading, why_not: str) -> YearOnYear:
    """The locked baseline is last year's figure where it is of the last day of the same quarter."""
    baseline: Baseline | None = standing.judged.baseline
    if baseline is None or reading.as_of_date is None:
        return YearOnYear(reading, why_not=_both(why_not, gettext("No baseline is locked.")))
    year = reading.as_of_date.year - 1
    if baseline.as_of != reading.as_of_date.replace(year=year):  # no quarter ends on a 29 February
        other = gettext("The locked baseline is of %(date)s, another quarter.") % {
            "date": baseline.as_of.isoformat()
        }
        return YearOnYear(reading, why_not=_both(why_not, other))
    before = exact(baseline.numerator)
    if baseline.denominator is not None and before is not None:
        before = before / Fraction(baseline.denominator) * standing.definition.scale
    assert before is not None
    return _compared(standing, reading, before, baseline.as_of, gettext("the locked baseline"))


def _both(one: str, other: str) -> str:
    return gettext("%(one)s %(other)s") % {"one": one, "other": other}


def _compared(
    standing: Standing, reading: Reading, before: Fraction, date: dt.date, source: str
) -> YearOnYear:
    value = standing.judged.verdict.value
    assert value is not None
    return YearOnYear(reading, before, date, source, value - before)
