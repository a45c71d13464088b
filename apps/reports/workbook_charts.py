"""Excel's own charts in a workbook, in the colours of the screen. Pure."""

from __future__ import annotations

from typing import Any

from apps.dashboards.tables import Chart, ChartKind, Series

COLOURS = {
    "accent": "#1F5FA8",
    "achieved": "#0B7A4B",
    "on-track": "#1F5FA8",
    "at-risk": "#B45F06",
    "off-track": "#B42318",
    "not-due": "#98A2B3",
    "no-data": "#C4CBD4",
    "no-baseline": "#7A869A",
    "no-target": "#D5DAE1",
    "unconfirmed": "#6B4FA0",
    "hidden": "#E4E7EC",
}
MARKERS = ("circle", "diamond", "square", "triangle", "x", "star")
# Hatch and its colour, pale enough for a number on it where a program draws it solid (LibreOffice does).
PATTERNS = {
    "on-track": ("wide_upward_diagonal", "#9DBFE6"),
    "at-risk": ("outlined_diamond", "#E3AC67"),
    "no-data": ("percent_20", "#C4CBD4"),
    "no-baseline": ("wide_downward_diagonal", "#B9C1CC"),
    "unconfirmed": ("light_horizontal", "#B9A8E0"),
    "hidden": ("percent_50", "#D0D5DD"),
}
# What has no light is white or pale; a label can be read on each.
LIGHT_FILLS = {"achieved": "#8FB4DE", "off-track": "#D66A60", "not-due": "#FFFFFF", "no-target": "#DFE3E8"}
FONT = {"name": "等线", "size": 10}
WIDTH, ROOM, ROW_HEIGHT = 760, 150, 26
NARROW_GAP = 60


def data_write(book: Any, sheet: Any, row: int, chart: Chart) -> None:
    """Write what a chart is drawn from: its title, a line of series names, one line a name."""
    sheet.write_string(row, 0, chart.title, book.format(bold=True))
    sheet.set_column(0, 0, 34)
    for column, series in enumerate(chart.series, start=1):
        sheet.write_string(row, column, series.name, book.format(bold=True, text_wrap=True))
        for place, value in enumerate(series.values, start=1):
            if value is not None:
                scale = 100 if chart.is_percent else 1
                style = book.format(num_format=_number_format(chart, series, place - 1))
                sheet.write_number(row + place, column, float(value) / scale, style)
    for place, name in enumerate(chart.names, start=1):
        sheet.write_string(row + place, 0, name, book.format())


def _number_format(chart: Chart, series: Series, place: int) -> str:
    """Labels take the format of their cell: they show a number as the page does."""
    sign = "%" if chart.is_percent else ""
    whole = "0" if chart.is_percent else "#,##0"
    if not series.decimals:
        return f"{whole}.##{sign}" if chart.kind is not ChartKind.STACKED else whole
    decimals = series.decimals[place]
    return f"{whole}{'.' + '0' * decimals if decimals else ''}{sign}"


def chart_of(book: Any, chart: Chart, *, sheet_name: str, row: int) -> Any:
    """Return Excel's chart of the data written at `row` of the sheet."""
    drawn = book.add_chart(_kind(chart))
    first, last = row + 1, row + len(chart.names)
    for column, series in enumerate(chart.series, start=1):
        drawn.add_series(
            {
                "name": [sheet_name, row, column],
                "categories": [sheet_name, first, 0, last, 0],
                "values": [sheet_name, first, column, last, column],
                **_style(chart, series, column - 1),
            }
        )
    drawn.set_title({"name": [sheet_name, row, 0], "overlay": False, "name_font": {**FONT, "size": 12}})
    drawn.set_legend({"none": True} if len(chart.series) == 1 else {"position": "bottom", "font": FONT})
    drawn.show_blanks_as("gap")
    grid = {"visible": True, "line": {"color": "#E4E7EC"}}
    values: dict[str, Any] = {"num_font": FONT, "major_gridlines": grid, "line": {"none": True}}
    names: dict[str, Any] = {"num_font": FONT, "line": {"color": "#98A2B3"}}
    if chart.is_percent:
        values["num_format"] = "0.##%" if chart.kind is ChartKind.LINE else "0%"
    if chart.kind is ChartKind.LINE:
        drawn.set_x_axis(names)
        drawn.set_y_axis(values)
    else:  # names stand on the vertical axis, the first on top
        drawn.set_x_axis({**values, "min": min([0.0, *_numbers(chart)])})
        drawn.set_y_axis({**names, "reverse": True})
    drawn.set_size({"width": WIDTH, "height": _height(chart)})
    return drawn


def rows_of(chart: Chart) -> int:
    """Return how many lines of a sheet a chart covers, with one left free."""
    return _height(chart) // 20 + 2


def _numbers(chart: Chart) -> list[float]:
    scale = 100 if chart.is_percent else 1
    return [float(value) / scale for series in chart.series for value in series.values if value is not None]


def _height(chart: Chart) -> int:
    if chart.kind is ChartKind.LINE:
        return 340
    beside = len(chart.series) if chart.kind is ChartKind.BAR else 1
    return ROOM + ROW_HEIGHT * len(chart.names) * beside


def _kind(chart: Chart) -> dict[str, str]:
    match chart.kind:
        case ChartKind.LINE:
            return {"type": "line"}
        case ChartKind.STACKED:
            return {"type": "bar", "subtype": "stacked"}
    return {"type": "bar"}


def _style(chart: Chart, series: Series, place: int) -> dict[str, Any]:
    colour = COLOURS[series.css]
    if series.is_line:
        return {"line": {"color": colour, "width": 1.5, "dash_type": "dash"}, "marker": {"type": "none"}}
    if chart.kind is ChartKind.LINE:
        shape = MARKERS[place % len(MARKERS)]
        marker = {"type": shape, "size": 8, "fill": {"color": colour}, "border": {"color": colour}}
        is_alone = sum(not one.is_line for one in chart.series) == 1
        labels = {"data_labels": {"value": True, "position": "above", "font": FONT}} if is_alone else {}
        return {"line": {"color": colour, "width": 2.25}, "marker": marker, **labels}
    if chart.kind is ChartKind.STACKED:
        numbers = {"value": True, "font": FONT, "num_format": "0;;"}  # no label where there is none
        return {**_filled(series, colour), "gap": NARROW_GAP, "data_labels": numbers}
    return {"fill": {"color": colour}, "gap": NARROW_GAP, "data_labels": {"value": True, "font": FONT}}


def _filled(series: Series, colour: str) -> dict[str, Any]:
    """A light's own hatch, so that a black-and-white print tells them apart."""
    border = {"border": {"color": "#475467", "width": 0.5}}
    if series.css not in PATTERNS:
        return {"fill": {"color": LIGHT_FILLS.get(series.css, colour)}, **border}
    pattern, ink = PATTERNS[series.css]
    return {"pattern": {"pattern": pattern, "fg_color": ink, "bg_color": "#FFFFFF"}, **border}
