"""Everything, one process a benchmark, and the table at the end: `make bench`.

    SIZES=district,city,province RUSH=1 python -m benchmarks

SIZES: which sizes (the province takes 12 million values and is left out unless named). RUSH: the share of the
deadline rush that is played, 1 for all 1,500 schools in five minutes.
"""

from __future__ import annotations

import datetime as dt
import os
import platform
import subprocess
import sys
from pathlib import Path

from benchmarks import place
from benchmarks.results import FILE, kept, markdown


def programs(sizes: list[str], rush: str) -> list[list[str]]:
    """Return what runs, in order; the largest size last."""
    listed = [["generator", size] for size in sizes] + [["rollup", size] for size in sizes]
    listed += [["pages", size] for size in sizes[:2]]
    listed.append(["weight", sizes[0]])
    listed.append(["importing"])
    listed.append(["forms", "city" if "city" in sizes else sizes[0], "--factor", rush])
    return listed


def machine() -> str:
    model = next(
        (
            line.partition(": ")[2]
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{model}, {os.cpu_count()} processors, {memory:.0f} GB, Python {platform.python_version()}"


def main() -> int:
    sizes = os.environ.get("SIZES", "district,city").split(",")
    FILE.unlink(missing_ok=True)
    failed = []
    load = os.getloadavg()[1]
    with place.servers():
        for name, *arguments in programs(sizes, os.environ.get("RUSH", "0.1")):
            print(f"\n== {name} {' '.join(arguments)}", flush=True)
            command = [sys.executable, "-m", f"benchmarks.{name}", *arguments]
            if subprocess.run(command, check=False, cwd=place.ROOT).returncode:
                failed.append(" ".join([name, *arguments]))
    rows = [row for row in kept() if row.topic != "(base)"]
    now = dt.datetime.now().astimezone()
    print(f"\n{now:%Y-%m-%d %H:%M}, {machine()}, load {load:.1f} at the beginning\n")
    print(markdown(rows))
    for one in failed:
        print(f"\nFAILED: {one}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
