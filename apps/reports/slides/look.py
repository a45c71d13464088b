"""The one look of the slides: 16:9, white, one accent colour, big type. Millimetres and points."""

from __future__ import annotations

from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Mm, Pt

WIDTH, HEIGHT = 338.7, 190.5
MARGIN = 15.0
ACCENT, INK, MUTED, LINE = "1F5FA8", "182433", "667085", "D5DAE1"
# On every Windows; programs without it take the nearest by these hints (a sans-serif for Chinese).
FONT = "微软雅黑"
PANOSE, PITCH, CHARSET = "020B0503020204020204", "34", "-122"
TITLE_SIZES = (28.0, 26.0, 24.0, 22.0, 20.0)
BODY, SMALL, TINY = 18.0, 14.0, 11.0

Box = tuple[float, float, float, float]
TITLE: Box = (MARGIN, 10, WIDTH - 2 * MARGIN, 34)
BODY_TOP, BODY_BOTTOM = 48.0, 176.0


def style(run: Any, *, size: float, colour: str = INK, bold: bool = False) -> None:
    """Set a run's font by name, with the hints that other programs choose by."""
    font = run.font
    font.size, font.bold, font.color.rgb = Pt(size), bold, RGBColor.from_string(colour)
    properties = run._r.get_or_add_rPr()
    for tag in ("a:latin", "a:ea"):
        face = properties.find(qn(tag))
        if face is None:
            face = properties.makeelement(qn(tag), {})
            properties.append(face)
        face.set("typeface", FONT)
        face.set("panose", PANOSE)
        face.set("pitchFamily", PITCH)
        face.set("charset", CHARSET)


def frame_of(shape: Any, *, middle: bool = False) -> Any:
    """Return a shape's text frame without inner margins, wrapping, never growing by itself."""
    frame = shape.text_frame
    frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE if middle else MSO_ANCHOR.TOP
    return frame


def add_text(
    slide: Any,
    box: Box,
    lines: list[str],
    *,
    size: float = BODY,
    colour: str = INK,
    bold: bool = False,
    right: bool = False,
    gap: float = 0,
) -> Any:
    """Add a box of text, one paragraph a line."""
    shape = slide.shapes.add_textbox(*(Mm(one) for one in box))
    frame = frame_of(shape)
    for place, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        paragraph.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
        paragraph.space_after = Pt(gap)
        style(_run(paragraph, line), size=size, colour=colour, bold=bold)
    return shape


def _run(paragraph: Any, text: str) -> Any:
    run = paragraph.add_run()
    run.text = text
    return run


def put_title(slide: Any, text: str, *, size: float) -> None:
    """Write the slide's message into its title, so that outline and screen readers find it."""
    shape = slide.shapes.title
    shape.left, shape.top, shape.width, shape.height = (Mm(one) for one in TITLE)
    frame = frame_of(shape, middle=True)
    paragraph = frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.LEFT
    style(_run(paragraph, text), size=size, bold=True)


def add_rule(slide: Any, box: Box, colour: str = ACCENT) -> None:
    """Add a thin bar of colour."""
    from pptx.enum.shapes import MSO_SHAPE

    shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *(Mm(one) for one in box))
    shape.fill.solid()
    shape.fill.fore_color.rgb = RGBColor.from_string(colour)
    shape.line.fill.background()
    shape.shadow.inherit = False
