"""What a report consists of, before it is laid out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apps.reports.paper.tables import Grid
from apps.reports.prose.bound import Sentence

DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 to 4 with its number in it."""

    level: int
    text: str


@dataclass(frozen=True)
class Passage:
    """A paragraph of checked sentences."""

    sentences: tuple[Sentence, ...]

    @property
    def text(self) -> str:
        return "".join(sentence.text for sentence in self.sentences)


@dataclass(frozen=True)
class Quote:
    """Words of the plan, unchanged."""

    text: str


@dataclass(frozen=True)
class OwnWords:
    """A paragraph that the bureau wrote itself; its figures are the author's own."""

    text: str


@dataclass(frozen=True)
class Listing:
    """A table; its caption gets its number when it is laid out. Without a caption it has none."""

    caption: str
    grid: Grid
    note: str = ""


@dataclass(frozen=True)
class Picture:
    """A chart with what it shows in words."""

    caption: str
    png: bytes
    width_mm: float
    description: str


@dataclass(frozen=True)
class Turn:
    """A new page, turned or upright again."""

    is_landscape: bool


@dataclass(frozen=True)
class Plain:
    """A line of structure in a style of its own: the title of an attachment, words of method."""

    text: str
    style: str = "BodyText"


Block = Heading | Passage | Quote | OwnWords | Listing | Picture | Turn | Plain


def numeral(number: int) -> str:
    """Return a number up to 99 in Chinese: 一, 十二, 二十."""
    tens, ones = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else f"{DIGITS[tens]}十"
    return head + (DIGITS[ones] if ones or not tens else "")


def passage(*sentences: Sentence | None) -> list[Block]:
    """Return one paragraph of those sentences that are said; none without any."""
    said = tuple(sentence for sentence in sentences if sentence is not None)
    return [Passage(said)] if said else []


def headings(level: int, titled: Sequence[tuple[str, Sequence[Block]]]) -> list[Block]:
    """Return the parts that have anything to say, each below its numbered heading."""
    number = {1: lambda n: f"{numeral(n)}、", 2: lambda n: f"（{numeral(n)}）", 3: lambda n: f"{n}."}[level]
    found: list[Block] = []
    place = 0
    for title, blocks in titled:
        if blocks:
            place += 1
            found += [Heading(level, f"{number(place)}{title}"), *blocks]
    return found
