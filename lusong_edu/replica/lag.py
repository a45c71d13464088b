"""How far a replica is behind, from positions in the primary's log: pure, by this process's clock alone.

The replica's own clock and `pg_last_xact_replay_timestamp()` say nothing when nobody writes or when the
stream is broken. A position of the primary, noted with the time, tells how old the state is that reached it.
"""

from __future__ import annotations

import math
import re
from collections import deque
from dataclasses import dataclass

POSITION = re.compile(r"([0-9A-F]{1,8})/([0-9A-F]{1,8})")
MOST = 600


def position_of(text: str) -> int | None:
    """Return a position in bytes from PostgreSQL's spelling (16/B374D848), None if it is none."""
    if not (found := POSITION.fullmatch(text)):
        return None
    return (int(found[1], 16) << 32) + int(found[2], 16)


@dataclass(frozen=True)
class Lag:
    """Seconds that the replica is behind: at least `least`, at most `most`."""

    least: float
    most: float


class Positions:
    """The primary's positions with the moments at which they were noted."""

    def __init__(self) -> None:
        self._noted: deque[tuple[float, int]] = deque(maxlen=MOST)

    def note(self, at: float, position: int) -> None:
        """Note that the primary was at `position` (bytes) at the moment `at` (seconds)."""
        self._noted.append((at, position))

    def lag_of(self, position: int, now: float) -> Lag:
        """Return how far a replica that has reached `position` is behind at the moment `now`."""
        reached = [at for at, noted in self._noted if noted <= position]
        missed = [at for at, noted in self._noted if noted > position]
        least = now - missed[0] if missed else 0.0
        return Lag(least, least if not missed else now - reached[-1] if reached else math.inf)
