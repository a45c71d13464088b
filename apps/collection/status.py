"""How far a return is. Pure."""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from apps.collection.enums import DataState, SubmissionStatus

_STATES = {
    SubmissionStatus.SUBMITTED: DataState.WAITING,
    SubmissionStatus.RETURNED: DataState.RETURNED,
    SubmissionStatus.REOPENED: DataState.RETURNED,
    SubmissionStatus.ACCEPTED: DataState.ACCEPTED,
}


class HasDates(Protocol):
    opens_on: dt.date
    due_on: dt.date


def data_state(
    *,
    assigned: bool,
    status: str | None,
    period: HasDates,
    today: dt.date,
    due_on: dt.date | None = None,
) -> DataState:
    """Return the state of one organisation's return for one period.

    Args:
        assigned: the organisation owes at least one fact for the period.
        status: of its submission; None when it has not begun.
        due_on: its own due date where it was granted a later one (`due_dates.py`).
    """
    if not assigned:
        return DataState.NOT_DUE
    if status in _STATES:
        return _STATES[SubmissionStatus(status)]
    if today < period.opens_on:
        return DataState.NOT_DUE
    return DataState.LATE if today > (due_on or period.due_on) else DataState.DUE


def was_late(*, submitted_on: dt.date | None, due_on: dt.date) -> bool:
    """Tell whether the return first arrived after its due date; later corrections do not count."""
    return submitted_on is not None and submitted_on > due_on
