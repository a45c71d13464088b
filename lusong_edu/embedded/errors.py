"""What can go wrong, always one sentence that says what to do."""


class EmbeddedError(Exception):
    """The embedded servers cannot serve; the message tells a person what to do about it."""
