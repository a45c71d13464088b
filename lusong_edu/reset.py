"""Forgets an instance's data, and nothing else that may lie in its folder: python -m lusong_edu.reset."""

import fcntl
import shutil
import sys
from pathlib import Path

from .embedded.lease import held
from .embedded.places import places
from .settings.environment import data_dir

FOLDERS = ("postgres", "redis", "run", "media", "static", "logs", "metrics")
FILES = ("embedded.json", "celerybeat-schedule*", "child-*.json")


def reset(data: Path) -> None:
    """Removes the instance's databases, uploads and logs; refuses while it runs."""
    if not data.exists():
        return
    with (data / "supervisor.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit("error: it is running; stop it with Ctrl-C first, then: make reset.")
        if held(data / "keeper.lock"):
            sys.exit("error: a command still uses the database; wait for it to end, then: make reset.")
        where = places(data)
        for parent in {where.base, data}:
            for name in FOLDERS:
                shutil.rmtree(parent / name, ignore_errors=True)
        for pattern in FILES:
            for path in data.glob(pattern):
                path.unlink()
        if where.sockets.parent != where.base:
            shutil.rmtree(where.sockets, ignore_errors=True)


if __name__ == "__main__":
    reset(data_dir())
    sys.stdout.write("All data of this checkout is gone; make run loads plan and demo anew.\n")
