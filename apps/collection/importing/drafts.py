"""Facts of a file as drafts of many schools, by the services and rules of the form."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.collection.facts import FactValue, check_words
from apps.collection.importing.rows import ELEMENT, SCHOOL, STAGE, VALUE, FactRow, read_rows
from apps.collection.models import Period
from apps.collection.services.entries import Entry, KnownTexts, Reader
from apps.collection.services.many import ManySaved, drafts_save
from apps.core.collector import collector_paused
from apps.core.exchanging.outcomes import CHANGED, NEW, UNCHANGED, Outcome
from apps.core.exchanging.reading import Sheet
from apps.core.exchanging.widgets import Text, YesNo
from apps.core.typed import Unreadable
from apps.organisations.models import Organisation
from apps.plans.enums import Privacy

NOT_APPLICABLE, NOTE = "不适用", "说明"
HEADINGS = (SCHOOL, ELEMENT, STAGE, VALUE, NOT_APPLICABLE, NOTE)
REQUIRED = (SCHOOL, ELEMENT, VALUE)
COLUMNS = {NOT_APPLICABLE: YesNo(), NOTE: Text(longest=300)}


@collector_paused()
def drafts_import(*, sheet: Sheet, period: Period, by: User, dry_run: bool) -> Outcome:
    """Save the readable facts of a sheet as drafts; wrong rows are named and nothing else is lost.

    A return that is submitted already is not touched: its rows are wrong. The queries do not become more with
    the schools or the facts.

    Raises:
        PermissionDenied: unless `by` may write drafts of the organisations.
    """
    rows = read_rows(sheet, by, COLUMNS)
    read = KnownTexts()
    right: list[tuple[FactRow, FactValue]] = []
    entries: dict[int, list[Entry]] = defaultdict(list)
    organisations: dict[int, Organisation] = {}
    for row in rows:
        value = None if row.errors else _value(row, read)
        if value is not None:
            right.append((row, value))
            organisations[row.organisation.id] = row.organisation
            entries[row.organisation.id].append(_entry(row))
    brought = {organisations[number]: own for number, own in entries.items()}
    saved = drafts_save(period=period, entries=brought, by=by, read=read, dry_run=dry_run)
    kinds = {row.index: _kind(row, value, saved) for row, value in right}
    for row, _given in right:
        _refuse(row, saved)
    return Outcome([row.outcome(kinds.get(row.index, "")) for row in rows], partial=True)


def _value(row: FactRow, read: Reader) -> FactValue | None:
    """Read the value as the form would; what it would keep as typed is refused here."""
    reason = row.further[NOTE]
    try:
        if reason:
            check_words(reason)
        value = _read(row, reason, read)
    except Unreadable as refusal:
        row.refuse(VALUE, refusal.message)
        return None
    if value.is_blank:
        row.refuse(VALUE, _("The figure is missing. If it does not apply, write 是 under 不适用 and why."))
        return None
    return value


def _read(row: FactRow, reason: str, read: Reader) -> FactValue:
    if not row.further[NOT_APPLICABLE]:
        value = read(row.element, row.text)
        return replace(value, reason=reason) if reason else value
    if row.text:
        raise Unreadable("both")
    if not reason:
        raise Unreadable("no_reason")
    return FactValue(not_applicable=True, reason=reason)


def _kind(row: FactRow, value: FactValue, saved: ManySaved) -> str:
    before = saved.value_before(row.organisation.id, row.key)
    if before.is_blank:
        return NEW
    if row.element.privacy != Privacy.AGGREGATE:
        return CHANGED  # trying one figure after the other must not find out what is written
    return UNCHANGED if before == value else CHANGED


def _refuse(row: FactRow, saved: ManySaved) -> None:
    """Note what the return of the row's organisation does not take."""
    if message := saved.refused.get(row.organisation.id):
        row.refuse(SCHOOL, message)
    elif problem := saved.outcomes[row.organisation.id].problems.get(row.key):
        row.refuse(ELEMENT, problem.message)


def _entry(row: FactRow) -> Entry:
    element, stage = row.key
    return Entry(
        element_id=element,
        stage=stage,
        text=row.text,
        not_applicable=row.further[NOT_APPLICABLE],
        reason=row.further[NOTE],
    )
