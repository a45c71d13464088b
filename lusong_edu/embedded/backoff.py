"""How long to wait before starting a program that ended again."""

import time

STEADY_SECONDS = 30.0
"""A program that lived this long has recovered: its next end is followed by a start at once."""
LONGEST_PAUSE = 30.0


class Backoff:
    """The first start is due at once; each one that follows soon waits twice as long as the one before."""

    def __init__(self, first_pause: float = 0.5) -> None:
        self.first_pause = self.pause = first_pause
        self.last_start = -STEADY_SECONDS

    def due(self) -> bool:
        """Whether to start now; a yes counts as the start."""
        since = time.monotonic() - self.last_start
        if since >= max(STEADY_SECONDS, 2 * self.pause):
            self.pause = self.first_pause
        elif since < self.pause:
            return False
        else:
            self.pause = min(self.pause * 2, LONGEST_PAUSE)
        self.last_start = time.monotonic()
        return True
