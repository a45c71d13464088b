"""Slides as a PowerPoint file: titles in placeholders, native charts and tables, notes; the same bytes."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Sequence
from typing import Any

from pptx import Presentation
from pptx.util import Mm

from apps.dashboards import lights, wording
from apps.reports.databook.parts import WHOLE, Excerpt, Part
from apps.reports.paper.packing import packed, parts_of
from apps.reports.releases.edition import Edition
from apps.reports.slides import look
from apps.reports.slides.fitting import fitted, shortened
from apps.reports.slides.messages import slides_of
from apps.reports.slides.native_charts import add_chart
from apps.reports.slides.slide import Slide
from apps.reports.slides.tables import add_grid
from apps.reports.workbook_charts import COLOURS

TITLE_ONLY = 5
PANEL = 92.0
TITLE_WIDTH = look.TITLE[2]
Told = Callable[[str, int, int], None]


def deck_bytes(edition: Edition, part: Part = WHOLE, *, told: Told | None = None) -> bytes:
    """Return the slides of a part of a release; the same edition and part give the same bytes.

    Args:
        told: is told the message being drawn, how many are done, and of how many.
    """
    excerpt = Excerpt(edition, part)
    slides = slides_of(excerpt)
    deck = Presentation()
    deck.slide_width, deck.slide_height = Mm(look.WIDTH), Mm(look.HEIGHT)
    _properties(deck, excerpt)
    for number, slide in enumerate(slides, start=1):
        if told is not None:
            told(slide.title, number - 1, len(slides))
        _draw(deck, excerpt, slide, number, len(slides))
    out = io.BytesIO()
    deck.save(out)
    return packed(parts_of(out.getvalue()))


def _properties(deck: Any, excerpt: Excerpt) -> None:
    made = dt.datetime.combine(excerpt.edition.frozen_on, dt.time())
    core = deck.core_properties
    core.title, core.author = wording.in_language(excerpt.edition.plan, "title"), ""
    core.created = core.modified = made
    core.last_modified_by, core.revision = "", 1


def _draw(deck: Any, excerpt: Excerpt, slide: Slide, number: int, total: int) -> None:
    page = deck.slides.add_slide(deck.slide_layouts[TITLE_ONLY])
    if slide.is_cover:
        _draw_cover(page, slide)
    else:
        look.add_rule(page, (0, look.TITLE[1] + 4, 4, look.TITLE[3] - 8))
        title = fitted(slide.title, TITLE_WIDTH, look.TITLE_SIZES, height=look.TITLE[3])
        look.put_title(page, title.text, size=title.size)
        _draw_body(page, slide, on=excerpt.edition.frozen_on)
        _draw_foot(page, excerpt, number, total)
    page.notes_slide.notes_text_frame.text = "\n".join(slide.notes)


def _draw_cover(page: Any, slide: Slide) -> None:
    look.add_rule(page, (look.MARGIN, 60, 30, 2))
    title = fitted(slide.title, TITLE_WIDTH, (40.0, 36.0, 32.0, 28.0, 24.0), height=look.TITLE[3])
    look.put_title(page, title.text, size=title.size)
    page.shapes.title.top = Mm(66)
    lines = [fitted(line, TITLE_WIDTH, (22.0, 20.0, 18.0), most=2) for line in slide.lines]
    top = 108.0
    for line in lines:
        box = (look.MARGIN, top, TITLE_WIDTH, line.height + 2)
        look.add_text(page, box, [line.text], size=line.size, colour=look.MUTED)
        top += line.height + 5


def _draw_body(page: Any, slide: Slide, *, on: dt.date) -> None:
    top, height = look.BODY_TOP, look.BODY_BOTTOM - look.BODY_TOP
    width = TITLE_WIDTH
    if slide.grid is not None:
        add_grid(page, slide.grid, (look.MARGIN, top, width, height))
        return
    if slide.chart is not None:
        beside = PANEL + 8 if slide.figure else 0
        is_long = len(slide.chart.names) > 10
        box = (look.MARGIN, top, width - beside, height)
        add_chart(page, slide.chart, box, on=on, size=11 if is_long else 14)
    if slide.figure:
        _draw_panel(page, slide, look.MARGIN + width - PANEL, top)
    elif slide.chart is None:
        _draw_lines(page, slide.lines, (look.MARGIN, top + 6, width, height - 6))


def _draw_panel(page: Any, slide: Slide, left: float, top: float) -> None:
    """A figure in large type, its light as shape and word, at most three lines."""
    figure = fitted(slide.figure, PANEL, (44.0, 36.0, 28.0, 24.0, 20.0), most=2)
    look.add_text(page, (left, top, PANEL, figure.height + 2), [figure.text], size=figure.size, bold=True)
    top += figure.height + 4
    sign = lights.sign_of(slide.light)
    colour = COLOURS[sign.css].lstrip("#")
    look.add_text(
        page, (left, top, PANEL, 11), [lights.text_of(slide.light)], size=22, colour=colour, bold=True
    )
    _draw_lines(page, slide.lines, (left, top + 16, PANEL, look.BODY_BOTTOM - top - 16), size=16)


def _draw_lines(page: Any, lines: Sequence[str], box: look.Box, *, size: float = look.BODY) -> None:
    """Write lines below each other, each at most three rows; what finds no room is left to the notes."""
    left, top, width, height = box
    bottom = top + height
    for line in lines:
        text = shortened(line, width, size, most=3)
        told = fitted(text, width, (size,), most=3)
        if top + told.height > bottom:
            break
        look.add_text(page, (left, top, width, told.height + 1), [told.text], size=size)
        top += told.height + 5


def _draw_foot(page: Any, excerpt: Excerpt, number: int, total: int) -> None:
    edition = excerpt.edition
    words = (
        f"{edition.year} {wording.quarter_name(edition.quarter)} · v{edition.version} · {edition.sha256[:12]}"
    )
    top = look.HEIGHT - 10
    foot = shortened(f"{excerpt.name} · {words}", TITLE_WIDTH - 30, look.TINY)
    look.add_text(page, (look.MARGIN, top, TITLE_WIDTH - 30, 6), [foot], size=look.TINY, colour=look.MUTED)
    place = (look.WIDTH - look.MARGIN - 28, top, 28, 6)
    look.add_text(page, place, [f"{number} / {total}"], size=look.TINY, colour=look.MUTED, right=True)
