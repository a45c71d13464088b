"""What a schedule asks for by the end of each quarter of the year, for the path on a chart and in a table."""

from __future__ import annotations

from fractions import Fraction

from apps.core import clock
from apps.plans.models import AnnualPlan
from apps.rollups import definitions
from apps.rollups.aggregates import Statistics
from apps.rollups.bench import aim_of
from apps.rollups.definitions import Definition
from apps.rollups.subjects import Moment, QuarterDates
from apps.rollups.targets import Case, type_of
from apps.rollups.targets.schedules import expected_by


def expected_path(plan: AnnualPlan, definition: Definition) -> dict[int, Fraction]:
    """Return quarter → what is expected by its end, in the indicator's unit; empty where nothing is.

    Each quarter is told by the target revision and the schedule in force on its last day.
    """
    periods = definitions.periods_of(plan)
    calendar = {quarter: QuarterDates(p.ends_on, p.due_on) for quarter, p in periods.items()}
    path = {}
    for quarter, period in periods.items():
        aim = aim_of(definition.in_force(period.ends_on), definition.schedule(period.ends_on))
        if aim is None or not definition.subject.is_scheduled:
            continue
        kind = type_of(
            operator=aim.operator,
            value=aim.value,
            level=aim.level,
            aggregation=definition.subject.aggregation,
        )
        moment = Moment(quarter, quarter, clock.today(), calendar)
        # What is expected depends on the target alone, not on any value.
        case = Case(definition.subject, Statistics(), aim, moment, Fraction(0), Fraction(0))
        if not kind.is_limit(case):
            path[quarter] = expected_by(case, quarter, kind.limit(case))
    return path
