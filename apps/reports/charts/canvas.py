"""A sheet to draw on in millimetres, for print: 300 dots an inch, few colours, the same bytes each time.

Shapes are drawn at twice the resolution and then halved, which smooths slanted edges; text comes on top.
"""

from __future__ import annotations

import io
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from PIL import Image, ImageDraw

from apps.reports.charts.fonts import advance, runs_of

DPI = 300
PER_MM = DPI / 25.4
FINE = 2
POINT = 25.4 / 72
COLOURS = 256
COMPRESSION = 6
DASHES = {"solid": (), "dash": (2.2, 1.2), "dot": (0.5, 0.8)}

Point = tuple[float, float]
Anchor = Literal["left", "middle", "right"]
Baseline = Literal["top", "middle", "bottom"]
Hatch = Literal["", "/", "\\", "x", ".", "-"]


@dataclass(frozen=True)
class Lettering:
    """How a text is set: size in points, colour, weight, a white rim in millimetres to part it from lines."""

    size: float = 9
    colour: str = "#182433"
    weight: Literal["regular", "bold"] = "regular"
    halo: float = 0

    @property
    def pixels(self) -> int:
        return round(self.size / 72 * DPI)

    @property
    def height(self) -> float:
        """The height of a line in millimetres."""
        return self.size * POINT * 1.3


PLAIN = Lettering()
SMALL = Lettering(size=8)


def cleaned(text: str) -> str:
    """Return a text without line breaks and characters that nobody sees."""
    return "".join(one for one in " ".join(text.split()) if one.isprintable())


def width_of(text: str, lettering: Lettering = PLAIN) -> float:
    """Return a text's width in millimetres."""
    pixels = sum(advance(one, lettering.weight, lettering.pixels) for one in cleaned(text))
    return pixels / PER_MM


def broken(text: str, width: float, lettering: Lettering = PLAIN, *, most: int = 2) -> list[str]:
    """Return a text in at most so many lines of a width; what does not fit ends in an ellipsis."""
    lines, taken = [""], 0.0
    for character in cleaned(text):
        wide = advance(character, lettering.weight, lettering.pixels) / PER_MM
        if taken + wide <= width:
            lines[-1] += character
        elif len(lines) < most:
            lines.append(character.lstrip())
            taken = 0.0
        else:
            lines[-1] = _shortened(lines[-1], width, lettering)
            break
        taken += wide
    return lines


def _shortened(line: str, width: float, lettering: Lettering) -> str:
    while line and width_of(f"{line}…", lettering) > width:
        line = line[:-1]
    return f"{line}…"


@dataclass
class Canvas:
    """White paper of `width` × `height` millimetres."""

    width: float
    height: float
    _texts: list[tuple[float, float, str, Lettering, Anchor, Baseline]] = field(default_factory=list)

    def __post_init__(self) -> None:
        size = (round(self.width * PER_MM) * FINE, round(self.height * PER_MM) * FINE)
        self._image = Image.new("RGB", size, "#ffffff")
        self._pen = ImageDraw.Draw(self._image)

    @staticmethod
    def _px(length: float) -> int:
        return round(length * PER_MM * FINE)

    def _place(self, point: Point) -> tuple[int, int]:
        return self._px(point[0]), self._px(point[1])

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: str | None = None,
        outline: str | None = None,
        hatch: Hatch = "",
        ink: str = "#182433",
        thick: float = 0.2,
    ) -> None:
        """Draw a rectangle, plain or hatched."""
        corners = (*self._place((x, y)), *self._place((x + width, y + height)))
        self._pen.rectangle(corners, fill=fill)
        if hatch:
            self._hatched(corners, hatch, ink)
        if outline:
            self._pen.rectangle(corners, outline=outline, width=max(1, self._px(thick)))

    def _hatched(self, corners: tuple[int, int, int, int], hatch: Hatch, ink: str) -> None:
        """Draw on a tile of the rectangle's own size, so that no stroke leaves it."""
        left, top, right, bottom = corners
        width, height = right - left + 1, bottom - top + 1
        tile = Image.new("1", (width, height), 0)
        pen, step, stroke = ImageDraw.Draw(tile), self._px(1.1), self._px(0.22)
        if hatch in "/x":
            for at in range(-height, width, step):
                pen.line((at, height, at + height, 0), fill=1, width=stroke)
        if hatch in "\\x":
            for at in range(-height, width, step):
                pen.line((at, 0, at + height, height), fill=1, width=stroke)
        if hatch == "-":
            for at in range(step // 2, height, step):
                pen.line((0, at, width, at), fill=1, width=stroke)
        if hatch == ".":
            for row, down in enumerate(range(step // 2, height, step)):
                for across in range(step // 2 + (row % 2) * step // 2, width, step):
                    pen.ellipse((across - stroke, down - stroke, across + stroke, down + stroke), fill=1)
        self._image.paste(ink, (left, top), tile)

    def line(self, points: Sequence[Point], *, colour: str, thick: float = 0.3, dash: str = "solid") -> None:
        """Draw a line through points: solid, dash or dot."""
        width = max(1, self._px(thick))
        pattern = DASHES[dash]
        if not pattern:
            self._pen.line([self._place(one) for one in points], fill=colour, width=width, joint="curve")
            return
        for start, end in itertools.pairwise(points):
            for one, other in _dashes(start, end, pattern):
                self._pen.line([self._place(one), self._place(other)], fill=colour, width=width)

    def shape(
        self, points: Sequence[Point], *, fill: str | None, outline: str | None = None, thick: float = 0.3
    ) -> None:
        """Draw a polygon."""
        self._pen.polygon([self._place(one) for one in points], fill=fill)
        if outline:
            self.line([*points, points[0], points[1]], colour=outline, thick=thick)

    def disc(
        self,
        centre: Point,
        radius: float,
        *,
        fill: str | None,
        outline: str | None = None,
        thick: float = 0.4,
    ) -> None:
        """Draw a circle."""
        x, y = centre
        corners = (*self._place((x - radius, y - radius)), *self._place((x + radius, y + radius)))
        self._pen.ellipse(corners, fill=fill, outline=outline, width=max(1, self._px(thick)))

    def text(
        self,
        x: float,
        y: float,
        text: str,
        lettering: Lettering = PLAIN,
        *,
        anchor: Anchor = "left",
        baseline: Baseline = "middle",
    ) -> None:
        """Write a line of text."""
        self._texts.append((x, y, cleaned(text), lettering, anchor, baseline))

    def png(self) -> bytes:
        """Return the picture as a PNG file that knows its resolution."""
        image = self._image.reduce(FINE)
        pen = ImageDraw.Draw(image)
        for text in self._texts:
            _write(pen, *text)
        few = image.quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        out = io.BytesIO()
        few.save(out, "PNG", dpi=(DPI, DPI), compress_level=COMPRESSION)
        return out.getvalue()


def _dashes(start: Point, end: Point, pattern: Sequence[float]) -> list[tuple[Point, Point]]:
    length = math.dist(start, end)
    if not length:
        return []
    step = ((end[0] - start[0]) / length, (end[1] - start[1]) / length)

    def at(way: float) -> Point:
        return start[0] + step[0] * way, start[1] + step[1] * way

    mark, gap = pattern
    count = math.ceil(length / (mark + gap))
    return [
        (at(place * (mark + gap)), at(min(place * (mark + gap) + mark, length))) for place in range(count)
    ]


def _write(
    pen: ImageDraw.ImageDraw,
    x: float,
    y: float,
    text: str,
    lettering: Lettering,
    anchor: Anchor,
    baseline: Baseline,
) -> None:
    """Draw a line of text; a Chinese character stands 0.88 em above its baseline and 0.12 em below it."""
    size = lettering.pixels
    left = x - {"left": 0.0, "middle": 0.5, "right": 1.0}[anchor] * width_of(text, lettering)
    foot = y * PER_MM + {"top": 0.88, "middle": 0.37, "bottom": -0.12}[baseline] * size
    at = left * PER_MM
    for face, run in runs_of(text, lettering.weight):
        font = face.at(size)
        pen.text(
            (round(at), round(foot)),
            run,
            font=font,
            fill=lettering.colour,
            anchor="ls",
            stroke_width=round(lettering.halo * PER_MM),
            stroke_fill="#ffffff",
        )
        at += font.getlength(run)
