"""The overview put together from readings: a sentence, one row an area, what needs attention. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext, ngettext

from apps.dashboards import lights, wording
from apps.dashboards.readings import Reading
from apps.dashboards.selectors import QUARTERS, ReadingKey
from apps.plans.models import Indicator, TaskArea
from apps.rollups.enums import Status

GOOD = (Status.ACHIEVED, Status.ON_TRACK)


@dataclass(frozen=True)
class AreaRow:
    """One area: its readings this quarter, the share on course in each quarter."""

    area: TaskArea
    readings: Sequence[Reading]
    course: Sequence[Fraction | None]

    @property
    def counts(self) -> list[tuple[str, int]]:
        return counts_of(self.readings)

    @property
    def coverage(self) -> Fraction | None:
        return coverage_of(self.readings)

    @property
    def coverage_text(self) -> str:
        return wording.share_text(self.coverage) if self.coverage is not None else gettext("nothing due")


@dataclass(frozen=True)
class Attention:
    """An indicator that is behind. `fell` tells that it was on course in the quarter before."""

    reading: Reading
    fell: bool


@dataclass(frozen=True)
class Overview:
    """Everything the overview says."""

    sentence: str
    rows: Sequence[AreaRow]
    counts: Sequence[tuple[str, int]]
    attention: Sequence[Attention]
    thin: Sequence[Reading]


def overview_of(
    areas: Sequence[TaskArea],
    indicators: Sequence[Indicator],
    readings: Mapping[ReadingKey, Reading],
    *,
    quarter: int,
) -> Overview:
    """Return the overview of one quarter; an indicator shared by two areas counts once in the whole."""
    current = [readings[indicator.pk, quarter] for indicator in indicators]
    return Overview(
        sentence=sentence_of(current, quarter=quarter),
        rows=[_row(area, indicators, readings, quarter) for area in areas],
        counts=counts_of(current),
        attention=attention_of(current, readings),
        thin=thin_of(current),
    )


def _row(
    area: TaskArea, indicators: Sequence[Indicator], readings: Mapping[ReadingKey, Reading], quarter: int
) -> AreaRow:
    own = [indicator for indicator in indicators if belongs_to(indicator, area)]
    return AreaRow(
        area=area,
        readings=[readings[indicator.pk, quarter] for indicator in own],
        course=[course_of([readings[indicator.pk, one] for indicator in own]) for one in QUARTERS],
    )


def belongs_to(indicator: Indicator, area: TaskArea) -> bool:
    """Tell whether an area shows an indicator: its own, or one reported in another and shown here."""
    return indicator.area_id == area.pk or any(shared.pk == area.pk for shared in indicator.also_in.all())


def counts_of(readings: Sequence[Reading]) -> list[tuple[str, int]]:
    """Return how many readings have each status, in the order of the lights, absent ones left out."""
    found = Counter(str(reading.status) for reading in readings)
    return [(str(status), found[str(status)]) for status in lights.ORDER if found[str(status)]]


def coverage_of(readings: Sequence[Reading]) -> Fraction | None:
    """Return Σ reported over Σ due; None when nothing is due."""
    due = sum(reading.n_expected for reading in readings)
    return Fraction(sum(reading.n_reported for reading in readings), due) if due > 0 else None


def course_of(readings: Sequence[Reading]) -> Fraction | None:
    """Return the share of judged readings that are achieved or on track; None when none is judged."""
    judged = [reading for reading in readings if reading.is_judged]
    return Fraction(sum(reading.status in GOOD for reading in judged), len(judged)) if judged else None


def sentence_of(readings: Sequence[Reading], *, quarter: int) -> str:
    """Return the state of the whole plan in one sentence."""
    if not readings:
        return gettext("No indicator of this plan has been switched on yet.")
    parts = [f"{count} {_counted(status)}" for status, count in counts_of(readings)]
    if wording.is_chinese():
        parts = [f"{count} 项{_counted(status)}" for status, count in counts_of(readings)]
    coverage = coverage_of(readings)
    sentence = ngettext(
        "As of the %(quarter)s, of %(count)d tracked indicator: %(parts)s.",
        "As of the %(quarter)s, of %(count)d tracked indicators: %(parts)s.",
        len(readings),
    ) % {
        "quarter": wording.quarter_name(quarter).lower(),
        "count": len(readings),
        "parts": gettext(", ").join(parts),
    }
    if coverage is None:
        return sentence
    return sentence + gettext(" Data coverage %(share)s.") % {"share": wording.share_text(coverage)}


def _counted(status: str) -> str:
    return str(lights.sign_of(status).word).lower()


def attention_of(current: Sequence[Reading], readings: Mapping[ReadingKey, Reading]) -> list[Attention]:
    """Return what is behind: first what fell behind this quarter, then by how far it is from its target."""
    behind = [
        Attention(reading, fell=_was_good(readings.get((reading.indicator.pk, reading.quarter - 1))))
        for reading in current
        if reading.status == Status.OFF_TRACK
    ]
    return sorted(behind, key=lambda item: (not item.fell, -_distance(item.reading)))


def _was_good(before: Reading | None) -> bool:
    return before is not None and before.status in GOOD


def _distance(reading: Reading) -> Decimal:
    aim = reading.target.value if reading.target is not None else None
    return abs(reading.gap or Decimal(0)) / max(abs(aim or Decimal(0)), Decimal(1))


def thin_of(current: Sequence[Reading]) -> list[Reading]:
    """Return the readings whose data are not all in, the thinnest first."""
    partial = [reading for reading in current if reading.coverage is not None and reading.coverage < 1]
    return sorted(partial, key=lambda reading: reading.coverage or Fraction(0))
