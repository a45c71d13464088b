"""Who cites results: what is built on top of the pages says so here, and need not be imported by them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from apps.accounts.models import User
from apps.collection.models import Period
from apps.dashboards.selectors import Scope
from apps.rollups.impact import Moved


@dataclass(frozen=True)
class Citation:
    """Something that cites the figures of a quarter; `is_outdated`: they have moved on since."""

    text: str
    href: str
    is_outdated: bool = False


Citing = Callable[[Scope], Sequence[Citation]]
Touching = Callable[[User, Period, Sequence[Moved]], Sequence[Citation]]
_citing: list[Citing] = []
_touching: list[Touching] = []


def register(*, citing: Citing, touching: Touching) -> None:
    """Make known who cites a quarter, and who would cite other figures than those after an acceptance."""
    if citing not in _citing:
        _citing.append(citing)
        _touching.append(touching)


def citations_of(scope: Scope) -> list[Citation]:
    """Return what cites the figures of the scope's quarter."""
    return [found for ask in _citing for found in ask(scope)]


def touched_by(user: User, period: Period, moved: Sequence[Moved]) -> list[Citation]:
    """Return what would cite other figures if facts of `period` were accepted and moved these results."""
    return [found for ask in _touching for found in ask(user, period, moved)]
