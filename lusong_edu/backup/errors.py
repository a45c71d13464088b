"""What can go wrong, always one sentence that says what to do."""


class BackupError(Exception):
    """The backup cannot be made, read or restored; the message tells the operator what to do about it."""
