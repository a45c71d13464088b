"""Python's search for unreachable cycles, put off while much is built that holds none."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Do not search while hundreds of thousands of small things are made: each search looks at all of them.

    Also a decorator. Where another thread lets the search go on meanwhile, this one is only slower.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
