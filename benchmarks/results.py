"""What a benchmark found, as rows of a table in Markdown."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks import place

FILE = place.DATA / "bench-results.json"


@dataclass(frozen=True)
class Row:
    """One measure: on which size, the figure, the floor beside it, and what it is held against."""

    topic: str
    size: str
    measure: str
    figure: str
    floor: str = ""
    ratio: float | None = None
    limit: str = ""
    holds: bool | None = None

    @property
    def cells(self) -> list[str]:
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        verdict = {True: "met", False: "**missed**", None: ""}[self.holds]
        return [self.topic, self.size, self.measure, self.figure, self.floor, ratio, self.limit, verdict]


HEAD = ["Topic", "Size", "Measure", "Found", "Floor beside it", "Ratio", "Wanted", ""]


def markdown(rows: list[Row]) -> str:
    lines = [HEAD, ["---"] * len(HEAD), *(row.cells for row in rows)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def add(*rows: Row) -> None:
    """Print rows and keep them for the table at the end; each benchmark is a process of its own."""
    for row in rows:
        print(" · ".join(cell for cell in row.cells if cell), flush=True)
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(json.dumps([asdict(row) for row in [*kept(), *rows]], ensure_ascii=False))


def kept(path: Path = FILE) -> list[Row]:
    return [Row(**row) for row in json.loads(path.read_text())] if path.exists() else []


def at_most(ratio: float, limit: float) -> dict[str, object]:
    return {"ratio": ratio, "limit": f"≤ {limit:g}", "holds": ratio <= limit}


def at_least(ratio: float, limit: float) -> dict[str, object]:
    return {"ratio": ratio, "limit": f"≥ {limit:g}", "holds": ratio >= limit}
