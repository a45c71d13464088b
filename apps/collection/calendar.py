"""When the quarters of a plan year are collected. Pure.

Quarters 1 to 3 open ten days before their end, are due ten days after it and close twenty days later. The
fourth opens on 10 December and is due on 25 December, so that the year's figures are in before it ends;
corrections are taken until 15 January.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

LEAD = dt.timedelta(days=10)
GRACE = dt.timedelta(days=10)
CORRECTION = dt.timedelta(days=20)


@dataclass(frozen=True)
class QuarterDates:
    starts_on: dt.date
    ends_on: dt.date
    opens_on: dt.date
    due_on: dt.date
    closes_on: dt.date


def quarter_dates(year: int, quarter: int) -> QuarterDates:
    """Return the dates of a quarter, 1 to 4."""
    starts_on = dt.date(year, 3 * quarter - 2, 1)
    if quarter == 4:
        return QuarterDates(
            starts_on,
            dt.date(year, 12, 31),
            dt.date(year, 12, 10),
            dt.date(year, 12, 25),
            dt.date(year + 1, 1, 15),
        )
    ends_on = dt.date(year, 3 * quarter + 1, 1) - dt.timedelta(days=1)
    due_on = ends_on + GRACE
    return QuarterDates(starts_on, ends_on, ends_on - LEAD, due_on, due_on + CORRECTION)
