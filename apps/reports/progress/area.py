"""The section of one area: the plan's words, results, what is behind and why, measures, next steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from apps.dashboards.overview import URGENT
from apps.dashboards.readings import Reading
from apps.plans.models import TaskArea
from apps.reports.progress import measure_words, next_steps, own_words, tables, words
from apps.reports.progress.blocks import Block, Passage, Quote, headings, passage
from apps.reports.progress.pictures import area_picture
from apps.reports.progress.selection import Selection
from apps.reports.prose import slots
from apps.reports.prose.bound import Sentence
from apps.reports.prose.prose import Prose
from apps.reports.releases.enums import TextKind
from apps.rollups.enums import Status


def section(prose: Prose, selection: Selection, area: TaskArea, *, level: int = 3) -> list[Block]:
    """Return everything a report says about an area, below headings of `level`."""
    edition = prose.facts.edition
    return headings(
        level,
        [
            ("工作要点", [Quote(area.text)]),
            ("指标进展", results(prose, selection, area)),
            ("需要关注的情况", attention(prose, selection, area)),
            ("举措落实", measure_words.blocks(prose, selection, area)),
            ("研判意见", own_words.blocks(edition.text_of(TextKind.JUDGEMENT, area))),
            ("下一步工作", next_steps.of_area(prose, selection, area)),
        ],
    )


def results(prose: Prose, selection: Selection, area: TaskArea) -> list[Block]:
    """Return the results against the targets: sentences, the table, the chart."""
    codes = selection.codes_of(area)
    facts = prose.facts
    if not codes:
        office = slots.area_office(facts, area.number)
        return passage(prose.say("area_no_indicator", f"area-{area.number}/scope", office=office))
    return [
        Passage(tuple(_scope(prose, area, codes))),
        *passage(*_good(prose, area, codes)),
        *passage(*_secret(prose, codes, area)),
        tables.results(facts, codes, caption=f"{area.name}指标进展"),
        *area_picture(selection, area),
    ]


def _scope(prose: Prose, area: TaskArea, codes: Sequence[str]) -> list[Sentence]:
    facts, place = prose.facts, f"area-{area.number}"
    found = [
        prose.say(
            "area_scope",
            f"{place}/scope",
            turn=area.number,
            office=slots.area_office(facts, area.number),
            count=slots.number_of(facts, codes),
            parts=words.status_parts(prose, codes, f"{place}/scope"),
        )
    ]
    shared = [code for code in codes if facts.indicators[code].area_id != area.pk]
    if shared:
        found.append(prose.say("shared", f"{place}/shared", names=words.names(facts, shared)))
    return [*found, _coverage(prose, area, codes)]


def _coverage(prose: Prose, area: TaskArea, codes: Sequence[str]) -> Sentence:
    facts, place = prose.facts, f"area-{area.number}/coverage"
    share = slots.coverage(facts, codes)
    if share.value is None:
        none = slots.implied(facts, "没有", codes, "n_reported", lambda reading: reading.coverage is None)
        return prose.say("area_no_data", place, none=none)
    return prose.say("area_coverage", place, turn=area.number, share=share)


def _good(prose: Prose, area: TaskArea, codes: Sequence[str]) -> list[Sentence]:
    """Say what is achieved, what is on track, and what of it came back."""
    facts = prose.facts
    found = []
    for status, key in ((Status.ACHIEVED, "met_item"), (Status.ON_TRACK, "on_track_item")):
        held = words.having(facts, codes, status)
        if held:
            found.append(
                prose.say(
                    "good",
                    f"area-{area.number}/{status}",
                    turn=area.number,
                    word=slots.word(facts, held, status),
                    count=slots.count_status(facts, codes, status),
                    items=[_good_item(prose, key, code) for code in held],
                )
            )
    back = [code for code in codes if _has_recovered(facts.reading(code))]
    return [*found, *(_came_back(prose, code, f"area-{area.number}") for code in back)]


def _good_item(prose: Prose, key: str, code: str) -> Sentence:
    facts = prose.facts
    return prose.say(
        key,
        f"result/{code}",
        name=slots.name(facts, code),
        verdict=slots.verdict(facts, code),
        reason=slots.reason(facts, code),
    )


def _came_back(prose: Prose, code: str, place: str) -> Sentence:
    facts = prose.facts
    return prose.say(
        "recovered",
        f"{place}/recovered/{code}",
        name=slots.name(facts, code),
        quarter=slots.recovered(facts, code),
        bad=slots.implied(facts, "滞后", [code], "recovered_from", _has_recovered),
        word=slots.implied(facts, "追回", [code], "recovered_from", _has_recovered),
    )


def _has_recovered(reading: Reading) -> bool:
    return reading.recovered_from is not None


def _secret(prose: Prose, codes: Sequence[str], area: TaskArea) -> list[Sentence]:
    facts = prose.facts
    held = [code for code in codes if words.is_secret(facts.reading(code))]
    if not held:
        return []
    word = slots.word(facts, held, "hidden")
    return [prose.say("secret", f"area-{area.number}/secret", names=words.names(facts, held), word=word)]


def attention(prose: Prose, selection: Selection, area: TaskArea) -> list[Block]:
    """Return what is behind and why, one paragraph an indicator; else that nothing is."""
    facts, codes = prose.facts, selection.codes_of(area)
    bad = words.having(facts, codes, *URGENT)
    waiting = [code for code in codes if words.was_behind(facts.reading(code))]
    place = f"area-{area.number}"
    found = [block for code in bad for block in passage(*behind(prose, code, place, turn=codes.index(code)))]
    found += [block for code in waiting for block in passage(_carried(prose, code, place))]
    if found or not codes:
        return found
    judged = [code for code in codes if facts.reading(code).is_judged]
    return passage(
        prose.say(
            "nothing_behind" if judged else "none_judged",
            f"area-{area.number}/attention",
            turn=area.number,
            none=words.no_word(facts, codes),
            depends=words.sources_of(facts, codes, "status", "carried_status"),
        )
    )


def behind(prose: Prose, code: str, place: str, *, turn: int = 0) -> list[Sentence]:
    """Say that an indicator is behind, by how much, why, and whose it is."""
    facts = prose.facts
    is_thin = words.is_thin(facts.reading(code))
    more: dict[str, Any] = {
        "missing": slots.missing(facts, code),
        "word": slots.implied(facts, "暂定数", [code], "n_reported", words.is_thin),
    }
    return [
        prose.say(
            "behind",
            f"{place}/behind/{code}",
            name=slots.name(facts, code),
            word=slots.light(facts, code),
            verdict=slots.verdict(facts, code),
        ),
        prose.say("behind_why", f"{place}/why/{code}", turn=turn, reason=slots.reason(facts, code)),
        prose.say(
            "behind_reports" if is_thin else "behind_office",
            f"{place}/reports/{code}",
            office=slots.office(facts, code),
            depends=words.sources_of(facts, [code], "status", "n_reported"),
            **(more if is_thin else {}),
        ),
    ]


def _carried(prose: Prose, code: str, place: str) -> Sentence:
    facts = prose.facts
    return prose.say(
        "carried",
        f"{place}/carried/{code}",
        depends=words.sources_of(facts, [code], "status"),
        name=slots.name(facts, code),
        quarter=slots.last_quarter(facts, code),
        figure=slots.figure(facts, code),
        target=slots.target(facts, code),
        word=slots.last_light(facts, code),
        none=slots.implied(facts, "不采集", [code], "as_of_quarter", lambda reading: reading.is_carried),
    )
