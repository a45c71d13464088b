"""python -m tests.chaos [--write docs/reliability.md]: prints the table; exit code 1 if anything was lost."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import django

from tests.ops.instance import environment, new_instance, supervise, wait_for_line

BEGIN, END = "<!-- chaos: begin -->", "<!-- chaos: end -->"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="put the table into this file, between its marks")
    parser.add_argument(
        "--step", action="append", help="only this step, or: disasters, redis gone (may be repeated)"
    )
    parser.add_argument("--seconds", type=float, default=30.0, help="how long Redis is away (30)")
    options = parser.parse_args()
    rows = []
    with new_instance() as (folder, port), supervise(folder, port, LUSONG_SWEEP_SECONDS="3") as supervisor:
        try:
            wait_for_line(supervisor, "Ready: ")
            os.environ |= environment(folder, port) | {"DJANGO_SETTINGS_MODULE": "lusong_edu.settings.local"}
            django.setup()
            for row in run(folder, port, options.step, options.seconds):
                rows.append(row)
                sys.stdout.write(line(row) + "\n")
                sys.stdout.flush()
        finally:
            supervisor.send_signal(signal.SIGINT)
            supervisor.communicate(timeout=60)
    text = table(rows)
    if options.write:
        written = options.write.read_text(encoding="utf-8")
        marked = f"{BEGIN}\n{text}\n{END}"
        options.write.write_text(
            re.sub(f"{BEGIN}.*{END}", lambda _: marked, written, flags=re.DOTALL), encoding="utf-8"
        )
    return int(any(row.lost or row.doubled or row.messages for row in rows))


def run(folder: Path, port: int, only: list[str] | None, length: float) -> Iterator:
    """Every step with every victim, the worst of its moments; then the disasters, Redis away for `length`."""
    from .blows import DELAYS, blow
    from .disasters import all_disasters
    from .steps import STEPS
    from .victims import VICTIMS
    from .without_redis import redis_gone
    from .world import World

    world = World(folder, port)
    for step in [name for name in STEPS if not only or name in only]:
        for victim in VICTIMS:
            tried = [blow(world, step, victim, delay) for delay in DELAYS]
            yield max(tried, key=lambda row: (row.lost + row.doubled + row.messages, row.seconds))
    if not only or "disasters" in only:
        yield from all_disasters(world, length)
    elif "redis gone" in only:
        yield redis_gone(world, length)


def line(row) -> str:
    cells = (row.step, row.victim, row.told, row.lost, row.doubled, row.messages, f"{row.seconds:.1f}")
    return f"| {' | '.join(map(str, cells))} |"


def table(rows) -> str:
    """The table as Markdown, with date, machine and command."""
    today = dt.datetime.now().astimezone().date()
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    machine += f", Python {platform.python_version()}"
    columns = ("Step", "Killed or gone", "The person was told", "Lost", "Doubled", "Messages twice")
    head = f"| {' | '.join((*columns, 'Seconds until right'))} |"
    rule = "|---|---|---|--:|--:|--:|--:|"
    return "\n".join([f"{today}, `make chaos`, {machine}.", "", head, rule, *map(line, rows)])


if __name__ == "__main__":
    sys.exit(main())
