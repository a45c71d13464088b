"""Numbers in what the bureau writes itself: whether the data have such a number at all. Pure.

Such a text is the author's own and is never refused for its numbers; but one that the data do not have
anywhere is worth a second look before the report is signed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from apps.dashboards import overview, reading_cells, sentences, wording
from apps.dashboards.readings import Reading

NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
# Days and deadlines are nobody's figures.
DATE = re.compile(r"\d{4}年|\d{1,2}月(?:\d{1,2}[日号])?|\d{1,2}[日号]|第\d+|\d{4}-\d{2}-\d{2}")


def numbers_in(text: str) -> list[str]:
    """Return the numbers of a text, those of dates left out."""
    return [number.rstrip(",") for number in NUMBER.findall(DATE.sub(" ", text))]


def unknown_in(text: str, known: set[str]) -> list[str]:
    """Return the numbers of a text that are not among the known ones, each once."""
    return [number for number in dict.fromkeys(numbers_in(text)) if number not in known]


def known_numbers(
    readings: Iterable[Reading], groups: Iterable[Sequence[Reading]], names: Iterable[str]
) -> set[str]:
    """Return every number that the data tell.

    Args:
        readings: of all quarters.
        groups: those of one quarter that are counted together: of the whole, of an area.
        names: of areas, indicators and measures, which hold numbers themselves (“186”).
    """
    told = [text for reading in readings for text in _of_reading(reading)]
    told += [text for group in groups for text in _of_group(group)]
    return {number.rstrip(",") for text in (*told, *names) for number in NUMBER.findall(text)}


def _of_reading(reading: Reading) -> Iterator[str]:
    yield reading.short_text
    yield reading.coverage_text
    yield reading.gap_text
    yield reading.change_text
    yield reading_cells.target_text(reading)
    yield sentences.target_sentence(reading)


def _of_group(group: Sequence[Reading]) -> Iterator[str]:
    yield str(len(group))
    yield from (str(count) for count in Counter(str(reading.status) for reading in group).values())
    yield wording.share_text(overview.coverage_of(group))
