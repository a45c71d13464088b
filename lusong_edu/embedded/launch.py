"""Starts the keeper as a process of its own."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .places import Places


@dataclass(frozen=True)
class KeeperOptions:
    """What a keeper is started with: see attach."""

    services: Sequence[str]
    throw_away: bool
    linger: float


class Detached(subprocess.Popen[bytes]):
    """A child that outlives this process on purpose, so that leaving it running is no mistake to warn of."""

    def __del__(self) -> None:
        self.poll()


def start_keeper(where: Places, options: KeeperOptions) -> subprocess.Popen[bytes]:
    """Starts a keeper that outlives its starter; it leaves by itself if another keeper is there already."""
    command = [sys.executable, "-m", "lusong_edu.embedded.keeper", str(where.data)]
    command += [f"--linger={options.linger}", *(f"--service={name}" for name in options.services)]
    command += ["--throw-away"] if options.throw_away else []
    with (where.logs / "keeper.log").open("ab") as log:
        return Detached(
            command,
            cwd=Path(__file__).resolve().parents[2],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
