"""PowerPoint's own charts: editable, with a workbook inside that holds what is shown and nothing else."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import xlsxwriter
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_MARKER_STYLE
from pptx.enum.dml import MSO_LINE, MSO_PATTERN
from pptx.util import Mm, Pt

from apps.dashboards.tables import Chart, ChartKind, Series
from apps.reports.slides.look import FONT, INK, LINE, Box
from apps.reports.workbook import OPTIONS
from apps.reports.workbook_charts import COLOURS, LIGHT_FILLS, PATTERNS

KINDS = {
    ChartKind.LINE: XL_CHART_TYPE.LINE_MARKERS,
    ChartKind.BAR: XL_CHART_TYPE.BAR_CLUSTERED,
    ChartKind.STACKED: XL_CHART_TYPE.BAR_STACKED,
}
HATCHES = {
    "wide_upward_diagonal": MSO_PATTERN.WIDE_UPWARD_DIAGONAL,
    "outlined_diamond": MSO_PATTERN.OUTLINED_DIAMOND,
    "percent_20": MSO_PATTERN.PERCENT_20,
    "percent_50": MSO_PATTERN.PERCENT_50,
    "wide_downward_diagonal": MSO_PATTERN.WIDE_DOWNWARD_DIAGONAL,
    "light_horizontal": MSO_PATTERN.LIGHT_HORIZONTAL,
}
SHEET = "Sheet1"
FEW = 12


def add_chart(slide: Any, chart: Chart, box: Box, *, on: dt.date, size: float = 14) -> Any:
    """Add a chart to a slide.

    Args:
        on: the date that the workbook inside says it was made on.
    """
    data = CategoryChartData()
    data.categories = list(chart.names)
    for series in chart.series:
        data.add_series(series.name, _numbers(chart, series), _format(chart, series))
    frame = slide.shapes.add_chart(KINDS[chart.kind], *(Mm(one) for one in box), data)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", chart.title)
    drawn = frame.chart
    drawn.part.chart_workbook.update_from_xlsx_blob(workbook_bytes(chart, on=on))
    _dress(drawn, chart, size)
    return frame


def _numbers(chart: Chart, series: Series) -> list[float | None]:
    scale = 100 if chart.is_percent else 1
    return [None if value is None else float(value) / scale for value in series.values]


def _format(chart: Chart, series: Series) -> str:
    sign = "%" if chart.is_percent else ""
    if chart.kind is ChartKind.STACKED:
        return "0;;"  # no label where there is none
    decimals = max(series.decimals, default=None) if series.decimals else None
    if decimals is None:
        return f"0.##{sign}"
    return f"{'0' if sign else '#,##0'}{'.' + '0' * decimals if decimals else ''}{sign}"


def workbook_bytes(chart: Chart, *, on: dt.date) -> bytes:
    """Return the workbook that a chart is edited in: names as text, never as formulas."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, OPTIONS)
    book.set_properties({"created": dt.datetime.combine(on, dt.time())})
    sheet = book.add_worksheet(SHEET)
    for row, name in enumerate(chart.names, start=1):
        sheet.write_string(row, 0, name)
    for column, series in enumerate(chart.series, start=1):
        style = book.add_format({"num_format": _format(chart, series)})
        sheet.write_string(0, column, series.name)
        for row, number in enumerate(_numbers(chart, series), start=1):
            if number is not None:
                sheet.write_number(row, column, number, style)
    book.close()
    return buffer.getvalue()


def _dress(drawn: Any, chart: Chart, size: float) -> None:
    drawn.font.size, drawn.font.name = Pt(size), FONT
    drawn.font.color.rgb = RGBColor.from_string(INK)
    drawn.has_title = False
    drawn.has_legend = len(chart.series) > 1
    if drawn.has_legend:
        drawn.legend.position, drawn.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    plot = drawn.plots[0]
    if chart.kind is not ChartKind.LINE:
        plot.gap_width = 50
        plot.overlap = 100 if chart.kind is ChartKind.STACKED else -5
    _axes(drawn, chart)
    for series, told in zip(plot.series, chart.series, strict=True):
        _dress_series(series, told, chart, size)


def _axes(drawn: Any, chart: Chart) -> None:
    names, values = drawn.category_axis, drawn.value_axis
    names.format.line.color.rgb = RGBColor.from_string(LINE)
    names.has_major_gridlines = False
    values.format.line.fill.background()
    values.major_gridlines.format.line.color.rgb = RGBColor.from_string("E4E7EC")
    values.tick_labels.number_format = "0%" if chart.is_percent else "#,##0.##"
    values.tick_labels.number_format_is_linked = False
    known = [number for series in chart.series for number in _numbers(chart, series) if number is not None]
    if chart.kind is ChartKind.LINE:
        _line_axis(values, chart, known)
        return
    names.reverse_order = True  # the first on top
    values.visible = False
    values.has_major_gridlines = False
    values.minimum_scale = min([0.0, *known])


def _line_axis(values: Any, chart: Chart, known: list[float]) -> None:
    """Few whole things are counted in ones, from zero."""
    if chart.is_percent:
        values.tick_labels.number_format = "0.##%"
    elif known and max(known) <= FEW and all(number == int(number) >= 0 for number in known):
        values.tick_labels.number_format, values.major_unit = "0", 1
        values.minimum_scale, values.maximum_scale = 0, max(known) + 1


def _dress_series(series: Any, told: Series, chart: Chart, size: float) -> None:
    colour = RGBColor.from_string(COLOURS[told.css].lstrip("#"))
    if chart.kind is ChartKind.LINE:
        _dress_line(series, told, chart, size)
        return
    if chart.kind is ChartKind.STACKED:
        _fill(series, told)
    else:
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = colour
    _label(series, size)


def _dress_line(series: Any, told: Series, chart: Chart, size: float) -> None:
    colour = RGBColor.from_string(COLOURS[told.css].lstrip("#"))
    series.smooth = False
    line = series.format.line
    line.color.rgb, line.width = colour, Pt(1.75 if told.is_line else 3)
    if told.is_line:
        line.dash_style = MSO_LINE.DASH
        series.marker.style = XL_MARKER_STYLE.NONE
        _label_level(series, told, chart, size)
        return
    series.marker.style, series.marker.size = XL_MARKER_STYLE.CIRCLE, 10
    series.marker.format.fill.solid()
    series.marker.format.fill.fore_color.rgb = colour
    _label(series, size, position=XL_LABEL_POSITION.ABOVE)


def _label(series: Any, size: float, *, position: Any = None) -> None:
    labels = series.data_labels
    labels.show_value = True
    labels.font.size, labels.font.name = Pt(size), FONT
    labels.number_format_is_linked = True
    if position is not None:
        labels.position = position


def _label_level(series: Any, told: Series, chart: Chart, size: float) -> None:
    """A level is named once, in the quarter where the figure is farthest from it or there is none."""
    label = series.points[_free_place(told, chart)].data_label
    frame = label.text_frame
    frame.text = told.name
    for run in frame.paragraphs[0].runs:
        run.font.size, run.font.name = Pt(size - 1), FONT
    label.position = XL_LABEL_POSITION.ABOVE


def _free_place(told: Series, chart: Chart) -> int:
    measured = next(one for one in chart.series if not one.is_line)
    room = [
        float("inf") if value is None or level is None else float(abs(value - level))
        for value, level in zip(measured.values, told.values, strict=True)
    ]
    return room.index(max(room))


def _fill(series: Any, told: Series) -> None:
    """A light's own hatch, so that a black-and-white print tells them apart."""
    fill = series.format.fill
    if told.css in PATTERNS:
        pattern, ink = PATTERNS[told.css]
        fill.patterned()
        fill.pattern = HATCHES[pattern]
        fill.fore_color.rgb = RGBColor.from_string(ink.lstrip("#"))
        fill.back_color.rgb = RGBColor.from_string("FFFFFF")
    else:
        fill.solid()
        colour = LIGHT_FILLS.get(told.css, COLOURS[told.css])
        fill.fore_color.rgb = RGBColor.from_string(colour.lstrip("#"))
    series.format.line.color.rgb = RGBColor.from_string("475467")
    series.format.line.width = Pt(0.5)
