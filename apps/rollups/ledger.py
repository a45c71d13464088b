"""All that an explanation reads about the units of one indicator, in a constant number of queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q

from apps.collection.due_dates import extended_dates
from apps.collection.models import Assignment, DataValue, DataValueRevision, Period, Submission
from apps.organisations.enums import Stage
from apps.organisations.models import Organisation, SchoolProfile, SchoolStage
from apps.plans.models import Indicator
from apps.rollups.definitions import Definition, Part

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Entry:
    """What one unit owes in one quarter, and what there is of it."""

    part: Part
    organisation: Organisation
    stage: str
    period: Period
    submission: Submission | None
    values: dict[str, DataValue]
    revisions: dict[str, DataValueRevision]


class Ledger:
    """Assignments, submissions, values with their accepted revisions, profiles and stages (eight queries)."""

    def __init__(self, definition: Definition, *, sources: Collection[Period], region_id: int) -> None:
        self.definition = definition
        self.periods = {period.pk: period for period in sources}
        self.owed = _owed(definition, sources, region_id)
        schools = {organisation_id for _, organisation_id, _ in self.owed}
        self.extended = extended_dates(sources)
        found = Submission.objects.filter(period__in=sources, organisation__in=schools)
        self.submissions = {(row.period_id, row.organisation_id): row for row in found}
        facts = {element.pk for part in definition.parts for element in part.elements}
        values = DataValue.objects.filter(
            submission__in=self.submissions.values(), element__in=facts, accepted_at__isnull=False
        )
        self.values = {
            (row.submission_id, row.element_id, row.stage): row
            for row in values.select_related("accepted_by")
        }
        accepted = DataValueRevision.objects.filter(value__in=self.values.values(), accepted_at__isnull=False)
        self.revisions = {row.value_id: row for row in accepted.order_by("number_in_order")}
        self.profiles = _by_school(SchoolProfile.objects.filter(organisation__in=schools))
        self.stages = _by_school(SchoolStage.objects.filter(organisation__in=schools))

    def entries(self) -> Iterator[Entry]:
        """Yield what is owed, by quarter and name of the organisation."""
        for part in self.definition.parts:
            ours = {element.pk: element.code for element in part.elements}
            for (period_id, organisation_id, stage), rows in self.owed.items():
                asked = {row.element_id for row in rows} & ours.keys()
                organisation, period = rows[0].organisation, self.periods[period_id]
                if asked != ours.keys() or not self._is_asked(organisation, stage, period):
                    continue
                submission = self.submissions.get((period_id, organisation_id))
                values = self._values(submission, stage, ours)
                revisions = {c: self.revisions[v.pk] for c, v in values.items() if v.pk in self.revisions}
                yield Entry(part, organisation, stage, period, submission, values, revisions)

    def profile(self, organisation: Organisation, date: dt.date) -> SchoolProfile | None:
        """Return what a school was on `date`, or on its last day before."""
        date = last_day(organisation, date)
        return next((row for row in self.profiles[organisation.pk] if _holds(row, date)), None)

    def taught(self, organisation: Organisation, date: dt.date) -> set[str]:
        """Return the stages a school had on `date`, or on its last day before."""
        date = last_day(organisation, date)
        return {row.stage for row in self.stages[organisation.pk] if _holds(row, date)}

    def _values(
        self, submission: Submission | None, stage: str, codes: dict[int, str]
    ) -> dict[str, DataValue]:
        if submission is None:
            return {}
        found = {code: self.values.get((submission.pk, pk, stage)) for pk, code in codes.items()}
        return {code: value for code, value in found.items() if value is not None}

    def _is_asked(self, organisation: Organisation, stage: str, period: Period) -> bool:
        """A fact may serve several indicators: this one asks certain school types and stages."""
        indicator: Indicator = self.definition.indicator
        if not organisation.is_school:
            return True
        profile = self.profile(organisation, period.ends_on)
        if indicator.applies_to and (profile is None or profile.school_type not in indicator.applies_to):
            return False
        stages = self.taught(organisation, period.ends_on) if stage == Stage.WHOLE else {stage}
        return not indicator.stages or bool(stages & set(indicator.stages))


def last_day(organisation: Organisation, date: dt.date) -> dt.date:
    """Return `date`, or the organisation's last day if that came before."""
    return date if organisation.closed_on is None else min(date, organisation.closed_on - DAY)


def _owed(
    definition: Definition, sources: Collection[Period], region_id: int
) -> dict[tuple[int, int, str], list[Assignment]]:
    rows = (
        Assignment.objects.filter(
            Q(withdrawn_on__isnull=True) | Q(organisation__closed_on__lte=F("period__ends_on")),
            period__in=sources,
            element__in=[element.pk for part in definition.parts for element in part.elements],
            organisation__region__ancestor_links__ancestor=region_id,
        )
        .select_related("organisation")
        .order_by("period__quarter", "organisation__sort_key", "organisation__code", "stage")
    )
    owed: dict[tuple[int, int, str], list[Assignment]] = defaultdict(list)
    for row in rows:
        owed[row.period_id, row.organisation_id, row.stage].append(row)
    return owed


def _by_school(rows: Iterable[Any]) -> dict[int, list[Any]]:
    grouped: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[row.organisation_id].append(row)
    return grouped


def _holds(row: SchoolProfile | SchoolStage, date: dt.date) -> bool:
    return row.valid_from <= date and (row.valid_to is None or row.valid_to > date)
