"""One slide as plain data: its message, its evidence, its notes. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from apps.dashboards.tables import Chart

ROWS_A_SLIDE = 7


@dataclass(frozen=True)
class Grid:
    """A table on a slide: headings, shares of the width, rows of text; a light's colour by row."""

    titles: Sequence[str]
    shares: Sequence[float]
    rows: Sequence[Sequence[str]]
    lights: Sequence[str] = ()


@dataclass(frozen=True)
class Slide:
    """One message (`title`) with its evidence; `notes` are for who speaks."""

    title: str
    chart: Chart | None = None
    grid: Grid | None = None
    figure: str = ""
    light: str = ""
    lines: Sequence[str] = ()
    notes: Sequence[str] = field(default=())
    is_cover: bool = False
