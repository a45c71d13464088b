"""Secrets that an instance makes for itself, and keys that are given to it."""

import base64
import binascii
import os
import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32
LEAST_DIFFERENT_BYTES = 12
"""Of 32 random bytes, fewer differ once in 10^15 times: such a key was typed, not drawn."""


def local_secret_key(data_dir: Path) -> str:
    """The instance's secret key, made on first use and readable by its owner only."""
    return _kept(data_dir / "secret_key", lambda: secrets.token_urlsafe(48))


def local_encryption_key(data_dir: Path) -> str:
    """The instance's key for what its database holds encrypted, made on first use."""
    return _kept(data_dir / "second_step_key", new_encryption_key)


def new_encryption_key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def encryption_keys(variable: str, text: str, *, not_this: str = "") -> list[str]:
    """Return the keys in a setting, which stand one after the other with commas or line ends between.

    Args:
        not_this: another secret, which must not be used twice.

    Raises:
        ImproperlyConfigured: there is none, or one that is no key, in a sentence that says what to set.
    """
    keys = [key for key in re.split(r"[\s,]+", text) if key]
    how = "each the output of: openssl rand -base64 32"
    if not keys or not all(map(_is_key, keys)):
        raise ImproperlyConfigured(
            f"Set {variable} to the keys that secrets of second login steps are encrypted with, the newest "
            f"first, commas between, {how}. Keep a copy apart from the backups."
        )
    if not_this in keys:
        raise ImproperlyConfigured(f"Set {variable} to keys of their own, not to SECRET_KEY; {how}.")
    return keys


def _is_key(text: str) -> bool:
    try:
        key = base64.b64decode(text.translate(str.maketrans("-_", "+/")), validate=True)
    except (binascii.Error, ValueError):
        return False
    return len(key) == KEY_BYTES and len(set(key)) >= LEAST_DIFFERENT_BYTES


def _kept(path: Path, make: Callable[[], str]) -> str:
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(make())
    with suppress(FileExistsError):
        os.link(draft, path)  # atomic, so that two first starts agree on one key
    draft.unlink()
    return path.read_text().strip()
