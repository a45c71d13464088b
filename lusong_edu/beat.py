"""Beat's schedule on a machine whose clock may be set back."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from celery.beat import PersistentScheduler

logger = logging.getLogger(__name__)
TOLERANCE = dt.timedelta(seconds=5)


class SteadyScheduler(PersistentScheduler):  # type: ignore[misc]
    """Celery's; what was done in the future was done now.

    Celery waits until the clock is again where it was, so that nothing would be handed out for as long as
    the clock was set back.
    """

    def tick(self, *args: Any, **kwargs: Any) -> float:
        self.mind_the_clock()
        delay: float = super().tick(*args, **kwargs)
        return delay

    def mind_the_clock(self) -> None:
        """Bring last runs from the future to now, and order all entries anew."""
        ahead = [
            entry
            for entry in self.schedule.values()
            if entry.last_run_at and entry.last_run_at > entry.default_now() + TOLERANCE
        ]
        for entry in ahead:
            entry.last_run_at = entry.default_now()
        if ahead:
            logger.warning("the clock was set back: %s entries go on from now", len(ahead))
            self._heap = None
