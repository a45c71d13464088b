"""The completeness board: organisations × areas of one quarter, in a constant number of queries."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Q
from django.http import QueryDict

from apps.collection.boarding import parts_of_period
from apps.collection.chasing.missing import TO_CHASE
from apps.collection.completeness import days_late
from apps.collection.due_dates import due_date, extended_dates
from apps.collection.enums import DataState
from apps.collection.models import Period, Submission
from apps.collection.status import data_state
from apps.core import clock
from apps.dashboards import selectors
from apps.dashboards.selectors import Scope
from apps.organisations.enums import SchoolType
from apps.organisations.models import Organisation, SchoolProfile
from apps.plans.models import Indicator, TaskArea

OFFICE = "office"
# In the order of the legend: what is missing first.
STATES = (
    DataState.LATE,
    DataState.DUE,
    DataState.RETURNED,
    DataState.WAITING,
    DataState.ACCEPTED,
    DataState.NOT_DUE,
)


@dataclass(frozen=True)
class Choice:
    """The filters of a board, as its address has them; what is unknown counts as not asked."""

    kind: str = ""
    state: str = ""
    office: int | None = None
    area: int | None = None
    text: str = ""


def choice_in(query: QueryDict) -> Choice:
    """Read the filters of an address: type, state, office, area (its number), q."""
    kind, state = query.get("type", ""), query.get("state", "")
    return Choice(
        kind=kind if kind in {OFFICE, *SchoolType.values} else "",
        state=state if state in DataState.values else "",
        office=_whole(query.get("office", "")),
        area=_whole(query.get("area", "")),
        text=query.get("q", "").strip()[:60],
    )


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


@dataclass(frozen=True)
class Row:
    """One organisation: its return and, area by area, how far its facts are.

    `submission_id` is None while there is no return that the reader may open.
    """

    organisation: Organisation
    kind: str
    state: DataState
    submission_id: int | None
    submitted_on: dt.date | None
    days_late: int
    due_on: dt.date
    cells: Sequence[DataState]

    @property
    def is_to_come(self) -> bool:
        """The return may be reminded of."""
        return self.state in TO_CHASE


@dataclass(frozen=True)
class Share:
    """How many cells are due, and how many of these are accepted: never more than all."""

    counts: Counter[DataState]

    @property
    def due(self) -> int:
        return sum(count for state, count in self.counts.items() if state != DataState.NOT_DUE)

    @property
    def accepted(self) -> int:
        return self.counts[DataState.ACCEPTED]

    @property
    def share(self) -> Fraction | None:
        return Fraction(self.accepted, self.due) if self.due else None


@dataclass(frozen=True)
class Board:
    """What the screen and its export show alike."""

    scope: Scope
    choice: Choice
    areas: Sequence[TaskArea]
    rows: Sequence[Row]
    every_area: Sequence[TaskArea]
    offices: Sequence[Organisation]

    @property
    def whole(self) -> Share:
        return _share(cell for row in self.rows for cell in row.cells)

    @property
    def by_area(self) -> list[Share]:
        return [_share(row.cells[place] for row in self.rows) for place in range(len(self.areas))]

    @property
    def returns(self) -> Share:
        """How far the returns as a whole are."""
        return _share(row.state for row in self.rows)

    @property
    def to_come(self) -> int:
        """How many returns are still to come, or to come back."""
        return sum(row.is_to_come for row in self.rows)

    @property
    def late_rows(self) -> int:
        """How many came late or are missing after the due date."""
        return sum(row.days_late > 0 for row in self.rows)


def _share(states: Iterable[DataState]) -> Share:
    return Share(Counter(states))


def board_of(scope: Scope, choice: Choice) -> Board:
    """Return the board of the scope's quarter (a constant number of queries)."""
    areas = list(selectors.areas_in(scope))
    asked = Indicator.objects.asked().filter(plan=scope.plan)
    offices = Organisation.objects.filter(pk__in=asked.values("lead_office")).order_by("sort_key")
    shown = [area for area in areas if choice.area in (None, area.number)]
    rows = _rows(scope, scope.period, choice, shown) if scope.period else []
    return Board(scope, choice, shown, rows, areas, list(offices))


def _rows(scope: Scope, period: Period, choice: Choice, areas: Sequence[TaskArea]) -> list[Row]:
    today = clock.today()
    extended = extended_dates([period])
    cells: dict[int, dict[int, DataState]] = {}
    for part in parts_of_period(period, office_id=choice.office):
        due_on = due_date(period, part.organisation_id, extended)
        cells.setdefault(part.organisation_id, {})[part.area_id] = part.state(period, today, due_on=due_on)
    kinds = _kinds(period, cells)
    returns = {row.organisation_id: row for row in Submission.objects.filter(period=period)}
    visible = Submission.objects.visible_to(scope.user).filter(period=period)
    openable = set(visible.values_list("pk", flat=True))
    organisations = Organisation.objects.visible_to(scope.user).filter(pk__in=cells)
    found = []
    for organisation in organisations.order_by("-kind", "sort_key", "code"):
        submission = returns.get(organisation.pk)
        submitted_on = submission.submitted_on if submission else None
        own = cells[organisation.pk]
        due_on = due_date(period, organisation.pk, extended)
        row = Row(
            organisation=organisation,
            kind=kinds.get(organisation.pk, OFFICE),
            state=data_state(
                assigned=True,
                status=submission.status if submission else None,
                period=period,
                today=today,
                due_on=due_on,
            ),
            submission_id=submission.pk if submission and submission.pk in openable else None,
            submitted_on=submitted_on,
            days_late=days_late(submitted_on=submitted_on, due_on=due_on, today=today),
            due_on=due_on,
            cells=[own.get(area.pk, DataState.NOT_DUE) for area in areas],
        )
        if _is_wanted(row, choice, owes=any(area.pk in own for area in areas)):
            found.append(row)
    return found


def _is_wanted(row: Row, choice: Choice, *, owes: bool) -> bool:
    name = f"{row.organisation.name} {row.organisation.name_en} {row.organisation.code}".casefold()
    return (
        owes
        and choice.kind in ("", row.kind)
        and (not choice.state or DataState(choice.state) in row.cells)
        and choice.text.casefold() in name
    )


def _kinds(period: Period, organisations: Iterable[int]) -> dict[int, str]:
    """Return the type of each school on the quarter's last day."""
    profiles = SchoolProfile.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=period.ends_on),
        organisation__in=organisations,
        valid_from__lte=period.ends_on,
    )
    return dict(profiles.order_by("valid_from").values_list("organisation_id", "school_type"))
