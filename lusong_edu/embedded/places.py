"""Where the embedded servers live: functions of the data folder, so settings need no running server."""

import hashlib
import os
import pwd
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from .errors import EmbeddedError

DATABASE = USER = "lusong"
PORT = 5432
SOCKET_LIMIT = 107
"""Longest path of a Unix socket, in bytes (Linux, sun_path less its final zero)."""


@dataclass(frozen=True)
class Places:
    """Folders and files of one data folder's servers."""

    data: Path
    base: Path
    """Where the servers' files are; differs from data when root keeps data in a folder closed to others."""
    sockets: Path

    @property
    def postgres(self) -> Path:
        return self.base / "postgres"

    @property
    def redis(self) -> Path:
        return self.base / "redis"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def state(self) -> Path:
        return self.data / "embedded.json"

    @property
    def keeper_lock(self) -> Path:
        return self.data / "keeper.lock"

    @property
    def users_lock(self) -> Path:
        return self.data / "users.lock"

    @property
    def postgres_socket_dir(self) -> Path:
        return self.sockets / "pg"

    @property
    def redis_socket(self) -> Path:
        return self.sockets / "redis.sock"


def server_user() -> tuple[int, int] | None:
    """Account PostgreSQL runs under, as it refuses root; None means the caller's own."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def open_to_others(folder: Path) -> bool:
    """Whether any account may pass through the folder and its parents."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    return all(path.stat().st_mode & 0o001 for path in (existing, *existing.parents))


@lru_cache
def places(data: Path) -> Places:
    """The places of a data folder: inside it where possible, else in short or reachable ones."""
    tag = hashlib.sha256(str(data).encode()).hexdigest()[:12]
    base = data
    if server_user() and not open_to_others(data.parent):
        base = Path("/var/tmp") / f"lusong-{tag}"  # noqa: S108 - root's own, checked by make_private  # nosec B108
    sockets = base / "run"
    if len(os.fsencode(sockets / "pg" / f".s.PGSQL.{PORT}")) > SOCKET_LIMIT:
        sockets = Path(tempfile.gettempdir()) / f"lusong-{os.geteuid()}-{tag}"
        if len(os.fsencode(sockets)) > 80:
            sockets = Path("/tmp") / sockets.name  # noqa: S108 - likewise  # nosec B108
    return Places(data=data, base=base, sockets=sockets)


def make_private(folder: Path, *, mode: int = 0o755) -> None:
    """Creates the folder, or refuses one that somebody else put in its place."""
    folder.mkdir(mode=mode, parents=True, exist_ok=True)
    status = folder.lstat()
    if folder.is_symlink() or status.st_uid != os.geteuid():
        raise EmbeddedError(
            f"{folder} belongs to somebody else; remove it or set LUSONG_DATA_DIR to another folder."
        )


def database_settings(data: Path) -> dict[str, Any]:
    """Django's DATABASES entry for the embedded PostgreSQL of the data folder."""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": DATABASE,
        "USER": USER,
        "HOST": str(places(data).postgres_socket_dir),
        "PORT": str(PORT),
    }


def redis_url(data: Path) -> str:
    """URL of the embedded Redis of the data folder."""
    return f"unix://{places(data).redis_socket}?db=0"
