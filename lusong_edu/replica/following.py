"""Whether the replica may be read from, looked at once a second in each process."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections

from apps.core.reading import REPLICA

from .lag import Lag, Positions, position_of

logger = logging.getLogger(__name__)
EVERY, EVERY_WHEN_GONE = 1.0, 5.0
WELL, GONE, PROMOTED, LAGGING, UNKNOWN = "well", "gone", "promoted", "lagging", "unknown"


@dataclass(frozen=True)
class State:
    """How the replica is, the position (bytes) it has reached, and how far it is behind."""

    word: str
    position: int = -1
    lag: Lag | None = None


WORDS = {
    GONE: "it cannot be reached: pages are read from the primary",
    PROMOTED: "it is no replica any more: pages are read from the primary",
    UNKNOWN: "how far it is behind is not known yet: pages are read from the primary",
}


def words_of(state: State) -> str:
    """Return the state in a few words for a monitor."""
    if state.lag is None or state.word not in (WELL, LAGGING):
        return WORDS[state.word]
    if state.word == WELL:
        return f"it answers and is at most {state.lag.most:.0f} s behind"
    return f"it is {state.lag.least:.0f} s behind: pages are read from the primary"


class Follower:
    """What this process knows of the replica."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._positions = Positions()
        self._state = State(UNKNOWN)
        self._next = -1.0
        self._lock = threading.Lock()

    def state(self) -> State:
        """Return how the replica is; asks both servers when the last answer is a second old."""
        if self._clock() < self._next or not self._lock.acquire(blocking=False):
            return self._state
        try:
            self._tell(found := self._look())
            self._state = found
            self._next = self._clock() + (EVERY_WHEN_GONE if found.word == GONE else EVERY)
        finally:
            self._lock.release()
        return self._state

    def reason_against(self, written: str | None) -> str:
        """Return why a page must be read from the primary, empty if it need not be.

        Args:
            written: position of this reader's last write, as the cookie has it.
        """
        state = self.state()
        if state.word != WELL:
            return state.word
        if written and (position_of(written) or 0) > state.position:
            return "own write"
        return ""

    def doubt(self) -> None:
        """A query has failed there: look again before the next one."""
        connections[REPLICA].close()
        self._next = -1.0

    def _look(self) -> State:
        begun = self._clock()
        try:
            primary = _asked(DEFAULT_DB_ALIAS, "SELECT pg_current_wal_lsn()::text")[0]
        except (DatabaseError, InterfaceError):
            return State(UNKNOWN)
        self._positions.note(begun, position_of(primary) or 0)
        try:
            following, reached = _asked(REPLICA, "SELECT pg_is_in_recovery(), pg_last_wal_replay_lsn()::text")
        except (DatabaseError, InterfaceError):
            connections[REPLICA].close()
            return State(GONE)
        if not following:  # somebody made it a server of its own: what it says is no longer ours
            return State(PROMOTED)
        position = position_of(reached or "") or 0
        lag = self._positions.lag_of(position, begun)
        limit = settings.REPLICA_LAG_SECONDS
        word = WELL if lag.most <= limit else LAGGING if lag.least > limit else UNKNOWN
        return State(word, position, lag)

    def _tell(self, found: State) -> None:
        """One line in the log whenever it changes."""
        if found.word == self._state.word:
            return
        level = logging.INFO if found.word in (WELL, UNKNOWN) else logging.WARNING
        logger.log(level, "the replica is %s, was %s", found.word, self._state.word)


def _asked(alias: str, statement: str) -> tuple:
    with connections[alias].cursor() as cursor:
        cursor.execute(statement)
        return tuple(cursor.fetchone())


follower = Follower()
