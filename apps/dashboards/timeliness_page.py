"""The history of timeliness under the filters of its page, and the same as a table for its files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext, ngettext

from apps.accounts.models import User
from apps.collection.models import Period
from apps.collection.timeliness import AHEAD, IN_TIME, LATE, MISSING, Arrival, TimelinessRow, timeliness_of
from apps.core import clock
from apps.dashboards import wording
from apps.dashboards.tables import Cell, Column, Table, count_cell, text_cell
from apps.organisations.models import Organisation

QUARTERS_BACK = 8
SCHOOLS, OFFICES = "school", "office"


@dataclass(frozen=True)
class Timeliness:
    """Who reported in time over the last quarters, as the page and its files show it."""

    periods: Sequence[Period]
    rows: Sequence[TimelinessRow]
    kind: str
    text: str

    @property
    def filter_text(self) -> str:
        """What the list is narrowed to, in words."""
        words = gettext("Offices") if self.kind == OFFICES else gettext("Schools")
        return f"{words} · {self.text}" if self.text else words

    @property
    def n_always(self) -> int:
        return sum(row.n_due > 0 and row.n_late == 0 for row in self.rows)

    @property
    def n_twice(self) -> int:
        return sum(row.n_late > 1 for row in self.rows)


def timeliness_in(user: User, query: QueryDict) -> Timeliness:
    """Return the last eight quarters of those the reader may see; `kind` and `q` narrow them."""
    today = clock.today()
    begun = Period.objects.filter(plan__region=user.region_id, opens_on__lte=today).select_related("plan")
    periods = sorted(begun.order_by("-ends_on")[:QUARTERS_BACK], key=lambda period: period.ends_on)
    kind = OFFICES if query.get("kind") == OFFICES else SCHOOLS
    text = query.get("q", "").strip()[:60]
    rows = timeliness_of(periods, organisations=_asked(user, kind, text), today=today)
    return Timeliness(periods, rows, kind, text)


def _asked(user: User, kind: str, text: str) -> QuerySet[Organisation]:
    seen = Organisation.objects.visible_to(user)
    seen = seen.offices() if kind == OFFICES else seen.schools()
    return seen.filter(name__icontains=text) if text else seen


def timeliness_table(found: Timeliness) -> Table:
    """Return one row an organisation and one column a quarter, with the sums at the end."""
    columns = [
        Column(gettext("School or office"), 30),
        Column(gettext("Code"), 14),
        *(
            Column(f"{period.plan.year} {wording.quarter_name(period.quarter)}", 18)
            for period in found.periods
        ),
        Column(gettext("In time"), 10, numeric=True),
        Column(gettext("Due returns"), 10, numeric=True),
        Column(gettext("Times late"), 10, numeric=True),
        Column(gettext("Times sent back"), 10, numeric=True),
    ]
    return Table(gettext("History of timeliness"), columns, [_row(row) for row in found.rows])


def _row(row: TimelinessRow) -> list[Cell]:
    return [
        text_cell(wording.in_language(row.organisation)),
        text_cell(row.organisation.code),
        *(text_cell(arrival_text(arrival)) for arrival in row.arrivals),
        *map(count_cell, (row.n_in_time, row.n_due, row.n_late, row.n_returned)),
    ]


def arrival_text(arrival: Arrival) -> str:
    """Return how a return came, in words, with how often it was sent back."""
    days = {"days": arrival.days_late}
    words = {
        IN_TIME: gettext("in time"),
        LATE: ngettext("%(days)s day late", "%(days)s days late", arrival.days_late) % days,
        MISSING: ngettext("missing for %(days)s day", "missing for %(days)s days", arrival.days_late) % days,
        AHEAD: gettext("not due yet"),
    }
    text = words.get(arrival.kind, "–")
    if not arrival.n_returned:
        return text
    return f"{text} ({gettext('sent back')} ×{arrival.n_returned})"
