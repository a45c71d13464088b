"""Handing a task to a worker over a connection that the thread keeps: to make one costs more than to send."""

from __future__ import annotations

import os
import threading
from typing import Any

# A broker that hangs must not hold up whoever has just accepted something.
TIMEOUTS = {"socket_connect_timeout": 0.5, "socket_timeout": 1.0}


class _Kept(threading.local):
    connection: Any = None
    process: int = 0


_kept = _Kept()


def send(task: Any, *arguments: int) -> None:
    """Hand a task to a worker; a kept connection that has broken meanwhile is made anew once.

    Raises:
        Exception: whatever a broker raises that cannot be reached or does not answer within `TIMEOUTS`.
    """
    is_kept = _kept.connection is not None and _kept.process == os.getpid()
    try:
        _send(task, arguments)
    except Exception:
        forget()
        if not is_kept:
            raise
        try:
            _send(task, arguments)
        except Exception:
            forget()
            raise


def forget() -> None:
    """Close the thread's connection."""
    connection, _kept.connection = _kept.connection, None
    if connection is not None and _kept.process == os.getpid():
        connection.release()


def _send(task: Any, arguments: tuple[int, ...]) -> None:
    if _kept.connection is None or _kept.process != os.getpid():
        connection = task.app.connection_for_write()
        connection.transport_options = (connection.transport_options or {}) | TIMEOUTS
        _kept.connection, _kept.process = connection, os.getpid()
    task.apply_async(args=arguments, connection=_kept.connection, retry=False)
