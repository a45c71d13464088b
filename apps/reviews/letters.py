"""What a return letter (退回函) says: each fact sent back, as it was, why, and what to do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from apps.accounts.models import User
from apps.collection.fact_rows import rows_of
from apps.collection.facts import shown_text, value_of
from apps.collection.models import DataValueRevision
from apps.organisations.enums import Stage
from apps.plans.models import DataElement
from apps.reviews.models import FieldReturn, OfficeReview

AT_ONCE = dt.timedelta(seconds=30)  # rows of one decision are stamped one after the other


@dataclass(frozen=True)
class Line:
    """One fact of the letter; `text` is the figure as it was sent back, None for whom it is hidden."""

    element: DataElement
    stage_label: str
    text: str | None
    reason: str
    to_do: str


@dataclass(frozen=True)
class Letter:
    """The last return of a part. `is_open`: the correction is still to come."""

    lines: Sequence[Line]
    returned_on: dt.datetime
    returned_by: User
    note: str
    correct_by: dt.date | None
    is_open: bool


def letter_of(review: OfficeReview, *, viewer: User) -> Letter | None:
    """Return the letter of the part's last return, None when nothing was ever sent back."""
    returns = list(
        review.returns.select_related("value__element", "returned_by").order_by("-returned_at", "pk")
    )
    if not returns:
        return None
    last = [row for row in returns if row.returned_at >= returns[0].returned_at - AT_ONCE]
    batch = sorted([row for row in returns if row.resolved_at is None] or last, key=lambda row: row.pk)
    hidden = {
        row.slot.key for row in rows_of(review.submission, viewer=viewer, as_submitted=True) if row.is_hidden
    }
    figures = _as_returned(batch)
    first = batch[0]
    return Letter(
        lines=[_line(row, figures.get(row.value_id), hidden) for row in batch],
        returned_on=first.returned_at,
        returned_by=first.returned_by,
        note=review.note if first.resolved_at is None else "",
        correct_by=review.correct_by,
        is_open=first.resolved_at is None,
    )


def _as_returned(batch: Sequence[FieldReturn]) -> dict[int, DataValueRevision]:
    """Return the revision of each value that the reviewer saw when sending it back (1 query)."""
    at = {row.value_id: row.returned_at for row in batch}
    found: dict[int, DataValueRevision] = {}
    for revision in DataValueRevision.objects.filter(value__in=at).order_by("number_in_order"):
        if revision.value_id not in found or revision.submitted_at <= at[revision.value_id]:
            found[revision.value_id] = revision
    return found


def _line(row: FieldReturn, revision: DataValueRevision | None, hidden: set[tuple[int, str]]) -> Line:
    value = row.value
    is_hidden = (value.element_id, value.stage) in hidden
    return Line(
        element=value.element,
        stage_label="" if value.stage == Stage.WHOLE else str(Stage(value.stage).label),
        text=None if is_hidden else shown_text(value.element, value_of(revision)) or "–",
        reason=row.get_reason_display(),
        to_do=row.text,
    )
