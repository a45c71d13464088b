"""Requests that the live server has begun and not ended, with their stacks: for the report of a failure."""

import sys
import threading
import time
import traceback
from collections import deque
from typing import Any

from django.core.signals import request_finished, request_started

_begun: dict[int, tuple[float, str]] = {}
_lately: deque[str] = deque(maxlen=30)


def _begin(environ: dict[str, Any] | None = None, **_signal: Any) -> None:
    what = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}" if environ else "?"
    _begun[threading.get_ident()] = time.monotonic(), what


def _end(**_signal: Any) -> None:
    begun = _begun.pop(threading.get_ident(), None)
    if begun:
        _lately.append(f"{time.monotonic() - begun[0]:7.3f} s  {begun[1]}")


def follow() -> None:
    request_started.connect(_begin, dispatch_uid="under way")
    request_finished.connect(_end, dispatch_uid="under way")


def told() -> str:
    """Return the last ended requests, then those under way with the stack of their thread."""
    frames = sys._current_frames()
    lines = ["ended:", *_lately, "under way:"]
    for thread, (since, what) in list(_begun.items()):
        stack = traceback.format_stack(frames[thread]) if thread in frames else []
        lines += [f"{time.monotonic() - since:7.3f} s  {what}", *stack]
    return "\n".join(lines)
