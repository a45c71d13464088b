"""A title's lines: words stay whole, lines form a trapezoid or a lozenge (GB/T 9704-2012 §7.3.1). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

WIDEST = 20
BREAK = re.compile(r"(?<=、)|(?=[和与])")
Lines = tuple[str, ...]


def title_lines(words: Sequence[str], *, widest: int = WIDEST) -> Lines:
    """Return the lines of a title.

    Args:
        words: the title's words in order, none of which may be broken.
        widest: how many characters of the title's size fit on a line.
    """
    whole = "".join(words)
    if width(whole) <= widest:
        return (whole,)
    for holds in (is_shaped, bool):
        for count in range(2, len(words) + 1):
            fitting = (lines for lines in _cut(words, count) if max(map(width, lines)) <= widest)
            if found := [lines for lines in fitting if holds(lines)]:
                return min(found, key=_unevenness)
    return tuple(words)


def words_of(name: str) -> list[str]:
    """Return the parts of a long name between which a line may end: after 、 and before 和 and 与."""
    return [part for part in BREAK.split(name) if part]


def width(text: str) -> float:
    """Return how many characters wide a text is; two digits or letters are as wide as one character."""
    return sum(0.5 if character.isascii() else 1 for character in text)


def is_shaped(lines: Sequence[str]) -> bool:
    """Tell whether the lines are a trapezoid either way up, or a lozenge."""
    wide = [width(line) for line in lines]
    rising = all(a < b for a, b in pairwise(wide))
    falling = all(a > b for a, b in pairwise(wide))
    peak = wide.index(max(wide))
    lozenge = 0 < peak < len(wide) - 1 and is_shaped(lines[: peak + 1]) and is_shaped(lines[peak:])
    return len(lines) == 1 or rising or falling or lozenge


def _cut(words: Sequence[str], count: int) -> Iterator[Lines]:
    for cuts in combinations(range(1, len(words)), count - 1):
        edges = (0, *cuts, len(words))
        yield tuple("".join(words[a:b]) for a, b in pairwise(edges))


def _unevenness(lines: Lines) -> tuple[float, float]:
    """Lines of nearly one width read best; of two as good, the one that ends with the longer line."""
    wide = [width(line) for line in lines]
    return max(wide) - min(wide), -wide[-1]
