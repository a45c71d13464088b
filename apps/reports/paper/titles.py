"""A title's lines: words stay whole, lines form a trapezoid or a lozenge (GB/T 9704-2012 §7.3.1). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

WIDEST = 20
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
    for count in range(2, len(words) + 1):
        found = [lines for lines in _cut(words, count) if _fits(lines, widest)]
        if found:
            return min(found, key=_unevenness)
    return tuple(words)


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


def _fits(lines: Lines, widest: int) -> bool:
    return is_shaped(lines) and all(width(line) <= widest for line in lines)


def _unevenness(lines: Lines) -> tuple[float, float]:
    """Lines of nearly one width read best; of two as good, the one that ends with the longer line."""
    wide = [width(line) for line in lines]
    return max(wide) - min(wide), -wide[-1]
