"""Why a job ended without its file."""

from __future__ import annotations


class CancelledError(Exception):
    """The job was cancelled, or another worker has it: stop, and write nothing."""


class JobFailure(Exception):
    """The work cannot be done; the message says why and what to do, in the reader's language."""
