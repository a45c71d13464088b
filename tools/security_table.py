"""docs/security.yaml as a page, and the tests it names.

python -m tools.security_table write | run
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

BASE = Path(__file__).resolve().parents[1]
SOURCE, PAGE = BASE / "docs" / "security.yaml", BASE / "docs" / "security.md"
HEAD = """# Security: requirement by requirement

Made from `docs/security.yaml` by `make security-table`; `make security` runs the tests named here.
*Operation* is done by whoever runs the platform (docs/deploy.md), *not done* is not done, with the reason.
"""


def areas() -> list[dict[str, Any]]:
    """Return the areas with their rows: standard, requirement, state, tests, how."""
    found: list[dict[str, Any]] = yaml.safe_load(SOURCE.read_text("utf-8"))
    return found


def named_tests() -> list[str]:
    """Return what is named as a test, once each: a folder, a file or file::function."""
    rows = [row for area in areas() for row in area["rows"]]
    return sorted({test for row in rows for test in row.get("tests", ())})


def page() -> str:
    """Return the table as a page."""
    lines = [HEAD]
    for area in areas():
        lines += [f"## {area['area']}", "", "| Standard | Requirement | State | Where |", "|---|---|---|---|"]
        lines += [_line(row) for row in area["rows"]]
        lines.append("")
    return "\n".join(lines)


def _line(row: dict[str, Any]) -> str:
    where = "; ".join(filter(None, [", ".join(f"`{test}`" for test in row.get("tests", ())), row.get("how")]))
    return f"| {row['standard']} | {row['requirement']} | {row['state']} | {where} |"


def main(asked: str) -> int:
    """Write the page, or print the table and run its tests; returns the exit code."""
    if asked == "write":
        PAGE.write_text(page(), "utf-8")
        return 0
    print(page())  # noqa: T201
    return subprocess.call([sys.executable, "-m", "pytest", "-q", *named_tests(), *sys.argv[2:]], cwd=BASE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
