"""An area's indicators below each other: light, name, bar against target on its own scale, value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from apps.dashboards import lights, wording
from apps.dashboards.bullets import WIDTH as BULLET_WIDTH
from apps.dashboards.bullets import Boxes, Bullet
from apps.dashboards.figures_template import DASHES, LINE_COLOURS
from apps.dashboards.pages import IndicatorRow
from apps.reports.charts.canvas import Canvas, broken, width_of
from apps.reports.charts.print_style import INK, LABEL, NORMAL, QUIET, fill_of

ROW, LEGEND = 11.0, 7.0
SIGN, GAP = 23.0, 2.5
BAR = 4.2
LIST_SHARE, VALUE_SHARE = 0.36, 0.2


@dataclass(frozen=True)
class BulletLine:
    """One indicator; `bullet` or `boxes` where a bar says something, otherwise words alone."""

    name: str
    status: str
    value: str
    target: str
    bullet: Bullet | None
    boxes: Boxes | None


@dataclass(frozen=True)
class BulletFigure:
    """The overview chart of an area's section."""

    lines: Sequence[BulletLine]

    @property
    def natural_height(self) -> float:
        return ROW * len(self.lines) + LEGEND

    @property
    def alt(self) -> str:
        """The chart in words, for who cannot see it."""
        return gettext("; ").join(
            gettext("%(name)s: %(value)s, target %(target)s, %(light)s")
            % {
                "name": line.name,
                "value": line.value,
                "target": line.target,
                "light": str(lights.sign_of(line.status).word),
            }
            for line in self.lines
        )

    def draw(self, canvas: Canvas) -> None:
        """Draw the lines and, below them, what the marks are."""
        height = (canvas.height - LEGEND) / max(len(self.lines), 1)
        for place, line in enumerate(self.lines):
            _draw_line(canvas, line, place * height, height)
        kinds = {mark.kind for line in self.lines if line.bullet for mark in line.bullet.marks}
        _draw_legend(canvas, kinds)


def bullet_figure(rows: Iterable[IndicatorRow]) -> BulletFigure | None:
    """Return an area's indicators as bullets, as its page draws them; None where it has none."""
    lines = [
        BulletLine(
            name=wording.in_language(row.reading.indicator),
            status=str(row.reading.status),
            value=row.reading.short_text,
            target=row.target_text,
            bullet=row.bullet,
            boxes=row.boxes,
        )
        for row in rows
    ]
    return BulletFigure(lines) if lines else None


def _draw_line(canvas: Canvas, line: BulletLine, top: float, height: float) -> None:
    middle = top + height / 2
    if top:
        canvas.line([(0, top), (canvas.width, top)], colour="#d5dae1", thick=0.15)
    canvas.text(0, middle, lights.text_of(line.status), NORMAL)
    names = canvas.width * LIST_SHARE - GAP
    words = broken(line.name, names, LABEL)
    for number, text in enumerate(words):
        offset = (number - (len(words) - 1) / 2) * LABEL.height
        canvas.text(SIGN, middle + offset, text, LABEL)
    left = SIGN + canvas.width * LIST_SHARE
    right = canvas.width * (1 - VALUE_SHARE)
    if line.bullet:
        _draw_bullet(canvas, line, left, right, middle)
    elif line.boxes:
        _draw_boxes(canvas, line.boxes, left, right, middle)
    else:
        canvas.text(left, middle, broken(line.target, right - left, QUIET, most=1)[0], QUIET)
    value = broken(line.value, canvas.width - right - GAP, NORMAL)
    for number, text in enumerate(value):
        offset = (number - (len(value) - 1) / 2) * NORMAL.height
        canvas.text(canvas.width, middle + offset, text, NORMAL, anchor="right")


def _draw_bullet(canvas: Canvas, line: BulletLine, left: float, right: float, middle: float) -> None:
    bullet = line.bullet
    assert bullet is not None
    scale = (right - left) / BULLET_WIDTH
    top = middle - BAR / 2 + 1.1
    canvas.box(left, top, right - left, BAR, fill="#e9ecf0")
    if not bullet.absence:
        fill = fill_of(line.status)
        canvas.box(
            left + bullet.bar_x * scale,
            top,
            bullet.bar_width * scale,
            BAR,
            fill=fill.ground,
            hatch=fill.hatch,
            ink=fill.ink,
            outline=INK,
        )
    for mark in bullet.marks:
        _draw_mark(canvas, left + mark.x * scale, top, mark.kind)
    shown = next((mark for mark in bullet.marks if mark.kind == "target"), None)
    if shown is not None:
        _draw_label(canvas, shown.label, left + shown.x * scale, (left, right), top)


def _draw_mark(canvas: Canvas, x: float, top: float, kind: str) -> None:
    thick = 0.7 if kind == "target" else 0.4
    ends = [(x, top - 0.9), (x, top + BAR + 0.9)]
    canvas.line(ends, colour=LINE_COLOURS[kind], thick=thick, dash=DASHES[kind])


def _draw_label(canvas: Canvas, text: str, x: float, span: tuple[float, float], top: float) -> None:
    half = width_of(text, QUIET) / 2
    left, right = span
    x = min(max(x, left + half), max(right - half, left + half))
    canvas.text(x, top - 2.2, text, QUIET, anchor="middle")


def _draw_boxes(canvas: Canvas, boxes: Boxes, left: float, right: float, middle: float) -> None:
    scale = (right - left) / BULLET_WIDTH
    for x, is_reached in boxes.boxes:
        width = boxes.box_width * scale
        fill = INK if is_reached else "#ffffff"
        canvas.box(left + x * scale, middle - BAR / 2, width, BAR, fill=fill, outline=INK)


def _draw_legend(canvas: Canvas, kinds: set[str]) -> None:
    names = {
        "target": gettext("target"),
        "reference": gettext("national line"),
        "baseline": gettext("baseline"),
    }
    x, middle = SIGN + canvas.width * LIST_SHARE, canvas.height - LEGEND / 2
    for kind, name in names.items():
        if kind in kinds:
            canvas.line(
                [(x + 1, middle - 1.6), (x + 1, middle + 1.6)],
                colour=LINE_COLOURS[kind],
                thick=0.7 if kind == "target" else 0.4,
                dash=DASHES[kind],
            )
            canvas.text(x + 3, middle, name, QUIET)
            x += 6 + width_of(name, QUIET)
