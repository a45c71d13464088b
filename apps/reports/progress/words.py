"""Sentences that several parts of a report have in common. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence

from apps.dashboards import lights
from apps.dashboards.lights import HIDDEN
from apps.dashboards.measure_signs import days_overdue
from apps.dashboards.overview import URGENT
from apps.dashboards.readings import Reading
from apps.plans.enums import MeasureStatus
from apps.plans.models import Measure
from apps.reports.prose import slots
from apps.reports.prose.bound import Bound, Sentence, Source
from apps.reports.prose.facts import Facts
from apps.reports.prose.prose import Prose
from apps.rollups.enums import Status


def sources_of(facts: Facts, codes: Iterable[str], *fields: str) -> list[Source]:
    """Return the places in the release where fields of some indicators stand."""
    return [Source(code, facts.quarter, field) for code in codes for field in fields]


def having(facts: Facts, codes: Sequence[str], *statuses: str) -> list[str]:
    """Return the indicators with one of some statuses."""
    return [code for code in codes if facts.reading(code).status in statuses]


def status_parts(prose: Prose, codes: Sequence[str], place: str) -> list[Sentence]:
    """Return "5项已达成" for each status that occurs, in the order of the lights."""
    facts = prose.facts
    return [
        prose.say(
            "status_part",
            f"{place}/{status}",
            count=slots.count_status(facts, codes, status),
            word=slots.word(facts, having(facts, codes, status), status),
        )
        for status in lights.ORDER
        if having(facts, codes, status)
    ]


def measure_parts(prose: Prose, codes: Sequence[str], place: str) -> list[Sentence]:
    """Return "3项已销号" for each status of measures that occurs."""
    facts = prose.facts
    found = []
    for status in MeasureStatus:
        held = [code for code in codes if facts.measures[code].status == status]
        if held:
            count = slots.count_measures(facts, codes, _with_status(status))
            word = slots.measure_word(facts, held, status)
            found.append(prose.say("status_part", f"{place}/{status}", count=count, word=word))
    return found


def _with_status(status: str) -> Callable[[Measure, dt.date], bool]:
    return lambda measure, _today: measure.status == status


def is_overdue(measure: Measure, today: dt.date) -> bool:
    """Tell whether a measure is over its due date without being reported as completed."""
    return days_overdue(measure, today) > 0 and measure.status != MeasureStatus.CANCELLED


def is_closed(measure: Measure, _today: dt.date) -> bool:
    """Tell whether a measure is closed after its check."""
    return measure.status == MeasureStatus.CLOSED


def overdue(facts: Facts, codes: Sequence[str]) -> list[str]:
    return [code for code in codes if is_overdue(facts.measures[code], facts.today)]


def names(facts: Facts, codes: Iterable[str]) -> list[Bound]:
    """Return the names of some indicators for a list, in quotation marks."""
    return [slots.quoted(facts, code) for code in codes]


def is_behind(reading: Reading) -> bool:
    return reading.status in URGENT


def is_thin(reading: Reading) -> bool:
    """Tell whether reports of a figure are still missing."""
    return reading.coverage is not None and reading.coverage < 1


def is_secret(reading: Reading) -> bool:
    return reading.status == HIDDEN


def was_behind(reading: Reading) -> bool:
    """Tell whether it was off track when it was last measured, and is not measured now."""
    return reading.status == Status.NOT_DUE and reading.carried_status in URGENT


def no_word(facts: Facts, codes: Sequence[str], text: str = "没有") -> Bound:
    """Bind that none of some indicators is behind."""
    return slots.implied(facts, text, codes, "status", lambda reading: not is_behind(reading))
