"""What follows a schedule, and which schedules make sense. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from django.utils.translation import gettext as _

from apps.plans.enums import Accumulation, Aggregation, Kind, ScheduleKind

CUMULATIVE = frozenset({Accumulation.FLOW, Accumulation.YEAR_TO_DATE})
ADDITIVE = frozenset({Aggregation.SUM, Aggregation.COUNT_TRUE, Aggregation.DISTRICT_ONLY, Aggregation.LATEST})


def builds_up(*, kind: str, aggregation: str, accumulation: str, has_denominator: bool) -> bool:
    """Tell whether a figure is built up over the year: counts and amounts that accumulate, and milestones.

    Stocks and rates are not: a quarter of 54 % means nothing.
    """
    is_additive = aggregation in ADDITIVE and not has_denominator
    return kind == Kind.MILESTONE or (is_additive and accumulation in CUMULATIVE)


def schedule_mistakes(kind: str, checkpoints: Sequence[Decimal | None]) -> Iterator[str]:
    """Say in sentences what is wrong with a schedule; `checkpoints` are running totals by quarter."""
    if kind != ScheduleKind.CHECKPOINTS:
        return
    known = [number for number in checkpoints if number is not None]
    if len(known) != 4:
        yield _("Say for each of the four quarters what is expected by its end; 0 where nothing is.")
        return
    if any(number < 0 for number in known):
        yield _("What is expected cannot be negative.")
    if any(later < earlier for earlier, later in pairwise(known)):
        yield _("The numbers are running totals: no quarter can expect less than the one before.")
    if known[-1] == 0:
        yield _("By the end of the year something must be expected.")
