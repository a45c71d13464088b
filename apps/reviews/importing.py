"""Facts of other systems from a file: all of them or none."""

from __future__ import annotations

from collections import defaultdict

from django.db import transaction

from apps.accounts.models import User
from apps.collection.importing.rows import ELEMENT, SCHOOL, STAGE, VALUE, FactRow, read_rows
from apps.collection.models import DataValue, Period
from apps.core.exchanging.outcomes import CHANGED, NEW, UNCHANGED, Outcome
from apps.core.exchanging.reading import Sheet
from apps.core.exchanging.widgets import Day, Text
from apps.reviews.prefill import SourcedFact, facts_prefill

SOURCE, SOURCE_ON = "来源", "数据日期"
HEADINGS = (SCHOOL, ELEMENT, STAGE, VALUE, SOURCE, SOURCE_ON)
REQUIRED = (SCHOOL, ELEMENT, VALUE, SOURCE, SOURCE_ON)
COLUMNS = {SOURCE: Text(required=True, longest=100), SOURCE_ON: Day(required=True)}


@transaction.atomic
def prefill_import(*, sheet: Sheet, period: Period, by: User, dry_run: bool) -> Outcome:
    """Let the facts of a sheet count, with their source; one wrong row and nothing is written.

    Raises:
        PermissionDenied: unless `by` is an administrator of the organisations' region.
    """
    rows = read_rows(sheet, by, COLUMNS)
    before = _counting(period)
    by_school: dict[int, list[FactRow]] = defaultdict(list)
    for row in rows:
        if not row.errors:
            by_school[row.organisation.pk].append(row)
    for own in by_school.values():
        facts = [_fact(row) for row in own]
        refusals = facts_prefill(period=period, organisation=own[0].organisation, facts=facts, by=by)
        for row in own:
            if message := refusals.get(row.key):
                row.refuse(VALUE, message)
    after = _counting(period)
    kinds = {row.number: _kind(row, before, after) for row in rows if not row.errors}
    outcome = Outcome([row.outcome(kinds.get(row.number, "")) for row in rows])
    if dry_run or outcome.n_wrong:
        transaction.set_rollback(True)
    return outcome


Counting = dict[tuple[int, int, str], tuple[object, ...]]


def _counting(period: Period) -> Counting:
    """Return what counts, with its source, by organisation and fact (1 query)."""
    rows = DataValue.objects.filter(submission__period=period, accepted_at__isnull=False).values_list(
        "submission__organisation_id", "element_id", "stage",
        "accepted_number", "accepted_date", "accepted_text", "source", "source_on",
    )  # fmt: skip
    return {row[:3]: row[3:] for row in rows}


def _kind(row: FactRow, before: Counting, after: Counting) -> str:
    place: tuple[int, int, str] = (row.organisation.pk, *row.key)
    if before.get(place) == after.get(place):
        return UNCHANGED
    return CHANGED if place in before else NEW


def _fact(row: FactRow) -> SourcedFact:
    element, stage = row.key
    return SourcedFact(
        element_id=element,
        stage=stage,
        text=row.text,
        source=row.further[SOURCE],
        source_on=row.further[SOURCE_ON],
    )
