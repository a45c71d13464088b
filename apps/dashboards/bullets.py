"""Geometry of small inline pictures: bullets, boxes, sparklines. Pure; the templates draw the SVG."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from apps.core import display
from apps.dashboards import wording
from apps.dashboards.readings import Reading
from apps.dashboards.targets_text import Line

WIDTH = 320
SPARK_STEP = 22
SPARK_HEIGHT = 24
# A label's width in pixels at the size the stylesheet gives it: a Chinese character, any other.
WIDE_CHARACTER, NARROW_CHARACTER = 12, 7
GAP = 8
SHARE_TOPS = (5, 10, 20, 50, 100)
NICE = tuple(map(Decimal, ("1", "1.2", "1.5", "2", "3", "4", "5", "6", "8", "10")))
AIR = Decimal("1.05")
SMALL_AIR = Decimal("1.2")


@dataclass(frozen=True)
class Mark:
    """A position on a bullet, in pixels from the left, and what it stands for."""

    x: float
    label: str
    kind: str


@dataclass(frozen=True)
class Label:
    """A text above or below a bullet; `anchor` as SVG has it."""

    x: float
    text: str
    kind: str
    anchor: str

    @property
    def span(self) -> tuple[float, float]:
        width = sum(
            WIDE_CHARACTER if unicodedata.east_asian_width(character) in "WF" else NARROW_CHARACTER
            for character in self.text
        )
        start = self.x - {"start": 0, "middle": width / 2, "end": width}[self.anchor]
        return start, start + width


@dataclass(frozen=True)
class Bullet:
    """A bar from zero with marks for target, national line and baseline, on one shared scale."""

    width: int
    bar_x: float
    bar_width: float
    marks: Sequence[Mark]
    above: Sequence[Label]
    below: Sequence[Label]
    absence: str
    is_carried: bool
    description: str


def bullet(reading: Reading, lines: Sequence[Line]) -> Bullet | None:
    """Return the bullet of a reading; None where a bar would say nothing.

    A share has its own scale and needs no line; any other number means something only beside a line.
    """
    levels = [line.value for line in lines] + ([reading.value] if reading.value is not None else [])
    is_share = reading.unit == wording.PERCENT
    if reading.steps is not None or not (lines or (is_share and levels)):
        return None
    low, high = _ends(min([Decimal(0), *levels]), max([Decimal(0), *levels]), is_share=is_share)

    def place(value: Decimal) -> float:
        return round(float((value - low) / (high - low)) * WIDTH, 1)

    bar = sorted((place(Decimal(0)), place(reading.value or Decimal(0))))
    marks = [Mark(place(line.value), line.label, line.kind) for line in lines]
    above, below = _labels(marks, [(place(end), _end_text(reading, end)) for end in (low, high)])
    return Bullet(
        width=WIDTH,
        bar_x=bar[0],
        bar_width=round(bar[1] - bar[0], 1),
        marks=marks,
        above=above,
        below=below,
        absence=reading.absence_text if reading.value is None else "",
        is_carried=reading.is_carried,
        description="; ".join([reading.value_text, *(line.label for line in lines)]),
    )


def _ends(low: Decimal, high: Decimal, *, is_share: bool) -> tuple[Decimal, Decimal]:
    """Return round ends of the scale: of a share 100, or less where a small one could not be seen."""
    if is_share and low == 0 and high <= 100:
        tops = [Decimal(top) for top in SHARE_TOPS if high * SMALL_AIR <= top]
        return Decimal(0), (tops or [Decimal(100)])[0]
    return -_nice(-low), _nice(high) or (Decimal(0) if low else Decimal(1))


def _nice(number: Decimal) -> Decimal:
    if number <= 0:
        return Decimal(0)
    size = Decimal(1).scaleb((number * AIR).adjusted())
    return next(step * size for step in NICE if step * size >= number * AIR)


def _end_text(reading: Reading, end: Decimal) -> str:
    decimals = 0 if end == end.to_integral_value() else -int(end.normalize().as_tuple().exponent)
    text = display.number_text(end, decimals)
    return f"{text}{wording.PERCENT}" if reading.unit == wording.PERCENT else text


def _labels(
    marks: Sequence[Mark], ends: Sequence[tuple[float, str]]
) -> tuple[Sequence[Label], Sequence[Label]]:
    """Return the labels above (target, national line) and below (baseline, what is left, the scale's ends).

    One that would run into another is left out: its mark stays, and the description says it.
    """
    above, below = Row(), Row()
    for mark in sorted(marks, key=lambda mark: ("target", "reference", "baseline").index(mark.kind)):
        rows = (below, above) if mark.kind == "baseline" else (above, below)
        label = _beside(mark.x, mark.label, mark.kind)
        for row in rows:
            if row.took(label):
                break
    for x, text in ends:
        below.took(Label(x, text, "end", "start" if x == 0 else "end"))
    return above.labels, below.labels


def _beside(x: float, text: str, kind: str) -> Label:
    """Return a label centred at its mark, pushed in where it would leave the picture."""
    left, right = Label(x, text, kind, "middle").span
    if left < 0:
        return Label(0, text, kind, "start")
    return Label(WIDTH, text, kind, "end") if right > WIDTH else Label(x, text, kind, "middle")


@dataclass
class Row:
    """Labels side by side."""

    labels: list[Label] = field(default_factory=list)

    def took(self, label: Label) -> bool:
        """Add a label if there is room for it."""
        start, end = label.span
        spans = [other.span for other in self.labels]
        if any(start < right + GAP and left < end + GAP for left, right in spans):
            return False
        self.labels.append(label)
        return True


@dataclass(frozen=True)
class Boxes:
    """Steps as boxes, those reached filled."""

    boxes: Sequence[tuple[int, bool]]
    box_width: int
    description: str


def boxes(reading: Reading) -> Boxes | None:
    """Return the boxes of an indicator told in steps; None for all others or without a value."""
    if reading.steps is None or reading.value is None:
        return None
    reached, step = reading.steps.reached(reading.value), WIDTH // reading.steps.total
    return Boxes(
        boxes=[(place * step, place < reached) for place in range(reading.steps.total)],
        box_width=step - 4,
        description=reading.value_text,
    )


@dataclass(frozen=True)
class SparkBar:
    """One of four slots: `height` None draws the empty slot."""

    x: int
    y: float
    height: float | None


def sparkline(shares: Iterable[Fraction | None]) -> list[SparkBar]:
    """Return four bars from zero for shares of 1, always in the same place."""
    return [
        SparkBar(
            x=place * SPARK_STEP + 2,
            y=SPARK_HEIGHT if share is None else round(SPARK_HEIGHT - _height(share), 1),
            height=None if share is None else _height(share),
        )
        for place, share in enumerate(shares)
    ]


def _height(share: Fraction) -> float:
    return max(1.5, round(float(share) * (SPARK_HEIGHT - 2), 1))
