"""Secrets that an instance makes for itself."""

import os
import secrets
from contextlib import suppress
from pathlib import Path


def local_secret_key(data_dir: Path) -> str:
    """The instance's secret key, made on first use and readable by its owner only."""
    path = data_dir / "secret_key"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        pass
    data_dir.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
    with suppress(FileExistsError):
        os.link(draft, path)  # atomic, so that two first starts agree on one key
    draft.unlink()
    return path.read_text().strip()
