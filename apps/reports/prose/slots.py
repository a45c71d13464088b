"""What fills the slots of templates: figures, words and names, each bound to its place in the release."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from apps.dashboards import overview
from apps.dashboards.measure_signs import days_overdue
from apps.dashboards.readings import Reading
from apps.plans.enums import Tier
from apps.plans.models import Measure
from apps.reports.prose import telling
from apps.reports.prose.bound import Bound, Source, bind
from apps.reports.prose.facts import Facts

RELEASE = "release"
VALUE_FIELDS = ("status", "value", "n_reported")
TARGET_FIELDS = (*VALUE_FIELDS, "change", "gap", "gap_units", "is_exceeded", "target")


def release(facts: Facts, field: str, tell: Callable[[Any], str] = str) -> Bound:
    """Bind what the release says of itself: its year, version, day, fingerprint."""
    return bind(facts, [Source(RELEASE, 0, field)], lambda of: getattr(of.edition, field), tell)


def quarter(facts: Facts) -> Bound:
    """Bind the quarter's name."""
    return release(facts, "quarter", telling.QUARTERS.__getitem__)


def plan(facts: Facts, field: str, tell: Callable[[Any], str] = str) -> Bound:
    """Bind a word of the plan: its title, its publisher."""
    return bind(facts, [Source("plan", 0, field)], lambda of: getattr(of.plan, field), tell)


def area_name(facts: Facts, number: int) -> Bound:
    return bind(facts, [Source(f"area-{number}", 0, "name")], lambda of: of.areas[number].name)


def area_office(facts: Facts, number: int) -> Bound:
    """Bind the name of an area's lead office."""
    source = Source(f"area-{number}", 0, "lead_office")
    return bind(facts, [source], lambda of: of.areas[number].lead_office.name)


def name(facts: Facts, code: str) -> Bound:
    """Bind an indicator's name."""
    return bind(facts, [Source(code, 0, "name")], lambda of: of.indicators[code].name)


def quoted(facts: Facts, code: str) -> Bound:
    """Bind an indicator's name in quotation marks, for lists."""
    return bind(facts, [Source(code, 0, "name")], lambda of: of.indicators[code].name, telling.quoted)


def office(facts: Facts, code: str) -> Bound:
    """Bind the name of an indicator's lead office."""
    return bind(facts, [Source(code, 0, "lead_office")], lambda of: of.indicators[code].lead_office.name)


def quote(facts: Facts, code: str) -> Bound:
    """Bind an indicator's sentence of the plan."""
    return bind(facts, [Source(code, 0, "source_quote")], lambda of: of.indicators[code].source_quote)


def told(
    facts: Facts, code: str, fields: Sequence[str], tell: Callable[[Reading], str], quarter: int = 0
) -> Bound:
    """Bind what the pages tell of a reading; `fields` are those of it that the words rest on."""
    at = quarter or facts.quarter
    sources = [Source(code, at, field) for field in fields]
    return bind(facts, sources, lambda of: of.reading(code, at), tell)


def figure(facts: Facts, code: str) -> Bound:
    """Bind an indicator's value with its unit, or why there is none."""
    return told(facts, code, VALUE_FIELDS, telling.figure)


def light(facts: Facts, code: str) -> Bound:
    """Bind an indicator's status in a word."""
    return told(facts, code, ("status",), lambda reading: telling.status(reading.status))


def verdict(facts: Facts, code: str) -> Bound:
    """Bind how an indicator stands to its target, as its page says it."""
    return told(facts, code, TARGET_FIELDS, telling.verdict)


def reason(facts: Facts, code: str) -> Bound:
    """Bind why the light is what it is."""
    return told(facts, code, ("status", "reason"), lambda reading: telling.tight(reading.reason_text))


def last_light(facts: Facts, code: str) -> Bound:
    """Bind the light of the last measurement, for an indicator that measures nothing now."""
    return told(facts, code, ("carried_status",), lambda reading: telling.status(reading.carried_status))


def last_quarter(facts: Facts, code: str) -> Bound:
    """Bind the quarter of the last measurement."""
    return told(facts, code, ("as_of_quarter",), lambda one: telling.QUARTERS[one.as_of_quarter or 1])


def recovered(facts: Facts, code: str) -> Bound:
    """Bind the quarter that a good light recovered from."""
    return told(facts, code, ("recovered_from",), lambda one: telling.QUARTERS[one.recovered_from or 1])


def target(facts: Facts, code: str) -> Bound:
    """Bind the target in force in words, or that there is none."""
    fields = ("target", "status")
    return told(facts, code, fields, telling.target_in_words)


def reported(facts: Facts, code: str) -> Bound:
    """Bind how many units have reported."""
    return told(facts, code, ("n_reported",), lambda reading: str(reading.n_reported))


def missing(facts: Facts, code: str) -> Bound:
    """Bind how many units have not reported yet."""
    return told(facts, code, ("n_reported",), lambda reading: str(reading.n_expected - reading.n_reported))


def coverage(facts: Facts, codes: Sequence[str]) -> Bound:
    """Bind the share of reports that are in, over several indicators."""
    return bind(
        facts,
        _each(facts, codes, "n_reported"),
        lambda of: overview.coverage_of([of.reading(code) for code in codes]),
        telling.share,
    )


def word(facts: Facts, codes: Iterable[str], value: str) -> Bound:
    """Bind the word of a status that some indicators have; that they have it is what it rests on."""
    held = tuple(codes)
    return bind(
        facts,
        _each(facts, held, "status"),
        lambda of: value if any(of.reading(code).status == value for code in held) else "",
        lambda one: telling.status(one) if one else "",
    )


def count(facts: Facts, codes: Sequence[str], field: str, holds: Callable[[Reading], bool]) -> Bound:
    """Bind how many of some indicators something holds for; `field` is what it is asked of."""
    return bind(
        facts,
        _each(facts, codes, field),
        lambda of: sum(holds(of.reading(code)) for code in codes),
    )


def count_status(facts: Facts, codes: Sequence[str], value: str) -> Bound:
    """Bind how many of some indicators have a status."""
    return count(facts, codes, "status", lambda reading: reading.status == value)


def number_of(facts: Facts, codes: Sequence[str]) -> Bound:
    """Bind how many indicators there are: of the area, of a tier."""
    sources = [Source(code, 0, "is_asked") for code in codes]
    return bind(facts, sources, lambda of: sum(code in of.indicators for code in codes))


def core_of(facts: Facts, codes: Iterable[str], *, is_core: bool = True) -> list[str]:
    """Return the codes of the core tier, or of the others."""
    return [code for code in codes if (facts.indicators[code].tier == Tier.CORE) is is_core]


def measure_name(facts: Facts, code: str) -> Bound:
    """Bind a measure's name in quotation marks."""
    return bind(facts, [Source(code, 0, "name")], lambda of: of.measures[code].name, telling.quoted)


def measure_office(facts: Facts, code: str) -> Bound:
    return bind(facts, [Source(code, 0, "lead_office")], lambda of: of.measures[code].lead_office.name)


def measure_due(facts: Facts, code: str) -> Bound:
    """Bind by when a measure is due."""
    return bind(
        facts,
        [Source(code, 0, "due_on")],
        lambda of: of.measures[code].due_on,
        lambda date: telling.day(date) if date else "时限未定",
    )


def days_over(facts: Facts, code: str) -> Bound:
    """Bind by how many days a measure is over its due date."""
    sources = [Source(code, 0, "due_on"), Source(code, 0, "status"), Source(RELEASE, 0, "frozen_on")]
    return bind(facts, sources, lambda of: days_overdue(of.measures[code], of.today))


def measure_word(facts: Facts, codes: Iterable[str], value: str) -> Bound:
    """Bind the word of a status that some measures have."""
    held = tuple(codes)
    return bind(
        facts,
        [Source(code, 0, "status") for code in held],
        lambda of: value if any(of.measures[code].status == value for code in held) else "",
        lambda one: telling.measure_status(one) if one else "",
    )


def measure_sources(codes: Iterable[str]) -> list[Source]:
    """Return where the state of some measures stands."""
    return [Source(code, 0, field) for code in codes for field in ("status", "due_on")]


def count_measures(facts: Facts, codes: Sequence[str], holds: Callable[[Measure, dt.date], bool]) -> Bound:
    """Bind how many of some measures something holds for on the day of the freezing."""
    sources = measure_sources(codes)
    return bind(facts, sources, lambda of: sum(holds(of.measures[code], of.today) for code in codes))


def implied(
    facts: Facts, text: str, codes: Iterable[str], field: str, holds: Callable[[Reading], bool]
) -> Bound:
    """Bind a word that is true where something holds for each of some indicators, e.g. "追回"."""
    held = tuple(codes)
    return bind(
        facts,
        _each(facts, held, field),
        lambda of: all(holds(of.reading(code)) for code in held),
        lambda is_true: text if is_true else "",
    )


def implied_of(
    facts: Facts, text: str, codes: Iterable[str], holds: Callable[[Measure, dt.date], bool]
) -> Bound:
    """Bind a word that is true where something holds for each of some measures, e.g. "逾期"."""
    held = tuple(codes)
    return bind(
        facts,
        measure_sources(held),
        lambda of: all(holds(of.measures[code], of.today) for code in held),
        lambda is_true: text if is_true else "",
    )


def _each(facts: Facts, codes: Iterable[str], field: str) -> list[Source]:
    return [Source(code, facts.quarter, field) for code in codes]
