"""The what-if panel: other numbers for the parts of a whole, judged by the same rules; nothing is saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext

from apps.core.numbers import plain_text, read_number
from apps.core.typed import Unreadable
from apps.dashboards import levers_words, wording
from apps.dashboards.levers_parts import Partition
from apps.dashboards.readings import Reading
from apps.rollups.decomposition import Amounts
from apps.rollups.levers import need_of
from apps.rollups.standing import COUNTED, Standing

ALL = "all"
LONGEST = 40


@dataclass(frozen=True)
class Field:
    """One number of the form: what is typed and what is wrong with it; `was` is the accepted one."""

    name: str
    text: str
    was: Fraction
    number: Fraction | None
    error: str = ""

    @property
    def was_text(self) -> str:
        return levers_words.plain(self.was)

    @property
    def is_changed(self) -> bool:
        return self.number != self.was


@dataclass(frozen=True)
class Row:
    """One part with its two numbers; `denominator` is None where there is none to change."""

    name: str
    now: Amounts
    numerator: Field
    denominator: Field | None

    @property
    def fields(self) -> list[Field]:
        return [self.numerator, *([self.denominator] if self.denominator else [])]

    @property
    def amounts(self) -> Amounts | None:
        """The two numbers as written; None while one cannot be read."""
        below = self.denominator.number if self.denominator else self.now.denominator
        if self.numerator.number is None or below is None:
            return None
        return Amounts(self.numerator.number, below)


@dataclass(frozen=True)
class WhatIf:
    """The form and, once it is sent and readable, the whole as it would be."""

    standing: Standing
    reading: Reading
    kind: str
    rows: list[Row]
    is_sent: bool

    @property
    def is_valid(self) -> bool:
        return not any(field.error for row in self.rows for field in row.fields)

    @property
    def n_errors(self) -> int:
        return sum(bool(field.error) for row in self.rows for field in row.fields)

    @property
    def has_denominators(self) -> bool:
        return any(row.denominator for row in self.rows)

    @property
    def whole(self) -> Amounts | None:
        """The supposed whole: the accepted one with what the parts differ by."""
        now, written = self.standing.whole, [row.amounts for row in self.rows]
        if now is None or None in written or not self.is_valid:
            return None
        pairs = [(row.now, amounts) for row, amounts in zip(self.rows, written, strict=True) if amounts]
        return Amounts(
            now.numerator + sum((new.numerator - old.numerator for old, new in pairs), Fraction(0)),
            now.denominator + sum((new.denominator - old.denominator for old, new in pairs), Fraction(0)),
        )

    @property
    def outcome(self) -> Reading | None:
        """The supposed reading with its light; None until the form is sent and readable."""
        whole = self.whole
        if whole is None or not self.is_sent:
            return None
        verdict = self.standing.supposed(whole).verdict
        return replace(
            self.reading,
            status=verdict.status,
            value=wording.as_decimal(verdict.value),
            numerator=wording.as_decimal(whole.numerator),
            denominator=wording.as_decimal(whole.denominator) if self.standing.is_ratio else None,
            change=wording.as_decimal(verdict.change),
            gap=wording.as_decimal(verdict.gap),
            is_exceeded=verdict.is_exceeded,
            is_provisional=verdict.is_provisional,
        )

    @property
    def need_text(self) -> str:
        """What would still be missing, in natural units; empty without a line."""
        whole, need = self.whole, self.standing.need
        if whole is None or need is None:
            return ""
        standing = self.standing
        left = need_of(
            need.line,
            whole,
            scale=standing.definition.scale,
            is_ratio=standing.is_ratio,
            step=standing.step,
        )
        return levers_words.need_text(standing, left)

    @property
    def has_changes(self) -> bool:
        return any(field.is_changed for row in self.rows for field in row.fields)


def what_if_of(
    standing: Standing, reading: Reading, partition: Partition | None, sent: Mapping[str, str] | None
) -> WhatIf | None:
    """Return the panel for the parts of a whole, or for the whole itself; None while nothing is reported.

    Args:
        partition: how the whole is cut; None: not at all.
        sent: what was typed, by field name; None: nothing yet. A field that is missing keeps its number.
    """
    whole = standing.whole
    if whole is None:
        return None
    parts = partition.parts if partition else {ALL: whole}
    names = partition.names if partition else {ALL: gettext("Whole district")}
    rows = [_row(standing, key, names[key], amounts, sent) for key, amounts in parts.items()]
    return WhatIf(standing, reading, partition.kind if partition else ALL, rows, sent is not None)


def _row(standing: Standing, key: str, name: str, now: Amounts, sent: Mapping[str, str] | None) -> Row:
    numerator = _field(standing, f"n-{key}", now.numerator, sent)
    denominator = None
    if _asks_denominator(standing):
        denominator = _field(standing, f"d-{key}", now.denominator, sent)
    row = Row(name, now, numerator, denominator)
    amounts = row.amounts
    if amounts is None or amounts == now or not standing.is_bounded:
        return row
    if amounts.numerator <= amounts.denominator:
        return row
    message = gettext("More than the whole of %(whole)s. Write at most that many.") % {
        "whole": levers_words.plain(amounts.denominator)
    }
    return replace(row, numerator=replace(numerator, error=message))


def _asks_denominator(standing: Standing) -> bool:
    """Schools that meet something are counted of those that report; a constant cannot be changed."""
    if not standing.is_ratio or standing.definition.indicator.aggregation in COUNTED:
        return False
    below = standing.definition.parts[-1].denominator
    return below is not None and bool(below.elements)


def _field(standing: Standing, name: str, was: Fraction, sent: Mapping[str, str] | None) -> Field:
    accepted = plain_text(wording.as_decimal(was) or Decimal(0))
    text = (sent or {}).get(name, accepted)
    try:
        number = _read(standing, text, signed=was < 0)
    except Unreadable as refusal:
        return Field(name, text[:LONGEST], was, None, _advice(refusal))
    return Field(name, text, was, number)


def _read(standing: Standing, text: str, *, signed: bool) -> Fraction:
    decimals = len(str(standing.step.denominator)) - 1
    return Fraction(read_number(text, whole=decimals == 0, decimals=decimals, signed=signed).value)


def _advice(refusal: Unreadable) -> str:
    if refusal.code in ("blank", "not_applicable"):
        return gettext("Write a number here, 0 if there is none.")
    return refusal.message
