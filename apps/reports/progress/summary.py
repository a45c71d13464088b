"""The first part of a report: where the plan stands, what is achieved, what is behind, what came back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from apps.dashboards.overview import URGENT
from apps.dashboards.readings import Reading
from apps.reports.progress import words
from apps.reports.progress.blocks import Block, passage
from apps.reports.progress.selection import Selection
from apps.reports.prose import slots, telling
from apps.reports.prose.bound import Bound, Sentence, Source, bind
from apps.reports.prose.facts import Facts
from apps.reports.prose.prose import Prose
from apps.rollups.enums import Status

MOST_NAMES = 8


def state(prose: Prose, selection: Selection) -> list[Block]:
    """Return what the report is about and how its indicators and measures stand."""
    return [
        *passage(opening(prose), scope(prose, selection)),
        *passage(*counts(prose, selection.codes), coverage(prose, selection.codes)),
        *passage(*measures(prose, selection.measures)),
    ]


def opening(prose: Prose) -> Sentence:
    facts = prose.facts
    return prose.say(
        "opening",
        "summary/opening",
        title=slots.plan(facts, "title"),
        year=slots.release(facts, "year"),
        quarter=slots.quarter(facts),
        until=bind(facts, [Source(slots.RELEASE, 0, "ends_on")], lambda of: of.ends_on, telling.day),
        frozen=slots.release(facts, "frozen_on", telling.day),
    )


def scope(prose: Prose, selection: Selection) -> Sentence:
    facts = prose.facts
    numbers = [area.number for area in selection.areas]
    return prose.say(
        "plan_scope",
        "summary/scope",
        areas=bind(
            facts,
            [Source(f"area-{number}", 0, "number") for number in numbers],
            lambda of: sum(number in of.areas for number in numbers),
        ),
        indicators=slots.number_of(facts, selection.codes),
        measures=slots.count_measures(facts, selection.measures, lambda _one, _today: True),
    )


def counts(prose: Prose, codes: Sequence[str]) -> list[Sentence]:
    """Return how many indicators have which status: the core ones, then the others."""
    facts = prose.facts
    core, others = slots.core_of(facts, codes), slots.core_of(facts, codes, is_core=False)
    groups = [("core_state", core), ("further_state", others)] if core else [("all_state", others)]
    return [
        prose.say(
            key,
            f"summary/{key}",
            count=slots.number_of(facts, own),
            parts=words.status_parts(prose, own, f"summary/{key}"),
        )
        for key, own in groups
        if own
    ]


def coverage(prose: Prose, codes: Sequence[str]) -> Sentence:
    facts = prose.facts
    share = slots.coverage(facts, codes)
    if share.value is None:
        none = slots.implied(facts, "没有", codes, "n_reported", lambda reading: reading.coverage is None)
        return prose.say("coverage_none", "summary/coverage", none=none)
    return prose.say("coverage", "summary/coverage", share=share)


def measures(prose: Prose, codes: Sequence[str]) -> list[Sentence]:
    facts = prose.facts
    if not codes:
        return []
    every = slots.count_measures(facts, codes, lambda _one, _today: True)
    parts = words.measure_parts(prose, codes, "summary/measures")
    found = [prose.say("measures_state", "summary/measures", count=every, parts=parts)]
    late = words.overdue(facts, codes)
    if late:
        offices = {facts.measures[code].lead_office.name: code for code in reversed(late)}
        found.append(
            prose.say(
                "measures_overdue_whole",
                "summary/overdue",
                word=slots.implied_of(facts, "逾期", late, words.is_overdue),
                count=slots.count_measures(facts, codes, words.is_overdue),
                offices=[slots.measure_office(facts, code) for code in reversed(offices.values())],
            )
        )
    return found


def achieved(prose: Prose, codes: Sequence[str]) -> list[Block]:
    """Return what is achieved, and of it what had been behind."""
    facts = prose.facts
    core = slots.core_of(facts, codes)
    done = words.having(facts, core, Status.ACHIEVED) or words.having(facts, codes, Status.ACHIEVED)
    back = [code for code in codes if facts.reading(code).recovered_from is not None]
    return passage(
        *([achieved_list(prose, done, MOST_NAMES)] if done else []),
        *([recovered(prose, back)] if back else []),
    )


def achieved_list(prose: Prose, done: Sequence[str], most: int) -> Sentence:
    """Say how many are achieved, and the names of at most so many of them."""
    facts = prose.facts
    return prose.say(
        "achieved_list" if len(done) <= most else "achieved_list_more",
        "summary/achieved",
        word=slots.word(facts, done, Status.ACHIEVED),
        count=slots.count(facts, done, "status", lambda one: one.status == Status.ACHIEVED),
        names=words.names(facts, done[:most]),
        scope=_core_word(facts, done),
    )


def _core_word(facts: Facts, done: Sequence[str]) -> Bound:
    """Say whether it is core indicators that are listed, or any."""
    return bind(
        facts,
        [Source(code, 0, "tier") for code in done],
        lambda one: set(done) <= set(slots.core_of(one, done)),
        lambda is_core: "核心指标" if is_core else "指标",
    )


def recovered(prose: Prose, codes: Sequence[str]) -> Sentence:
    facts = prose.facts
    return prose.say(
        "recovered_list",
        "summary/recovered",
        names=words.names(facts, codes),
        bad=slots.implied(facts, "滞后", codes, "recovered_from", _came_back),
        word=slots.implied(facts, "追回", codes, "recovered_from", _came_back),
    )


def _came_back(reading: Reading) -> bool:
    return reading.recovered_from is not None


def behind(prose: Prose, codes: Sequence[str]) -> list[Block]:
    """Return what is off track and at risk with how far, and what was so when last measured."""
    facts = prose.facts
    found = []
    for status in URGENT:
        held = words.having(facts, codes, status)
        if held:
            found.append(
                prose.say(
                    "behind_list",
                    f"summary/{status}",
                    word=slots.word(facts, held, status),
                    count=slots.count_status(facts, codes, status),
                    items=[behind_item(prose, code) for code in held],
                )
            )
    return passage(*(found or [nothing_behind(prose, codes)]), *waiting(prose, codes))


def nothing_behind(prose: Prose, codes: Sequence[str]) -> Sentence:
    depends = words.sources_of(prose.facts, codes, "status")
    none = words.no_word(prose.facts, codes)
    return prose.say("nothing_behind_whole", "summary/behind", none=none, depends=depends)


def behind_item(prose: Prose, code: str) -> Sentence:
    facts = prose.facts
    return prose.say(
        "behind_item",
        f"summary/behind/{code}",
        name=slots.name(facts, code),
        verdict=slots.verdict(facts, code),
        office=slots.office(facts, code),
    )


def waiting(prose: Prose, codes: Sequence[str]) -> list[Sentence]:
    """Return what was behind when it was last measured and is not measured in this quarter."""
    facts = prose.facts
    found = []
    for status in URGENT:
        held = [
            code
            for code in codes
            if words.was_behind(facts.reading(code)) and facts.reading(code).carried_status == status
        ]
        if held:
            found.append(
                prose.say(
                    "carried_list",
                    f"summary/carried/{status}",
                    depends=words.sources_of(facts, held, "status"),
                    names=words.names(facts, held),
                    word=slots.implied(
                        facts,
                        telling.status(status),
                        held,
                        "carried_status",
                        _carries(status),
                    ),
                )
            )
    return found


def _carries(status: str) -> Callable[[Reading], bool]:
    return lambda reading: reading.carried_status == status


def data(prose: Prose, codes: Sequence[str]) -> list[Block]:
    """Return which data are not all in, what has no target, and what is confidential."""
    facts = prose.facts
    thin = [code for code in codes if words.is_thin(facts.reading(code))]
    found = [_gaps(prose, codes, thin) if thin else _no_gaps(prose, codes)]
    unset = words.having(facts, codes, Status.NO_TARGET)
    unconfirmed = words.having(facts, codes, Status.UNCONFIRMED)
    for status, held in ((Status.NO_TARGET, unset), (Status.UNCONFIRMED, unconfirmed)):
        if held:
            found.append(
                prose.say(
                    f"{status}_state",
                    f"summary/{status}",
                    count=slots.count_status(facts, codes, status),
                    word=slots.word(facts, held, status),
                )
            )
    secret = [code for code in codes if words.is_secret(facts.reading(code))]
    if secret:
        held_names = words.names(facts, secret)
        word = slots.word(facts, secret, "hidden")
        found.append(prose.say("secret_whole", "summary/secret", names=held_names, word=word))
    return passage(*found)


def _gaps(prose: Prose, codes: Sequence[str], thin: Sequence[str]) -> Sentence:
    facts = prose.facts
    return prose.say(
        "gaps" if len(thin) <= MOST_NAMES else "gaps_more",
        "summary/gaps",
        count=slots.count(facts, codes, "n_reported", words.is_thin),
        names=words.names(facts, thin[:MOST_NAMES]),
        thin=slots.implied(facts, "尚未报齐", thin, "n_reported", words.is_thin),
        word=slots.implied(facts, "暂定数", thin, "n_reported", words.is_thin),
    )


def _no_gaps(prose: Prose, codes: Sequence[str]) -> Sentence:
    all_in = slots.implied(
        prose.facts, "全部报齐", codes, "n_reported", lambda reading: reading.coverage in (None, 1)
    )
    return prose.say("gaps_none", "summary/gaps", all=all_in)
