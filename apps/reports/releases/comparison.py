"""Two releases side by side, of any quarters: both values, what lies between, both lights. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext, pgettext

from apps.dashboards import reading_cells, wording
from apps.dashboards.lights import text_of
from apps.dashboards.readings import Reading
from apps.dashboards.tables import Cell, Column, Table, number_cell, text_cell
from apps.plans.enums import Privacy
from apps.plans.models import Indicator
from apps.reports.releases.changes import name_of
from apps.reports.releases.edition import Edition


@dataclass(frozen=True)
class Pair:
    """An indicator in two releases; None where a release does not have it (for this audience)."""

    indicator: Indicator
    old: Reading | None
    new: Reading | None
    is_told_apart: bool

    @property
    def area(self) -> int:
        return self.indicator.area.number

    @property
    def name(self) -> str:
        return name_of(self.indicator)

    @property
    def old_text(self) -> str:
        return self.old.value_text if self.old else "—"

    @property
    def new_text(self) -> str:
        return self.new.value_text if self.new else "—"

    @property
    def change(self) -> Decimal | None:
        """What lies between, in the gap unit; None where there is none or it would tell a small number."""
        if self.old is None or self.new is None or not self.is_told_apart:
            return None
        if self.old.told is None or self.new.told is None or self.old.unit != self.new.unit:
            return None
        return self.new.told - self.old.told

    @property
    def decimals(self) -> int:
        """Enough decimals for the change to be seen."""
        shown = 0 if self.new and self.new.steps else self.indicator.decimals
        return wording.decimals_to_tell_apart(self.change or Decimal(0), shown)

    @property
    def change_text(self) -> str:
        if self.change is None or self.new is None:
            return "—"
        if self.change == 0:
            return gettext("unchanged")
        size = wording.number_text(
            abs(self.change), unit=wording.gap_unit(self.new.unit), decimals=self.decimals
        )
        return f"{'+' if self.change > 0 else '−'}{size}"

    @property
    def has_changed(self) -> bool:
        """The value as it is known, or the light, is another one."""
        return _said(self.old) != _said(self.new)

    @property
    def changes_light(self) -> bool:
        return self.old is not None and self.new is not None and self.old.status != self.new.status


def _said(reading: Reading | None) -> tuple[object, ...] | None:
    return None if reading is None else (reading.value, str(reading.status), reading.is_hidden)


def pairs_of(old: Edition, new: Edition, *, area: int | None = None, changed: bool = False) -> list[Pair]:
    """Return the indicators of two editions for one audience, in the plan's order of the newer one.

    Args:
        area: the number of an area to keep; None keeps all.
        changed: keep only what has another value or light.
    """
    before = {reading.indicator.code: reading for reading in old.current}
    after = {reading.indicator.code: reading for reading in new.current}
    audience = new.audience
    found = []
    for code in {**after, **before}:
        reading = after.get(code) or before[code]
        indicator = reading.indicator
        open_one = indicator.privacy != Privacy.SMALL_CELL or audience.owns(indicator)
        pair = Pair(indicator, before.get(code), after.get(code), open_one)
        if area in (None, pair.area) and (pair.has_changed or not changed):
            found.append(pair)
    return sorted(found, key=lambda pair: pair.area)


def table_of(pairs: Sequence[Pair], *, old_name: str, new_name: str) -> Table:
    """Return the comparison for files, numbers as numbers."""
    columns = [
        Column(gettext("Task area"), 10, numeric=True),
        Column(gettext("Code"), 20),
        Column(gettext("Indicator"), 34),
        Column(gettext("Unit"), 10),
        Column(old_name, 18, numeric=True),
        Column(new_name, 18, numeric=True),
        Column(pgettext("a difference", "Change"), 14, numeric=True),
        Column(gettext("Light, %(release)s") % {"release": old_name}, 16),
        Column(gettext("Light, %(release)s") % {"release": new_name}, 16),
    ]
    return Table(gettext("Comparison"), columns, [_row(pair) for pair in pairs])


def _row(pair: Pair) -> list[Cell]:
    shown = pair.new or pair.old
    assert shown is not None
    return [
        number_cell(pair.area),
        text_cell(pair.indicator.code),
        text_cell(wording.in_language(pair.indicator)),
        text_cell(wording.unit_word(shown.unit)),
        *(text_cell("—") if one is None else reading_cells.value_cell(one) for one in (pair.old, pair.new)),
        text_cell("—") if pair.change is None else number_cell(pair.change, decimals=pair.decimals),
        *(text_cell("—" if one is None else text_of(one.status)) for one in (pair.old, pair.new)),
    ]
