"""Contributions and levers as tables of typed cells and as bars beside them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext

from apps.dashboards import levers_words, wording
from apps.dashboards.levers_parts import SCHOOL, Partition
from apps.dashboards.levers_since import Movement
from apps.dashboards.tables import Cell, CellKind, Column, Table, text_cell
from apps.organisations.models import Organisation
from apps.rollups.decomposition import Amounts, Contribution, Sides
from apps.rollups.levers import Need, levers_of
from apps.rollups.standing import Standing

BAR_WIDTH = 140


@dataclass(frozen=True)
class Bar:
    """A signed bar from the middle of a small picture, in pixels."""

    x: float
    width: float
    is_down: bool


@dataclass(frozen=True)
class Drawn:
    """A table with a bar for each row but the sum, the last one; `is_long` ones are opened on demand."""

    title: str
    lead: str
    table: Table
    bars: Sequence[Bar | None]
    is_long: bool = False

    @property
    def rows(self) -> list[tuple[list[tuple[Column, Cell]], Bar | None]]:
        return list(zip(self.table.rows_by_column, self.bars, strict=True))


def movement_drawn(standing: Standing, movement: Movement) -> Drawn:
    """Return the contributions of one way to cut the whole, their sum in the last row."""
    causes = _causes(movement)
    columns = [
        Column(movement.partition.title, 22),
        Column(gettext("Contribution"), 14, numeric=True),
        *(Column(title, 14, numeric=True) for title, _ in causes),
        Column(gettext("Before"), 12, numeric=True),
        Column(gettext("Now"), 12, numeric=True),
    ]
    keys = _ordered(movement)
    rows = [_movement_row(standing, movement, key, causes) for key in keys]
    rows.append(_sum_row(standing, movement, causes))
    return Drawn(
        title=gettext("By %(kind)s") % {"kind": movement.partition.title.lower()},
        lead=gettext("Since %(since)s: %(change)s")
        % {"since": movement.since, "change": _change_text(standing, movement.whole.total)},
        table=Table(movement.partition.title, columns, rows, _notes(movement)),
        bars=[*_bars([movement.contributions[key].total for key in keys]), None],
        is_long=movement.partition.kind == SCHOOL,
    )


def _ordered(movement: Movement) -> list[str]:
    """The parts that are there now in their order, then those that have gone; schools by their code."""
    if movement.partition.kind == SCHOOL:
        return [key for key in movement.names if key in movement.contributions]
    now = [key for key in movement.partition.parts if key in movement.contributions]
    return [*now, *sorted(key for key in movement.contributions if key not in movement.partition.parts)]


def _causes(movement: Movement) -> list[tuple[str, Callable[[Contribution], Fraction]]]:
    """The causes that say something here: those that are not nothing everywhere."""
    named: list[tuple[str, Callable[[Contribution], Fraction]]] = [
        (gettext("Own change"), lambda one: one.rate),
        (gettext("Mix"), lambda one: one.mix),
        (gettext("Opened, closed, merged"), lambda one: one.schools),
        (gettext("Reported only once"), lambda one: one.reporting),
    ]
    return [
        (name, cause) for name, cause in named if any(cause(one) for one in movement.contributions.values())
    ]


def _movement_row(
    standing: Standing, movement: Movement, key: str, causes: Sequence[tuple[str, Callable]]
) -> list[Cell]:
    contribution = movement.contributions[key]
    return [
        text_cell(movement.names[key]),
        _signed_cell(standing, contribution.total),
        *(_signed_cell(standing, cause(contribution)) for _, cause in causes),
        _amounts_cell(standing, movement.before.get(key)),
        _amounts_cell(standing, movement.after.get(key)),
    ]


def _sum_row(standing: Standing, movement: Movement, causes: Sequence[tuple[str, Callable]]) -> list[Cell]:
    before, after = (_total(side) for side in (movement.before, movement.after))
    return [
        text_cell(gettext("Sum = change of the whole")),
        _signed_cell(standing, movement.whole.total),
        *(_signed_cell(standing, cause(movement.whole)) for _, cause in causes),
        _amounts_cell(standing, before),
        _amounts_cell(standing, after),
    ]


def _total(parts: Mapping[str, Amounts]) -> Amounts:
    return sum(parts.values(), Amounts(Fraction(0)))


def _amounts_cell(standing: Standing, amounts: Amounts | None) -> Cell:
    if amounts is None:
        return text_cell("—")
    if not standing.is_ratio:
        return text_cell(levers_words.plain(amounts.numerator))
    if not amounts.denominator:
        return text_cell("—")
    value = amounts.numerator / amounts.denominator * standing.definition.scale
    return Cell(wording.as_decimal(value), levers_words.value_text(standing, value), CellKind.NUMBER)


def _signed_cell(standing: Standing, number: Fraction) -> Cell:
    text = levers_words.signed(number, levers_words.change_decimals(standing))
    return Cell(wording.as_decimal(number), text, CellKind.NUMBER, levers_words.change_decimals(standing))


def _change_text(standing: Standing, change: Fraction) -> str:
    unit = wording.gap_unit(wording.value_unit(standing.definition.indicator.unit))
    return wording.with_unit(levers_words.signed(change, levers_words.change_decimals(standing)), unit)


def _notes(movement: Movement) -> list[str]:
    notes = []
    if movement.came:
        notes.append(
            gettext("Opened since then: %(schools)s") % {"schools": _dated(movement.came, "opened_on")}
        )
    if movement.went:
        closed = _dated(movement.went, "closed_on")
        notes.append(gettext("Closed or merged since then: %(schools)s") % {"schools": closed})
    return notes


def _dated(schools: Sequence[Organisation], attribute: str) -> str:
    words = [
        gettext("%(school)s (%(date)s)")
        % {"school": wording.in_language(school), "date": getattr(school, attribute).isoformat()}
        for school in schools
    ]
    return gettext(", ").join(words)


def _bars(totals: Sequence[Fraction]) -> list[Bar]:
    """Return bars to both sides of zero on one scale; it stands where both sides fit."""
    reach = max((abs(one) for one in totals), default=Fraction(0))
    half = BAR_WIDTH / 2
    found = []
    for one in totals:
        width = round(float(abs(one) / reach) * half, 1) if reach else 0.0
        found.append(Bar(round(half - width, 1) if one < 0 else half, width, one < 0))
    return found


def sides_drawn(standing: Standing, sides: Sides, before: Amounts, since: str) -> Drawn:
    """Return what the numerator and the denominator did to a quotient that has no parts."""
    indicator, whole = standing.definition.indicator, standing.whole
    assert whole is not None
    sides = Sides(sides.numerator * standing.definition.scale, sides.denominator * standing.definition.scale)
    columns = [
        Column(gettext("Numerator and denominator"), 22),
        Column(gettext("Contribution"), 14, numeric=True),
        Column(gettext("Before"), 12, numeric=True),
        Column(gettext("Now"), 12, numeric=True),
    ]
    rows = [
        [
            text_cell(wording.in_language(indicator, f"{side}_label")),
            _signed_cell(standing, getattr(sides, side)),
            text_cell(levers_words.plain(getattr(before, side))),
            text_cell(levers_words.plain(getattr(whole, side))),
        ]
        for side in ("numerator", "denominator")
    ]
    rows.append(
        [
            text_cell(gettext("Sum = change of the whole")),
            _signed_cell(standing, sides.total),
            _amounts_cell(standing, before),
            _amounts_cell(standing, whole),
        ]
    )
    return Drawn(
        title=gettext("By numerator and denominator"),
        lead=gettext("Since %(since)s: %(change)s")
        % {"since": since, "change": _change_text(standing, sides.total)},
        table=Table(gettext("Numerator and denominator"), columns, rows),
        bars=[*_bars([sides.numerator, sides.denominator]), None],
    )


def levers_table(standing: Standing, need: Need, partition: Partition) -> Table:
    """Return each part with what it alone would have to reach, in the order of the parts (never by size)."""
    found = levers_of(
        need,
        partition.parts,
        scale=standing.definition.scale,
        is_ratio=standing.is_ratio,
        is_bounded=standing.is_bounded,
    )
    columns = [
        Column(partition.title, 22),
        Column(gettext("Now"), 12, numeric=True),
        *([Column(gettext("Made of"), 18, numeric=True)] if standing.is_ratio else []),
        Column(gettext("Would have to reach"), 16, numeric=True),
        Column(gettext("That is"), 30),
    ]
    rows = []
    for key, lever in found.items():
        below = lever.amounts.denominator
        made_of = f"{levers_words.plain(lever.amounts.numerator)} ÷ {levers_words.plain(below)}"
        rows.append(
            [
                text_cell(partition.names[key]),
                _amounts_cell(standing, lever.amounts),
                *([text_cell(made_of)] if standing.is_ratio else []),
                text_cell(
                    "—" if lever.required is None else levers_words.value_text(standing, lever.required)
                ),
                text_cell(_lever_text(standing, need, lever.most)),
            ]
        )
    notes = [gettext("In the order of the schools' codes; no ranking.")] if partition.kind == SCHOOL else []
    return Table(partition.title, columns, rows, notes)


def _lever_text(standing: Standing, need: Need, most: Fraction | None) -> str:
    amount = levers_words.signed_amount(standing, need)
    if most is None or most >= need.amount:
        return amount
    if most == 0:
        return gettext("nothing left to change here")
    return gettext("not alone: at most %(most)s of %(needed)s") % {
        "most": levers_words.amount_text(standing, most),
        "needed": levers_words.amount_text(standing, need.amount),
    }
