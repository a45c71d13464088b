"""Facts of a file as drafts, row by row, through the services and rules of the form."""

from __future__ import annotations

from collections import defaultdict

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.collection.errors import WorkflowError
from apps.collection.facts import FactValue, check_words, read_fact, value_of
from apps.collection.importing.rows import ELEMENT, SCHOOL, STAGE, VALUE, FactRow, read_rows
from apps.collection.models import DataValue, Period
from apps.collection.services import Entry, submission_start, values_save
from apps.core.exchanging.outcomes import CHANGED, NEW, UNCHANGED, Outcome
from apps.core.exchanging.reading import Sheet
from apps.core.exchanging.widgets import Text, YesNo
from apps.core.typed import Unreadable
from apps.plans.enums import Privacy

NOT_APPLICABLE, NOTE = "不适用", "说明"
HEADINGS = (SCHOOL, ELEMENT, STAGE, VALUE, NOT_APPLICABLE, NOTE)
REQUIRED = (SCHOOL, ELEMENT, VALUE)
COLUMNS = {NOT_APPLICABLE: YesNo(), NOTE: Text(longest=300)}


@transaction.atomic
def drafts_import(*, sheet: Sheet, period: Period, by: User, dry_run: bool) -> Outcome:
    """Save the readable facts of a sheet as drafts; wrong rows are named and nothing else is lost.

    A return that is submitted already is not touched: its rows are wrong.

    Raises:
        PermissionDenied: unless `by` may write drafts of the organisations.
    """
    rows = read_rows(sheet, by, COLUMNS)
    for row in rows:
        if not row.errors:
            _check(row)
    stored = _stored(period, rows)
    kinds: dict[int, str] = {row.index: _kind(row, stored) for row in rows if not row.errors}
    by_school: dict[int, list[FactRow]] = defaultdict(list)
    for row in rows:
        if not row.errors:
            by_school[row.organisation.pk].append(row)
    for own in by_school.values():
        _save(own, period, by)
    transaction.set_rollback(True) if dry_run else None
    return Outcome([row.outcome(kinds.get(row.index, "")) for row in rows], partial=True)


def _check(row: FactRow) -> None:
    """Read the value as the form would; what it would keep as typed is refused here."""
    reason = row.parsed[NOTE]
    try:
        check_words(reason)
        row.parsed[VALUE] = _value(row, reason)
    except Unreadable as refusal:
        row.refuse(VALUE, refusal.message)
        return
    if row.parsed[VALUE].is_blank:
        row.refuse(VALUE, _("The figure is missing. If it does not apply, write 是 under 不适用 and why."))


def _value(row: FactRow, reason: str) -> FactValue:
    if not row.parsed[NOT_APPLICABLE]:
        read = read_fact(row.element, row.text)
        return FactValue(read.number, read.date, read.text, reason=reason)
    if row.text:
        raise Unreadable("both")
    if not reason:
        raise Unreadable("no_reason")
    return FactValue(not_applicable=True, reason=reason)


def _stored(period: Period, rows: list[FactRow]) -> dict[tuple[int, int, str], FactValue]:
    """Return what is written now (1 query)."""
    schools = {row.organisation.pk for row in rows if not row.errors}
    values = DataValue.objects.filter(
        submission__period=period, submission__organisation__in=schools
    ).select_related("submission")
    return {
        (value.submission.organisation_id, value.element_id, value.stage): value_of(value) for value in values
    }


def _kind(row: FactRow, stored: dict[tuple[int, int, str], FactValue]) -> str:
    before = stored.get((row.organisation.pk, *row.key))
    if before is None or before.is_blank:
        return NEW
    if row.element.privacy != Privacy.AGGREGATE:
        return CHANGED  # trying one figure after the other must not find out what is written
    return UNCHANGED if before == row.parsed[VALUE] else CHANGED


def _save(rows: list[FactRow], period: Period, by: User) -> None:
    """Save one organisation's rows; what its return does not take is wrong."""
    try:
        with transaction.atomic():
            submission = submission_start(period=period, organisation=rows[0].organisation, by=by)
            outcome = values_save(submission=submission, entries=[_entry(row) for row in rows], by=by)
    except WorkflowError as refusal:
        for row in rows:
            row.refuse(SCHOOL, str(refusal))
        return
    for row in rows:
        if problem := outcome.problems.get(row.key):
            row.refuse(ELEMENT, problem.message)


def _entry(row: FactRow) -> Entry:
    element, stage = row.key
    return Entry(
        element_id=element,
        stage=stage,
        text=row.text,
        not_applicable=row.parsed[NOT_APPLICABLE],
        reason=row.parsed[NOTE],
    )
