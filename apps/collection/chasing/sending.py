"""What may become of an outgoing message: not sent for certain, or nobody knows."""

from __future__ import annotations


class NotSentError(Exception):
    """The message certainly did not arrive; it may be tried again."""


class UncertainError(Exception):
    """The message may have arrived; only a person may try it again."""
