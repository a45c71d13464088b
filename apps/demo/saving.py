"""Saves played returns in bulk, with the times of the story instead of now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.models import DateTimeField, Model

from apps.collection.enums import SubmissionStatus
from apps.collection.models import (
    DataValue,
    DataValueRevision,
    Evidence,
    FillTime,
    RuleFiring,
    SealedForm,
    Submission,
    SubmissionEvent,
)
from apps.collection.sealing.forms import forms_of
from apps.demo.returns import Rows
from apps.plans.measures.models import MeasureUpdate
from apps.reviews.models import FieldReturn, OfficeReview

BATCH = 2000
STAMPED: tuple[tuple[type[Model], str], ...] = (
    (Submission, "started_at"),
    (SubmissionEvent, "at"),
    (DataValue, "updated_at"),
    (DataValueRevision, "submitted_at"),
    (FieldReturn, "returned_at"),
    (RuleFiring, "fired_at"),
    (Evidence, "uploaded_at"),
    (MeasureUpdate, "at"),
)


def rows_save(rows: Rows) -> None:
    """Save what the returns left behind; the audit triggers write their history as for any other insert."""
    _ignore_no_trigger()
    with stated_times():
        Submission.objects.bulk_create(rows.submissions, BATCH)
        DataValue.objects.bulk_create(rows.values, BATCH)
        DataValueRevision.objects.bulk_create(rows.revisions, BATCH)
        SubmissionEvent.objects.bulk_create(rows.events, BATCH)
        OfficeReview.objects.bulk_create(rows.reviews, BATCH)
        FieldReturn.objects.bulk_create(rows.field_returns, BATCH)
        RuleFiring.objects.bulk_create(rows.firings, BATCH)
        FillTime.objects.bulk_create(rows.fill_times, BATCH)
        SealedForm.objects.bulk_create(_sealed(rows), BATCH)


def _sealed(rows: Rows) -> Iterator[SealedForm]:
    """Yield what is kept of each handing in, as the service that hands in does."""
    events: dict[int, list[SubmissionEvent]] = defaultdict(list)
    revisions: dict[int, list[DataValueRevision]] = defaultdict(list)
    for event in rows.events:
        if event.to_status == SubmissionStatus.SUBMITTED:
            events[event.submission.pk].append(event)
    for revision in rows.revisions:
        revisions[revision.value.submission_id].append(revision)
    for submission in rows.submissions:
        for form in forms_of(submission, events[submission.pk], revisions[submission.pk]):
            yield form.sealed()


def statistics_take() -> None:
    """Let PostgreSQL count what this transaction has written: unknown tables are joined row by row."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _ignore_no_trigger() -> None:
    """Say in this transaction that no audit trigger is to be ignored.

    Where nothing is said, each of them catches the error of a missing setting and rolls a subtransaction
    back: half a millisecond for every row of a large transaction, three quarters of the whole seeding.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', '{}', TRUE)")


@contextmanager
def stated_times() -> Iterator[None]:
    """Let stamped columns be written as stated; the command runs alone, so nobody else writes meanwhile."""
    fields = [model._meta.get_field(name) for model, name in STAMPED]
    stamped = [field for field in fields if isinstance(field, DateTimeField)]
    flags = [(field.auto_now, field.auto_now_add) for field in stamped]
    for field in stamped:
        field.auto_now = field.auto_now_add = False
    try:
        yield
    finally:
        for field, (auto_now, auto_now_add) in zip(stamped, flags, strict=True):
            field.auto_now, field.auto_now_add = auto_now, auto_now_add
