"""Messages to workers that must neither come before the commit nor undo it."""

from __future__ import annotations

from typing import Any

from django.db import transaction


def send_after_commit(task: Any, *arguments: Any, **options: Any) -> None:
    """Hand a task to a worker once the transaction is committed; without a broker it is left to beat.

    Django names the function in its log when it fails, which a `functools.partial` cannot be asked for: the
    person would get an error for something that is done.
    """

    def send() -> None:
        task.apply_async(arguments, **options)

    transaction.on_commit(send, robust=True)
