"""The sheet of an area: one row an indicator with everything the release says of it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils.translation import gettext

from apps.dashboards import reading_cells, sentences, wording
from apps.dashboards.pages import IndicatorRow
from apps.dashboards.readings import Reading
from apps.dashboards.tables import (
    Cell,
    Chart,
    ChartKind,
    Column,
    Series,
    Table,
    count_cell,
    date_cell,
    share_cell,
    text_cell,
)
from apps.dashboards.targets_text import national_words
from apps.plans.models import TaskArea

Builder = tuple[Column, Callable[[Reading], Cell]]
LINES = ("accent", "off-track", "achieved", "at-risk", "unconfirmed", "no-baseline")
DASH = "—"


def area_table(area: TaskArea, rows: Sequence[IndicatorRow]) -> Table:
    """Return an area's indicators, own and shared, one a row; the name is the sheet's."""
    first, last = _first(), [*_judgement(), *_data()]
    quarters = [wording.quarter_name(number) for number in (1, 2, 3, 4)]
    return Table(
        name=f"{area.number:02} {wording.in_language(area)}",
        columns=[
            *(column for column, _cell in first),
            *(Column(name, 14, numeric=True) for name in quarters),
            *(column for column, _cell in last),
        ],
        rows=[
            [
                *(cell(row.reading) for _column, cell in first),
                *(reading_cells.value_cell(reading) for reading in row.quarters),
                *(cell(row.reading) for _column, cell in last),
            ]
            for row in rows
        ],
    )


def _first() -> list[Builder]:
    """What the first page says when it is printed."""
    return [
        (Column(gettext("Code"), 20), lambda reading: text_cell(reading.indicator.code)),
        (Column(gettext("Indicator"), 34), lambda reading: text_cell(wording.in_language(reading.indicator))),
        (Column(gettext("Value"), 14, numeric=True), reading_cells.value_cell),
        (Column(gettext("Unit"), 8), lambda reading: text_cell(wording.unit_word(reading.unit) or DASH)),
        (
            Column(gettext("Numerator"), 12, numeric=True),
            lambda reading: reading_cells.part_cell(reading, "numerator"),
        ),
        (
            Column(gettext("Denominator"), 12, numeric=True),
            lambda reading: reading_cells.part_cell(reading, "denominator"),
        ),
        (Column(gettext("Target"), 20), lambda reading: text_cell(reading_cells.target_text(reading))),
        (Column(gettext("Status"), 13), reading_cells.light_cell),
        (Column(gettext("Short of target"), 12, numeric=True), reading_cells.gap_cell),
        (Column(gettext("Short, in whole units"), 12), reading_cells.units_cell),
        (
            Column(gettext("Coverage"), 10, numeric=True),
            lambda reading: share_cell(reading.coverage, instead=gettext("nothing due")),
        ),
    ]


def _judgement() -> list[Builder]:
    return [
        (
            Column(gettext("Lead office"), 16),
            lambda reading: text_cell(wording.in_language(reading.indicator.lead_office)),
        ),
        (Column(gettext("Step reached"), 14), lambda reading: text_cell(reading.step_name or DASH)),
        (Column(gettext("Operator"), 16), _operator_cell),
        (Column(gettext("Target value"), 12, numeric=True), lambda reading: _limit_cell(reading, "value")),
        (
            Column(gettext("Target value, upper end"), 12, numeric=True),
            lambda reading: _limit_cell(reading, "value_max"),
        ),
        (Column(gettext("Target due on"), 12), _due_cell),
        (Column(gettext("National line"), 14), lambda reading: text_cell(national_words(reading.indicator))),
        (Column(gettext("Share of the way"), 10, numeric=True), reading_cells.share_cell_of),
        (Column(gettext("Why"), 26), reading_cells.why_cell),
    ]


def _data() -> list[Builder]:
    return [
        (Column(gettext("Units reported"), 10, numeric=True), lambda reading: count_cell(reading.n_reported)),
        (Column(gettext("Units due"), 10, numeric=True), lambda reading: count_cell(reading.n_expected)),
        (Column(gettext("Data state"), 12), reading_cells.data_cell),
        (Column(gettext("Data as of"), 12), lambda reading: date_cell(reading.data_until)),
        (Column(gettext("Confidence"), 12), reading_cells.confidence_cell),
        (
            Column(gettext("In one sentence"), 50),
            lambda reading: text_cell(sentences.target_sentence(reading) or DASH),
        ),
        (
            Column(gettext("Sentence in the plan"), 50),
            lambda reading: text_cell(reading.indicator.source_quote),
        ),
    ]


def _operator_cell(reading: Reading) -> Cell:
    target = reading.target
    return text_cell(DASH if target is None else target.get_operator_display())


def _limit_cell(reading: Reading, end: str) -> Cell:
    """A target's number as it was set: 54 for 54 per cent."""
    number = None if reading.target is None else getattr(reading.target, end)
    return text_cell(DASH) if number is None else count_cell(number)


def _due_cell(reading: Reading) -> Cell:
    return date_cell(None if reading.target is None else reading.target.due_on)


def quarters_chart(rows: Sequence[IndicatorRow]) -> Chart | None:
    """Return the course of an area's first shares over the quarters; None with nothing to join."""
    shares = [row for row in rows if _has_course(row)][: len(LINES)]
    if not shares:
        return None
    return Chart(
        title=gettext("Shares over the four quarters"),
        kind=ChartKind.LINE,
        names=[wording.quarter_name(number) for number in (1, 2, 3, 4)],
        series=[
            Series(
                wording.in_language(row.reading.indicator),
                [one.value for one in row.quarters],
                css,
                decimals=[one.decimals for one in row.quarters],
            )
            for row, css in zip(shares, LINES, strict=False)
        ],
        is_percent=True,
    )


def _has_course(row: IndicatorRow) -> bool:
    known = [one for one in row.quarters if one.value is not None]
    return row.reading.steps is None and row.reading.unit == wording.PERCENT and len(known) > 1
