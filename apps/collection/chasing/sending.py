"""What may become of an outgoing message, and having a worker send what is queued."""

from __future__ import annotations

from apps.core import after_commit


class NotSentError(Exception):
    """The message certainly did not arrive; it may be tried again."""


class UncertainError(Exception):
    """The message may have arrived; only a person may try it again."""


def send_after_commit() -> None:
    """Have a worker send what was queued, once it is committed; the beat does it anyway."""
    from apps.collection.tasks import dispatches_send_now

    after_commit.send_after_commit(dispatches_send_now)
