"""The units behind a result: which are in it with which facts, which are not, and why.

Computed with `formulas.evaluate`, apart from the SQL of the refresh: an explanation also checks its result.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from apps.accounts.models import User
from apps.collection.due_dates import due_date
from apps.collection.enums import DataState
from apps.collection.models import Period
from apps.collection.status import data_state
from apps.organisations.enums import Stage
from apps.organisations.models import Organisation, SchoolProfile
from apps.plans import formulas
from apps.plans.enums import SliceKind
from apps.rollups.enums import Exclusion
from apps.rollups.ledger import Entry, Ledger
from apps.rollups.shapes import measured_formula

EXCLUSIONS = {
    DataState.LATE: Exclusion.LATE,
    DataState.WAITING: Exclusion.WAITING,
    DataState.RETURNED: Exclusion.RETURNED,
    DataState.ACCEPTED: Exclusion.INCOMPLETE,
}


@dataclass(frozen=True)
class UnitRow:
    """One unit in one quarter: in the sum with its facts and amounts, or out of it with the reason.

    `facts` and `revisions`, the number of the revision that counts, are by element code; `sources` are the
    other systems, with their dates, that facts were taken over from. `is_current`: of the as-of quarter, not
    an earlier one of a flow. Acceptor, time and revision are those of the fact accepted last. A hidden row
    shows no number.
    """

    organisation: Organisation
    stage: str
    quarter: int
    is_current: bool
    slices: frozenset[tuple[str, str]]
    exclusion: Exclusion | None = None
    note: str = ""
    facts: dict[str, Decimal] = field(default_factory=dict)
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    measured: Decimal | None = None
    accepted_by: User | None = None
    accepted_at: dt.datetime | None = None
    revision: int | None = None
    revisions: dict[str, int] = field(default_factory=dict)
    sources: tuple[tuple[str, dt.date | None], ...] = ()
    submission_id: int | None = None
    is_hidden: bool = False

    @property
    def key(self) -> tuple[int, str, int, bool]:
        """Tell rows apart, also the two sides of an indicator with two reporters."""
        return (self.organisation.pk, self.stage, self.quarter, self.numerator is None)

    def hidden(self) -> UnitRow:
        """Return the row without its numbers."""
        return replace(self, facts={}, numerator=None, denominator=None, measured=None, is_hidden=True)


@dataclass(frozen=True)
class Reading:
    """How the entries of a ledger are read: the as-of quarter, the school-level line, and today."""

    ledger: Ledger
    as_of: Period
    threshold: Decimal | None
    today: dt.date

    def rows(self) -> Iterator[UnitRow]:
        """Yield every unit that owes the facts, by quarter and name."""
        for entry in self.ledger.entries():
            profile = self.ledger.profile(entry.organisation, self.as_of.ends_on)
            yield self._row(entry, profile)

    def _row(self, entry: Entry, profile: SchoolProfile | None) -> UnitRow:
        row = UnitRow(
            organisation=entry.organisation,
            stage=entry.stage,
            quarter=entry.period.quarter,
            is_current=entry.period.pk == self.as_of.pk,
            slices=frozenset(self._slices(entry, profile)),
            submission_id=entry.submission.pk if entry.submission else None,
        )
        exclusion = self._exclusion(entry, profile)
        if exclusion is not None:
            return replace(row, exclusion=exclusion, note=_note(entry, exclusion))
        row = replace(row, **self._amounts(entry, profile), **_acceptance(entry))
        if self.ledger.definition.is_dispersion and row.denominator is not None and row.denominator <= 0:
            return replace(row, exclusion=Exclusion.NO_DENOMINATOR)
        return row

    def _slices(self, entry: Entry, profile: SchoolProfile | None) -> Iterator[tuple[str, str]]:
        yield SliceKind.ALL.value, ""
        if self.ledger.definition.is_split:
            return
        if profile is not None:
            yield SliceKind.OWNERSHIP.value, profile.ownership
            yield SliceKind.SETTING.value, profile.setting
        asked = set(self.ledger.definition.indicator.stages)
        whole = entry.stage == Stage.WHOLE
        stages = self.ledger.taught(entry.organisation, self.as_of.ends_on) if whole else {entry.stage}
        for stage in stages & asked if whole and asked else stages:
            yield SliceKind.STAGE.value, stage

    def _exclusion(self, entry: Entry, profile: SchoolProfile | None) -> Exclusion | None:
        """A closed school is out of a stock; of a flow it keeps what it had reported."""
        closed_on = entry.organisation.closed_on
        is_closed = closed_on is not None and closed_on <= self.as_of.ends_on
        values = entry.values.values()
        is_complete = len(values) == len(entry.part.elements) and all(
            v.accepted_number is not None for v in values
        )
        if is_closed and not (self.ledger.definition.is_flow and is_complete):
            return Exclusion.CLOSED
        if any(value.accepted_not_applicable for value in values):
            return Exclusion.NOT_APPLICABLE
        if not is_complete:
            status = entry.submission.status if entry.submission else None
            due_on = due_date(entry.period, entry.organisation.pk, self.ledger.extended)
            state = data_state(
                assigned=True, status=status, period=entry.period, today=self.today, due_on=due_on
            )
            return EXCLUSIONS.get(state, Exclusion.NOT_REPORTED)
        return Exclusion.NO_PROFILE if entry.part.uses_profile and profile is None else None

    def _amounts(self, entry: Entry, profile: SchoolProfile | None) -> dict[str, Any]:
        facts = {code: value.accepted_number for code, value in entry.values.items()}
        attributes = {"stage": entry.stage}
        if profile is not None:
            attributes |= {name: getattr(profile, name) for name in ("ownership", "setting", "school_type")}
        asked = {
            "numerator": entry.part.numerator,
            "denominator": entry.part.denominator,
            "measured": measured_formula(entry.part),
        }
        amounts = {
            name: formulas.evaluate(formula, facts=facts, attributes=attributes, threshold=self.threshold)
            for name, formula in asked.items()
            if formula is not None
        }
        return {"facts": facts, **amounts}


def _acceptance(entry: Entry) -> dict[str, Any]:
    code, value = max(entry.values.items(), key=lambda pair: (pair[1].accepted_at, pair[0]))
    revision = entry.revisions.get(code)
    return {
        "accepted_by": value.accepted_by,
        "accepted_at": value.accepted_at,
        "revision": revision.number_in_order if revision else None,
        "revisions": {code: row.number_in_order for code, row in sorted(entry.revisions.items())},
        "sources": tuple(sorted({(v.source, v.source_on) for v in entry.values.values() if v.source})),
    }


def _note(entry: Entry, exclusion: Exclusion) -> str:
    """Return the accepted reason why it does not apply, or the day the school closed."""
    if exclusion == Exclusion.CLOSED:
        return str(entry.organisation.closed_on)
    if exclusion != Exclusion.NOT_APPLICABLE:
        return ""
    codes = [code for code, value in entry.values.items() if value.accepted_not_applicable]
    reasons = [entry.revisions[c].reason if c in entry.revisions else entry.values[c].reason for c in codes]
    return "; ".join(dict.fromkeys(reasons))


def in_slice(rows: Iterable[UnitRow], kind: str, value: str) -> list[UnitRow]:
    """Return the rows of one slice."""
    return [row for row in rows if (kind, value) in row.slices]
