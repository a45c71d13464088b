"""A table on a slide: native, its text measured to stay in its cells."""

from __future__ import annotations

from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR
from pptx.oxml.ns import qn
from pptx.util import Mm

from apps.dashboards import lights
from apps.reports.slides import look
from apps.reports.slides.fitting import fitted
from apps.reports.slides.slide import Grid
from apps.reports.workbook_charts import COLOURS

HEAD, ROW, PAD = 11.0, 15.5, 2.0
SIZES = (16.0, 14.0, 12.0)
PLAIN_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # "No Style, No Grid"


def add_grid(slide: Any, grid: Grid, box: look.Box) -> Any:
    """Add a table; a text that needs more than two lines is set smaller, then cut."""
    left, top, width, _height = box
    count = len(grid.rows)
    shape = slide.shapes.add_table(
        count + 1, len(grid.titles), *(Mm(one) for one in (left, top, width, HEAD + ROW * count))
    )
    table = shape.table
    shape._element.graphic.graphicData.tbl.tblPr.find(qn("a:tableStyleId")).text = PLAIN_STYLE
    table.horz_banding = False
    widths = [width * share for share in grid.shares]
    for column, share in zip(table.columns, widths, strict=True):
        column.width = Mm(share)
    table.rows[0].height = Mm(HEAD)
    for place, title in enumerate(grid.titles):
        _write(table.cell(0, place), title, widths[place], is_head=True)
    for number, row in enumerate(grid.rows, start=1):
        table.rows[number].height = Mm(ROW)
        for place, text in enumerate(row):
            colour = _light(grid, number - 1) if place == 0 and grid.lights else look.INK
            _write(table.cell(number, place), text, widths[place], colour=colour)
    return shape


def _light(grid: Grid, row: int) -> str:
    return COLOURS[lights.sign_of(grid.lights[row]).css].lstrip("#")


def _write(cell: Any, text: str, width: float, *, colour: str = look.INK, is_head: bool = False) -> None:
    told = fitted(text, width - 2 * PAD, SIZES, most=1 if is_head else 2, height=ROW)
    cell.margin_left = cell.margin_right = Mm(PAD)
    cell.margin_top = cell.margin_bottom = Mm(0.5)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    cell.fill.solid()
    cell.fill.fore_color.rgb = RGBColor.from_string("EAF1FA" if is_head else "FFFFFF")
    _line_below(cell)
    paragraph = cell.text_frame.paragraphs[0]
    run = paragraph.add_run()
    run.text = told.text
    look.style(run, size=told.size, colour=colour, bold=is_head)


def _line_below(cell: Any) -> None:
    """Part the rows by a thin line; a table needs no other."""
    properties = cell._tc.get_or_add_tcPr()
    line, fill, colour = (
        properties.makeelement(qn(f"a:{tag}"), {}) for tag in ("lnB", "solidFill", "srgbClr")
    )
    line.set("w", "9525")
    colour.set("val", look.LINE)
    fill.append(colour)
    line.append(fill)
    properties.insert(0, line)
