"""What the bureau writes itself into a report: kept as it is, its figures marked as the author's own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from apps.dashboards import sentences
from apps.reports.progress import words
from apps.reports.progress.blocks import Block, OwnWords, Plain
from apps.reports.prose import telling
from apps.reports.prose.facts import Facts
from apps.reports.releases.edition import Edition

NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
DATE = re.compile(r"(?:\d{4}年)?\d{1,2}月(?:\d{1,2}日)?|\d{4}年|第\d+|\d{1,2}日")
MARK = "（本部分为编制单位撰写，其中的数字由编制单位负责。）"


def blocks(text: str) -> list[Block]:
    """Return the paragraphs of a text; figures in it are marked as the author's."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    found: list[Block] = [OwnWords(line) for line in lines]
    return [*found, Plain(MARK, "Note")] if any(NUMBER.search(line) for line in lines) else found


@dataclass(frozen=True)
class UnknownNumber:
    """A number in the bureau's own words that the release does not have; area 0 is the whole."""

    area: int
    kind: str
    number: str
    line: str


def unknown_numbers(edition: Edition) -> list[UnknownNumber]:
    """Return the numbers that somebody typed and the release does not have; dates are nobody's figures."""
    texts = {key: body for key, body in edition.texts.items() if NUMBER.search(body)}
    if not texts:
        return []
    known = known_numbers(Facts(edition))
    return [
        UnknownNumber(area, kind, number, line.strip())
        for (area, kind), body in sorted(texts.items())
        for line in body.splitlines()
        for number in NUMBER.findall(DATE.sub(" ", line))
        if number.rstrip(",") not in known
    ]


def known_numbers(facts: Facts) -> set[str]:
    """Return every number that a report of the release tells."""
    return {number for text in _told(facts) for number in NUMBER.findall(text)}


def _told(facts: Facts) -> Iterator[str]:
    for reading in facts.edition.readings.values():
        yield telling.figure(reading)
        yield telling.target(reading)
        yield reading.coverage_text
        yield sentences.target_sentence(reading)
    groups = [list(facts.indicators), *(facts.codes_of(area) for area in facts.edition.areas)]
    for codes in groups:
        yield str(len(codes))
        for status in {facts.reading(code).status for code in codes}:
            yield str(len(words.having(facts, codes, status)))
    for area in facts.edition.areas:
        yield str(len(facts.measures_of(area)))
    for measure in facts.measures.values():
        yield measure.name
    yield from (indicator.name for indicator in facts.indicators.values())
