"""Which cells of one indicator and quarter stay hidden, so that no small one follows from the rest. Pure.

A cell is a pair of sums: of a school (× stage) or of a slice. It is *small* by `suppression.is_small`. Small
cells are hidden first (primary), then others until the small ones cannot be worked out (complementary):

1. what subtraction gives, the hidden schools of a shown slice or total and the hidden slices of one kind
   taken together, is never a small cell itself;
2. over all shown sums at once, of stages, ownerships and settings together, no small cell is a linear
   combination of them.

The whole is taken for shown: whoever signs sees it. In a figure that grows over the year the same holds for
what a quarter has added since the quarters before it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from apps.rollups.linear import Span
from apps.rollups.suppression import is_small as is_small_pair

K = TypeVar("K")
UnitKey = tuple[int, str]
Slice = tuple[str, str]
Pair = tuple[Decimal | None, Decimal | None]
WHOLE: Slice = ("all", "")


@dataclass(frozen=True)
class Cell:
    """Numerator and denominator; `added`: what of them has come since each earlier quarter that is known.

    `is_fresh`: something was reported in this very quarter.
    """

    numerator: Decimal | None
    denominator: Decimal | None = None
    added: Mapping[int, Pair] = field(default_factory=dict)
    is_fresh: bool = True

    def is_small(self, threshold: int) -> bool:
        """Tell whether the cell, or what has been added to it, is small."""
        pairs = (self.pair, *self.added.values())
        return any(is_small_pair(*pair, threshold=threshold) for pair in pairs)

    @property
    def pair(self) -> Pair:
        return self.numerator, self.denominator

    @property
    def size(self) -> Decimal:
        number = self.numerator if self.denominator is None else self.denominator
        return number or Decimal(0)


@dataclass(frozen=True)
class UnitCell:
    """A school × stage with the slices it counts in (the whole among them)."""

    cell: Cell
    slices: frozenset[Slice]


@dataclass
class Hidden:
    """What stays hidden of one quarter."""

    units: set[UnitKey] = field(default_factory=set)
    slices: set[Slice] = field(default_factory=set)


def total_of(cells: Iterable[Cell]) -> Cell:
    """Return cells taken together; where one is not known of an earlier quarter, all of it is new."""
    found = list(cells)
    earlier = {quarter for cell in found for quarter in cell.added}
    added = {quarter: _pair([cell.added.get(quarter, cell.pair) for cell in found]) for quarter in earlier}
    return Cell(*_pair([cell.pair for cell in found]), added)


def _pair(pairs: Sequence[Pair]) -> Pair:
    return _sum(pair[0] for pair in pairs), _sum(pair[1] for pair in pairs)


def _sum(numbers: Iterable[Decimal | None]) -> Decimal | None:
    known = [number for number in numbers if number is not None]
    return sum(known, Decimal(0)) if known else None


def protect(units: Mapping[UnitKey, UnitCell], slices: Mapping[Slice, Cell], *, threshold: int) -> Hidden:
    """Return what stays hidden of the units and slices of one whole.

    Args:
        units: those in the sum, each with the slices it counts in.
        slices: the cells of stages, ownerships and settings; not the whole.
    """
    return _Protection(units, slices, threshold).run()


class _Protection:
    def __init__(
        self, units: Mapping[UnitKey, UnitCell], slices: Mapping[Slice, Cell], threshold: int
    ) -> None:
        self.units = {key: unit for key, unit in units.items() if unit.cell.numerator is not None}
        self.slices = {key: cell for key, cell in slices.items() if cell.numerator is not None}
        self.threshold = threshold
        self.inside: dict[Slice, dict[UnitKey, Cell]] = {}
        for name, unit in self.units.items():
            for key in unit.slices:
                self.inside.setdefault(key, {})[name] = unit.cell
        self.hidden = Hidden(
            {key for key, unit in self.units.items() if unit.cell.is_small(threshold)},
            {key for key, cell in self.slices.items() if cell.is_small(threshold)},
        )

    def run(self) -> Hidden:
        """Hide more until nothing more has to be hidden; each round hides at least one cell."""
        while self._hides_kin() or self._hides_unit() or self._hides_what_follows():
            pass
        return self.hidden

    def _hides_kin(self) -> bool:
        """Hide the next smallest slice of a kind whose hidden ones, taken together, are small."""
        for kind in sorted({kind for kind, _value in self.slices}):
            kin = {key: cell for key, cell in self.slices.items() if key[0] == kind}
            hidden = [cell for key, cell in kin.items() if key in self.hidden.slices]
            if hidden and total_of(hidden).is_small(self.threshold):
                shown = {key: cell for key, cell in kin.items() if key not in self.hidden.slices}
                if shown:
                    self.hidden.slices.add(_smallest(shown))
                    return True
        return False

    def _hides_unit(self) -> bool:
        """Hide the next smallest unit of a shown slice whose hidden units, taken together, are small."""
        for key in self._shown():
            inside = self.inside.get(key, {})
            hidden = [cell for name, cell in inside.items() if name in self.hidden.units]
            if hidden and total_of(hidden).is_small(self.threshold):
                shown = {name: cell for name, cell in inside.items() if name not in self.hidden.units}
                if shown:
                    self.hidden.units.add(_smallest(shown))
                    return True
        return False

    def _hides_what_follows(self) -> bool:
        """Hide more where a small cell is a linear combination of what is shown."""
        classes: dict[frozenset[Slice], list[Cell]] = {}
        for name in sorted(self.hidden.units, key=str):
            classes.setdefault(self.units[name].slices, []).append(self.units[name].cell)
        signatures = sorted(classes, key=sorted)
        shown = self._shown()
        span = Span([[key in signature for signature in signatures] for key in shown])
        for signature in signatures:
            places = span.makes([one == signature for one in signatures]) or ()
            is_small = total_of(classes[signature]).is_small(self.threshold)
            if is_small and self._hides_giver({shown[place] for place in places}):
                return True
        for key in sorted(self.hidden.slices):
            follows = span.makes([key in signature for signature in signatures])
            if follows is None or not self.slices[key].is_small(self.threshold):
                continue
            if self._hides_giver({shown[place] for place in follows}) or self._blurs(key):
                return True
        return False

    def _hides_giver(self, giving: set[Slice]) -> bool:
        """Hide the smallest slice that gives a small cell away; the whole cannot be hidden."""
        if slices := {key: self.slices[key] for key in giving - {WHOLE}}:
            self.hidden.slices.add(_smallest(slices))
        return bool(slices)

    def _blurs(self, key: Slice) -> bool:
        """Hide one more unit, of a small slice or beside it, where its units and the whole tell it."""
        inside = {name for name, unit in self.units.items() if key in unit.slices}
        beside = self.units.keys() - inside
        wanted = beside if inside & self.hidden.units else inside
        if shown := {name: self.units[name].cell for name in wanted - self.hidden.units}:
            self.hidden.units.add(_smallest(shown))
        return bool(shown)

    def _shown(self) -> list[Slice]:
        return [WHOLE, *sorted(self.slices.keys() - self.hidden.slices)]


def _smallest(cells: Mapping[K, Cell]) -> K:
    # Equal sizes are decided by the key: another choice on the next page would give the hidden one away.
    return min(cells, key=lambda key: (cells[key].size, str(key)))


def shown_rows(quarters: Collection[int], hidden: Mapping[int, Hidden], unit: UnitKey) -> set[int]:
    """Return the quarters of which a unit's own amount may be shown in a figure that adds quarters up.

    The amount of a quarter is the difference of two sums: it may be shown where both are.
    """
    ordered = sorted(quarters)
    open_ones = [quarter for quarter in ordered if unit not in hidden[quarter].units]
    return {
        quarter
        for place, quarter in enumerate(ordered)
        if quarter in open_ones and (place == 0 or ordered[place - 1] in open_ones)
    }
