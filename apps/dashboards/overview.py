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
from apps.plans.enums import Tier
from apps.plans.models import Indicator, TaskArea
from apps.rollups.enums import Status

GOOD = (Status.ACHIEVED, Status.ON_TRACK)
URGENT: tuple[str, ...] = (Status.OFF_TRACK, Status.AT_RISK)
# Nobody has decided a target: that says something about the bureau, nothing about the task.
UNSET = (Status.NO_TARGET, Status.UNCONFIRMED)


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
    def told(self) -> list[tuple[str, int]]:
        """The counts of what has a target."""
        return [(status, count) for status, count in self.counts if status not in UNSET]

    @property
    def unset(self) -> str:
        """How many have none, in words; empty when all have one."""
        parts = [_part(status, count) for status, count in self.counts if status in UNSET]
        return gettext(", ").join(parts)

    @property
    def coverage(self) -> Fraction | None:
        return coverage_of(self.readings)

    @property
    def n_provisional(self) -> int:
        """How many figures are provisional: the third signal, apart from light and coverage."""
        return sum(reading.is_provisional and reading.value is not None for reading in self.readings)

    @property
    def coverage_text(self) -> str:
        return wording.share_text(self.coverage) if self.coverage is not None else gettext("nothing due")


@dataclass(frozen=True)
class Attention:
    """An indicator that is behind or at risk, or was so when last measured.

    `fell` tells that it was on course in the quarter before.
    """

    reading: Reading
    fell: bool


@dataclass(frozen=True)
class Overview:
    """Everything the overview says."""

    sentence: str
    further: str
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
        further=further_of(current),
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


def core_of(readings: Sequence[Reading]) -> list[Reading]:
    """Return the readings of the core tier."""
    return [reading for reading in readings if reading.indicator.tier == Tier.CORE]


def sentence_of(readings: Sequence[Reading], *, quarter: int) -> str:
    """Return the state of the plan in one sentence: of the core indicators, of all where none is one."""
    if not readings:
        return gettext("No indicator of this plan has been switched on yet.")
    core = core_of(readings)
    sentence = (_core_words(len(core)) if core else _all_words(len(readings))) % {
        "quarter": wording.quarter_name(quarter).lower(),
        "count": len(core or readings),
        "parts": _parts(core or readings),
    }
    coverage = coverage_of(readings)
    if coverage is None:
        return sentence
    return sentence + gettext(" Data coverage %(share)s.") % {"share": wording.share_text(coverage)}


def _core_words(count: int) -> str:
    return ngettext(
        "As of the %(quarter)s, of %(count)d core indicator: %(parts)s.",
        "As of the %(quarter)s, of %(count)d core indicators: %(parts)s.",
        count,
    )


def _all_words(count: int) -> str:
    return ngettext(
        "As of the %(quarter)s, of %(count)d tracked indicator: %(parts)s.",
        "As of the %(quarter)s, of %(count)d tracked indicators: %(parts)s.",
        count,
    )


def further_of(readings: Sequence[Reading]) -> str:
    """Return what the other tiers add, empty where the sentence has said it all."""
    others = [reading for reading in readings if reading.indicator.tier != Tier.CORE]
    if not others or len(others) == len(readings):
        return ""
    return ngettext(
        "%(count)d more indicator is tracked: %(parts)s.",
        "%(count)d more indicators are tracked: %(parts)s.",
        len(others),
    ) % {"count": len(others), "parts": _parts(others)}


def _parts(readings: Sequence[Reading]) -> str:
    return gettext(", ").join(_part(status, count) for status, count in counts_of(readings))


def _part(status: str, count: int) -> str:
    return f"{count} 项{_counted(status)}" if wording.is_chinese() else f"{count} {_counted(status)}"


def _counted(status: str) -> str:
    return str(lights.sign_of(status).word).lower()


def attention_of(current: Sequence[Reading], readings: Mapping[ReadingKey, Reading]) -> list[Attention]:
    """Return what is behind: first what fell behind this quarter, then by how far it is from its target.

    What is at risk follows, then what was behind when it was last measured.
    """
    behind = [
        Attention(
            reading,
            fell=reading.status == Status.OFF_TRACK
            and _was_good(readings.get((reading.indicator.pk, reading.quarter - 1))),
        )
        for reading in current
        if _urgency(reading) is not None
    ]
    return sorted(behind, key=lambda item: (_urgency(item.reading), not item.fell, -_distance(item.reading)))


def _urgency(reading: Reading) -> int | None:
    """Return the place among what needs attention, None for what does not."""
    if reading.status in URGENT:
        return URGENT.index(reading.status)
    is_waiting = reading.status == Status.NOT_DUE and reading.carried_status == Status.OFF_TRACK
    return len(URGENT) if is_waiting else None


def _was_good(before: Reading | None) -> bool:
    return before is not None and before.status in GOOD


def _distance(reading: Reading) -> Decimal:
    aim = reading.target.value if reading.target is not None else None
    return abs(reading.gap or Decimal(0)) / max(abs(aim or Decimal(0)), Decimal(1))


def thin_of(current: Sequence[Reading]) -> list[Reading]:
    """Return the readings whose data are not all in, the thinnest first."""
    partial = [reading for reading in current if reading.coverage is not None and reading.coverage < 1]
    return sorted(partial, key=lambda reading: reading.coverage or Fraction(0))
