"""Next steps by office: what the bureau wrote, else what is open by the release itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from apps.dashboards.overview import URGENT
from apps.plans.enums import MeasureStatus
from apps.plans.models import TaskArea
from apps.reports.progress import own_words, words
from apps.reports.progress.blocks import Block, passage
from apps.reports.progress.selection import Selection
from apps.reports.prose import slots
from apps.reports.prose.bound import Bound, Sentence
from apps.reports.prose.facts import Facts
from apps.reports.prose.prose import Prose
from apps.reports.releases.enums import TextKind
from apps.rollups.enums import Status

DATED = ("next_overdue", "next_due")
ORDER = ("next_overdue", "next_returned", "next_due", "next_open", "next_check")
CLOSED = (MeasureStatus.CLOSED, MeasureStatus.CANCELLED)
Step = tuple[Bound, Sentence]


def of_area(prose: Prose, selection: Selection, area: TaskArea) -> list[Block]:
    """Return an area's next steps: the bureau's own words, else one paragraph an office."""
    written = own_words.blocks(prose.facts.edition.text_of(TextKind.NEXT_STEPS, area))
    return written or proposed(prose, selection, area)


def of_all(prose: Prose, selection: Selection) -> list[Block]:
    """Return the next steps of a report: the bureau's own words for the whole, else what cannot wait."""
    is_whole = selection.office is None
    written = own_words.blocks(prose.facts.edition.text_of(TextKind.NEXT_STEPS)) if is_whole else []
    return written or urgent(prose, selection)


def proposed(prose: Prose, selection: Selection, area: TaskArea) -> list[Block]:
    """Return what is open in an area, by office: indicators behind, targets to be set, measures."""
    codes = selection.codes_of(area)
    own = [code for code in codes if prose.facts.indicators[code].area_id == area.pk]
    place = f"next/{area.number}"
    steps = [*_targets(prose, own, place), *_measures(prose, selection.measures_of(area), place)]
    return by_office(prose, steps, place) or _nothing(prose, selection.measures_of(area), place)


def urgent(prose: Prose, selection: Selection) -> list[Block]:
    """Return what cannot wait in the whole report, by office: indicators behind, measures overdue."""
    facts = prose.facts
    behind = [_behind(prose, code, "next/all") for code in words.having(facts, selection.codes, *URGENT)]
    late = words.overdue(facts, selection.measures)
    return by_office(prose, [*behind, *_measures(prose, late, "next/all")], "next/all")


def by_office(prose: Prose, steps: Iterable[Step], place: str) -> list[Block]:
    """Return one paragraph an office, in the order in which offices are met."""
    found: dict[str, list[Step]] = {}
    for office, step in steps:
        found.setdefault(office.text, []).append((office, step))
    return [
        block
        for name, own in found.items()
        for block in passage(
            prose.say(
                "next_office", f"{place}/{name}", office=own[0][0], steps=[step for _office, step in own]
            )
        )
    ]


def _nothing(prose: Prose, codes: Sequence[str], place: str) -> list[Block]:
    if not codes:
        return []
    word = slots.implied_of(prose.facts, "均已办结", codes, lambda one, _today: one.status in CLOSED)
    return passage(prose.say("next_none", place, word=word))


def _targets(prose: Prose, codes: Sequence[str], place: str) -> list[Step]:
    """Indicators that are behind, then targets that wait for the bureau."""
    facts = prose.facts
    found = [_behind(prose, code, place) for code in words.having(facts, codes, *URGENT)]
    for status in (Status.UNCONFIRMED, Status.NO_TARGET):
        held = words.having(facts, codes, status)
        for office in dict.fromkeys(facts.indicators[code].lead_office_id for code in held):
            own = [code for code in held if facts.indicators[code].lead_office_id == office]
            step = prose.say(
                f"next_{status}",
                f"{place}/{status}/{own[0]}",
                names=words.names(facts, own),
                depends=words.sources_of(facts, own, "status"),
            )
            found.append((slots.office(facts, own[0]), step))
    return found


def _behind(prose: Prose, code: str, place: str) -> Step:
    facts = prose.facts
    step = prose.say(
        "next_behind",
        f"{place}/behind/{code}",
        name=slots.name(facts, code),
        word=slots.light(facts, code),
        target=slots.target(facts, code),
    )
    return slots.office(facts, code), step


def _measures(prose: Prose, codes: Sequence[str], place: str) -> list[Step]:
    """What is open, the overdue first; measures of one office with the same state and date together."""
    facts = prose.facts
    groups: dict[tuple[int, str, dt.date | None], list[str]] = {}
    for code in codes:
        measure, key = facts.measures[code], _key(facts, code)
        if key:
            due = measure.due_on if key in DATED else None
            groups.setdefault((measure.lead_office_id, key, due), []).append(code)
    ordered = sorted(groups.items(), key=lambda one: (ORDER.index(one[0][1]), one[0][2] or dt.date.max))
    return [
        (
            slots.measure_office(facts, held[0]),
            prose.say(
                key,
                f"{place}/{held[0]}",
                names=[slots.measure_name(facts, code) for code in held],
                due=slots.measure_due(facts, held[0]),
                depends=slots.measure_sources(held),
            ),
        )
        for (_office, key, _due), held in ordered
    ]


def _key(facts: Facts, code: str) -> str:
    """Return what is to be done about a measure, empty once it is closed."""
    measure = facts.measures[code]
    if measure.status in CLOSED:
        return ""
    if measure.status == MeasureStatus.COMPLETED:
        return "next_check"
    if measure.status == MeasureStatus.RETURNED:
        return "next_returned"
    if words.is_overdue(measure, facts.today):
        return "next_overdue"
    return "next_due" if measure.due_on else "next_open"
