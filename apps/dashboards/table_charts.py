"""The native charts that go with tables into a workbook: readings → names, numbers and lines. Pure.

A chart shows what the screen's chart shows; every number in it has passed the hiding of small cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.utils.translation import gettext

from apps.dashboards import lights, wording
from apps.dashboards.overview import AreaRow
from apps.dashboards.reading_cells import slice_name
from apps.dashboards.readings import Reading
from apps.dashboards.tables import Chart, ChartKind, Series
from apps.dashboards.targets_text import Line
from apps.dashboards.units import YES_NO
from apps.plans.models import Indicator

LINE_CSS = {"target": "off-track", "reference": "no-target", "baseline": "not-due"}


def trend_chart(indicator: Indicator, readings: Sequence[Reading], lines: Sequence[Line]) -> Chart | None:
    """Return the course of four quarters with its target and national lines; None without a value."""
    if all(reading.value is None for reading in readings) or indicator.unit == YES_NO:
        return None
    steps = readings[-1].steps
    values = [reading.told for reading in readings]
    decimals = [0 if reading.steps else reading.decimals for reading in readings]
    drawn = [Series(wording.in_language(indicator), values, "accent", decimals=decimals)]
    drawn += [
        Series(line.label, [line.value] * len(readings), LINE_CSS[line.kind], is_line=True)
        for line in ([] if steps else lines)
    ]
    return Chart(
        title=wording.in_language(indicator),
        kind=ChartKind.LINE,
        names=[wording.quarter_name(reading.quarter) for reading in readings],
        series=drawn,
        is_percent=steps is None and readings[-1].unit == wording.PERCENT,
    )


def slices_chart(kind: str, readings: Sequence[Reading], title: str) -> Chart | None:
    """Return the bars of one kind of slice; None where none has a value."""
    if all(reading.value is None for reading in readings):
        return None
    return Chart(
        title=title,
        kind=ChartKind.BAR,
        names=[slice_name(kind, reading.slice_value) for reading in readings],
        series=[
            Series(
                gettext("Value"),
                [reading.value for reading in readings],
                "accent",
                decimals=[reading.decimals for reading in readings],
            )
        ],
        is_percent=readings[0].unit == wording.PERCENT,
    )


def area_chart(rows: Iterable[tuple[Reading, Sequence[Line]]]) -> Chart | None:
    """Return an area's shares, each beside its target, where one is set; None without any share."""
    shares = [(reading, lines) for reading, lines in rows if _is_share(reading)]
    if not shares:
        return None
    targets = [next((line.value for line in lines if line.kind == "target"), None) for _one, lines in shares]
    return Chart(
        title=gettext("Shares and their targets"),
        kind=ChartKind.BAR,
        names=[wording.in_language(reading.indicator) for reading, _lines in shares],
        series=[
            Series(
                gettext("Value"),
                [reading.value for reading, _lines in shares],
                "accent",
                decimals=[reading.decimals for reading, _lines in shares],
            ),
            Series(gettext("Target"), targets, "off-track"),
        ],
        is_percent=True,
    )


def _is_share(reading: Reading) -> bool:
    return reading.steps is None and reading.value is not None and reading.unit == wording.PERCENT


def overview_chart(rows: Sequence[AreaRow]) -> Chart | None:
    """Return how many indicators of each area have which status; None without an indicator."""
    found = {status for row in rows for status, _count in row.counts}
    if not found:
        return None
    return Chart(
        title=gettext("Status of the indicators of each area"),
        kind=ChartKind.STACKED,
        names=[f"{row.area.number}. {wording.in_language(row.area)}" for row in rows],
        series=[
            Series(
                str(lights.sign_of(status).word),
                [Decimal(dict(row.counts).get(status, 0)) for row in rows],
                lights.sign_of(status).css,
            )
            for status in lights.ORDER
            if status in found
        ],
        is_percent=False,
    )
