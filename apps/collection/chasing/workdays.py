"""Working days and quiet hours. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

SATURDAY = 5
LONGEST_BREAK = 31


def is_workday(date: dt.date, exceptions: Mapping[dt.date, bool]) -> bool:
    """Tell whether the bureau works: Monday to Friday, but for the exceptions (date → worked)."""
    return exceptions.get(date, date.weekday() < SATURDAY)


def is_quiet(now: dt.time, *, quiet_from: dt.time, quiet_until: dt.time) -> bool:
    """Tell whether nobody is to be disturbed; it may span midnight and is none when both are equal."""
    if quiet_from <= quiet_until:
        return quiet_from <= now < quiet_until
    return now >= quiet_from or now < quiet_until


def workday_from(date: dt.date, exceptions: Mapping[dt.date, bool]) -> dt.date:
    """Return `date`, or the first working day after it (at most a month later)."""
    for days in range(LONGEST_BREAK + 1):
        later = date + dt.timedelta(days=days)
        if is_workday(later, exceptions):
            return later
    return date


def workday_before(date: dt.date, exceptions: Mapping[dt.date, bool]) -> dt.date:
    """Return `date`, or the last working day before it: a reminder before a holiday comes before it."""
    for days in range(LONGEST_BREAK + 1):
        earlier = date - dt.timedelta(days=days)
        if is_workday(earlier, exceptions):
            return earlier
    return date
