"""How many seconds a fact takes to fill in."""

from __future__ import annotations

from collections.abc import Iterable

DEFAULT_SECONDS = 40


def seconds_of(elements: Iterable[int]) -> dict[int, int]:
    """Return the seconds for each fact by its id."""
    return dict.fromkeys(elements, DEFAULT_SECONDS)
