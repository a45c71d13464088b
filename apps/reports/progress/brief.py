"""The one-page brief: the same sentences, as many of them as one page holds."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from apps.dashboards.overview import URGENT
from apps.reports.paper.measures import CHARACTERS, LINE_PITCH, LINES
from apps.reports.paper.styles import TITLE_PITCH
from apps.reports.paper.titles import title_lines, width
from apps.reports.progress import summary, words
from apps.reports.progress.blocks import Block, Heading, Passage, headings, passage
from apps.reports.progress.selection import Selection
from apps.reports.prose import slots
from apps.reports.prose.bound import Sentence
from apps.reports.prose.prose import Prose
from apps.rollups.enums import Status

# Lists are told in full, then by fewer and fewer of their members, until the page holds all: what is behind
# comes before the names of what is achieved.
MOST, NAMED = (12, 8, 6, 5, 4, 3, 2, 1), (6, 3, 1)
SUBTITLE, MARGIN = 1, 1
# Between a Chinese character and a digit stands a quarter of a character.
SEAM = re.compile(r"(?<=[\u4e00-\u9fff])(?=[0-9A-Za-z])|(?<=[0-9A-Za-z%])(?=[\u4e00-\u9fff])")


def blocks(prose: Prose, selection: Selection, title: Sequence[str]) -> list[Block]:
    """Return what fits on one page below a title and a line under it."""
    room = _room(title)
    shorter = (_blocks(prose, selection, most, named) for most in MOST for named in NAMED)
    return next((found for found in shorter if lines_of(found) <= room), _blocks(prose, selection, 1, 1))


def lines_of(found: Sequence[Block]) -> int:
    """Return how many lines of a page blocks take, rather more than fewer."""
    return sum(_lines(block.text) for block in found if isinstance(block, Heading | Passage))


def _lines(text: str) -> int:
    seams = len(SEAM.findall(text)) / 4
    return math.ceil((2 + width(text) + seams) / (CHARACTERS - 0.5))


def _room(title: Sequence[str]) -> int:
    used = len(title_lines(title)) * TITLE_PITCH / LINE_PITCH + SUBTITLE + MARGIN
    return math.floor(LINES - used)


def _blocks(prose: Prose, selection: Selection, most: int, named: int) -> list[Block]:
    codes = selection.codes
    late = words.overdue(prose.facts, selection.measures)
    overdue = [_overdue(prose, late, most)] if late else []
    state = [*summary.counts(prose, codes), summary.coverage(prose, codes)]
    return headings(
        1,
        [
            ("总体进展", passage(*state, *_measures(prose, selection))),
            ("需要关注", [*passage(*_behind(prose, codes, most)), *passage(*overdue)]),
            ("达成和追回", passage(*_good(prose, codes, named))),
        ],
    )


def _measures(prose: Prose, selection: Selection) -> list[Sentence]:
    facts, codes = prose.facts, selection.measures
    if not codes:
        return []
    closed = [code for code in codes if words.is_closed(facts.measures[code], facts.today)]
    return [
        prose.say(
            "brief_measures" if closed else "brief_measures_none",
            "brief/measures",
            every=slots.count_measures(facts, codes, lambda _one, _today: True),
            count=slots.count_measures(facts, codes, words.is_closed),
            word=slots.implied_of(facts, "已销号", closed, words.is_closed),
            depends=slots.measure_sources(codes),
        )
    ]


def _overdue(prose: Prose, late: Sequence[str], most: int) -> Sentence:
    facts = prose.facts
    return prose.say(
        "brief_overdue" if len(late) <= most else "brief_overdue_more",
        "brief/overdue",
        word=slots.implied_of(facts, "逾期", late, words.is_overdue),
        count=slots.count_measures(facts, late, words.is_overdue),
        items=[
            prose.say(
                "brief_measure",
                f"brief/overdue/{code}",
                name=slots.measure_name(facts, code),
                office=slots.measure_office(facts, code),
            )
            for code in late[:most]
        ],
    )


def _behind(prose: Prose, codes: Sequence[str], most: int) -> list[Sentence]:
    facts = prose.facts
    found = []
    for status in URGENT:
        held = words.having(facts, codes, status)
        if held:
            found.append(
                prose.say(
                    "behind_list" if len(held) <= most else "behind_list_more",
                    f"brief/{status}",
                    word=slots.word(facts, held, status),
                    count=slots.count_status(facts, codes, status),
                    items=[_item(prose, code) for code in held[:most]],
                    depends=words.sources_of(facts, held, "status"),
                )
            )
    return found or [summary.nothing_behind(prose, codes)]


def _item(prose: Prose, code: str) -> Sentence:
    facts = prose.facts
    return prose.say(
        "brief_item",
        f"brief/behind/{code}",
        name=slots.name(facts, code),
        figure=slots.figure(facts, code),
        target=slots.target(facts, code),
        office=slots.office(facts, code),
    )


def _good(prose: Prose, codes: Sequence[str], named: int) -> list[Sentence]:
    facts = prose.facts
    done = words.having(facts, codes, Status.ACHIEVED)
    back = [code for code in codes if facts.reading(code).recovered_from is not None]
    return [
        *([summary.achieved_list(prose, done, named)] if done else []),
        *([summary.recovered(prose, back)] if back else []),
    ]
