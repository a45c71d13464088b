"""The machine's clock jumps under a running system: python -m tests.chaos.clock [--write FILE].

A small library (clock.c, made with cc) gives PostgreSQL, web server, worker, beat and this program one date
that a file sets; the clock that only counts seconds stays as it is, as when somebody sets the date.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import re
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote

SOURCE = Path(__file__).with_name("clock.c")
FILE = "DRILL_CLOCK_OFFSET"
HOUR = 3600
BEGIN, END = "<!-- clock: begin -->", "<!-- clock: end -->"
JUMPS = {"one hour on": HOUR, "one hour back": 0, "one day on": 24 * HOUR, "one day back": 0}
"""Seconds by which the date is ahead after each."""
COLUMNS = ("The clock jumps", "Who was logged in", "Work then", "Numbers after", "Sweeps again after")
COLUMNS += ("A file being made", "Lost", "Doubled", "Messages twice")


@dataclass
class Row:
    jump: str
    logged_in: str
    work: str
    numbers: float
    sweeps: float
    job: str
    lost: int
    doubled: int
    messages: int

    def line(self) -> str:
        cells = (self.jump, self.logged_in, self.work, f"{self.numbers:.1f} s", f"{self.sweeps:.1f} s")
        cells += (self.job, str(self.lost), str(self.doubled), str(self.messages))
        return f"| {' | '.join(cells)} |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="put the table into this file, between its marks")
    options = parser.parse_args()
    if FILE not in os.environ:
        with_another_clock()
    rows = []
    for row in drill(Path(os.environ[FILE])):
        rows.append(row)
        sys.stdout.write(row.line() + "\n")
        sys.stdout.flush()
    if options.write:
        head = f"{dt.datetime.now().astimezone().date()}, `make chaos-clock`, {os.cpu_count()} cores,"
        head += f" {platform.system()} {platform.machine()}."
        parts = [head, "", f"| {' | '.join(COLUMNS)} |", "|---|---|---|--:|--:|---|--:|--:|--:|"]
        marked = "\n".join([BEGIN, *parts, *(row.line() for row in rows), END])
        text = options.write.read_text(encoding="utf-8")
        new = re.sub(f"{BEGIN}.*{END}", lambda _: marked, text, flags=re.DOTALL)
        options.write.write_text(new, encoding="utf-8")
    return int(any(row.lost or row.doubled or row.messages for row in rows))


def with_another_clock() -> NoReturn:
    """This program again, with a date that the file sets."""
    folder = Path(tempfile.mkdtemp(prefix="lusong-clock-"))
    folder.chmod(0o755)
    library = folder / "clock.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", library, SOURCE, "-ldl"], check=True)
    set_clock(folder / "offset", 0)
    clock = {FILE: str(folder / "offset"), "LD_PRELOAD": str(library)}
    os.execve(sys.executable, [sys.executable, "-m", "tests.chaos.clock", *sys.argv[1:]], os.environ | clock)


def set_clock(file: Path, offset: int) -> None:
    """Put the date `offset` seconds ahead of the real one, in the same file, which all of them have open."""
    with file.open("r+b" if file.exists() else "wb") as opened:
        opened.write(struct.pack("q", offset))


def drill(clock: Path) -> Iterator[Row]:
    """A system of its own, and the jumps one after the other."""
    import django

    from lusong_edu.embedded.places import DATABASE, USER, places
    from lusong_edu.embedded.postgres import Postgres
    from tests.ops.instance import environment, new_instance, supervise, wait_for_line

    class Clocked(Postgres):
        """The embedded server, with the clock of the file."""

        def _as_server_user(self) -> dict:
            found = super()._as_server_user()
            faked = {name: os.environ[name] for name in (FILE, "LD_PRELOAD")}
            return found | {"env": found["env"] | faked}

    with new_instance() as (folder, port):
        server = Clocked(places(folder / "server"))
        places(folder / "server").logs.mkdir(parents=True)
        process = server.start()
        sockets = quote(str(places(folder / "server").postgres_socket_dir), safe="")
        more = {"DATABASE_URL": f"postgresql://{USER}@/{DATABASE}?host={sockets}"}
        more["LUSONG_SWEEP_SECONDS"] = "3"
        try:
            with supervise(folder, port, **more) as supervisor:
                wait_for_line(supervisor, "Ready: ")
                os.environ |= environment(folder, port) | more
                os.environ["DJANGO_SETTINGS_MODULE"] = "lusong_edu.settings.local"
                django.setup()
                try:
                    yield from jumps(folder, port, clock)
                finally:
                    supervisor.send_signal(signal.SIGINT)
                    supervisor.communicate(timeout=60)
        finally:
            server.stop(process)


def jumps(folder: Path, port: int, clock: Path) -> Iterator[Row]:
    from .world import World

    world = World(folder, port)
    settle()
    for name, offset in JUMPS.items():
        yield jump(world, clock, name, offset)


def jump(world: Any, clock: Path, name: str, offset: int) -> Row:
    from .people import Person
    from .steps import Accept, Export, RollUp, Submit
    from .world import doubled_notices, until, wrong_results

    _submission, reporter = world.draft()
    before = Person(reporter, world.home)
    export = Export(world)
    export.press()
    last = _sweep()
    set_clock(clock, offset)
    begun = time.monotonic()
    stays = before.session.get(f"{world.home}/notices/", allow_redirects=False, timeout=30).status_code == 200
    steps = [Submit(world), Accept(world), roll_up := RollUp(world)]
    told = [step.press() for step in steps]
    pressed = time.monotonic()
    until(roll_up.is_done, "the numbers")
    numbers = time.monotonic() - pressed
    until(lambda: _is_again(last), "a sweep")
    sweeps = time.monotonic() - begun
    until(export.is_done, "the file", 240)
    verdict = export.verdict(True)
    wrong = len(wrong_results(world.district.plan))
    settle()
    return Row(
        name,
        "goes on" if stays else "logs in again",
        f"{told.count(True)} of {len(told)} steps done",
        numbers,
        sweeps,
        "done, once" if not verdict.lost and not verdict.doubled else "not done",
        told.count(False) + verdict.lost + wrong,
        verdict.doubled,
        doubled_notices(),
    )


def _sweep() -> Any:
    from apps.core import heartbeats

    return heartbeats.latest().get(heartbeats.SWEEP)


def _is_again(last: Any) -> bool:
    """A sweep has been done since, by the clock as it is now."""
    from apps.core import heartbeats

    now = heartbeats.ages().get(heartbeats.SWEEP)
    found = _sweep()
    return found is not None and found.at != last.at and heartbeats.is_fresh(now, dt.timedelta(seconds=30))


def settle() -> None:
    """Wait until beat and sweeps show life."""
    from apps.core import heartbeats

    from .world import until

    def alive() -> bool:
        ages = heartbeats.ages()
        return all(
            name in ages and heartbeats.is_fresh(ages[name], dt.timedelta(minutes=3))
            for name in (heartbeats.BEAT, heartbeats.SWEEP)
        )

    until(alive, "signs of life", 240)


if __name__ == "__main__":
    sys.exit(main())
