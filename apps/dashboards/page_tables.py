"""The tables of the pages: what a screen shows, its CSV file and its workbook hold alike. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from django.utils.translation import gettext

from apps.core import display
from apps.dashboards import lights, measure_signs, reading_cells, wording
from apps.dashboards.overview import AreaRow
from apps.dashboards.reading_cells import (
    gap_cell,
    light_cell,
    part_cell,
    slice_name,
    target_text,
    value_cell,
)
from apps.dashboards.readings import Reading
from apps.dashboards.tables import Cell, Column, Table, count_cell, date_cell, share_cell, text_cell
from apps.dashboards.targets_text import national_words
from apps.organisations.enums import Stage
from apps.plans.enums import SliceKind, StepStatus
from apps.plans.models import Measure

Builder = tuple[Column, Callable[[Reading], Cell]]


def _reading_columns() -> list[Builder]:
    return [
        (Column(gettext("Value"), 14, numeric=True), value_cell),
        (Column(gettext("Unit"), 10), lambda reading: text_cell(wording.unit_word(reading.unit) or "—")),
        (Column(gettext("Numerator"), 12, numeric=True), lambda reading: part_cell(reading, "numerator")),
        (Column(gettext("Denominator"), 12, numeric=True), lambda reading: part_cell(reading, "denominator")),
        *_data_columns(),
    ]


def _data_columns() -> list[Builder]:
    """The second signal: how far the reports are."""
    return [
        (Column(gettext("Data state"), 12), reading_cells.data_cell),
        (Column(gettext("Coverage"), 10, numeric=True), _coverage_cell),
        (Column(gettext("Units reported"), 10, numeric=True), lambda reading: count_cell(reading.n_reported)),
        (Column(gettext("Units due"), 10, numeric=True), lambda reading: count_cell(reading.n_expected)),
        (Column(gettext("Data as of"), 12), lambda reading: date_cell(reading.data_until)),
    ]


def _coverage_cell(reading: Reading) -> Cell:
    return share_cell(reading.coverage, instead=gettext("nothing due"))


def _judgement_columns() -> list[Builder]:
    return [
        (Column(gettext("Target"), 20), lambda reading: text_cell(target_text(reading))),
        (
            Column(gettext("National line"), 14),
            lambda reading: text_cell(national_words(reading.indicator)),
        ),
        (Column(gettext("Short of target"), 14, numeric=True), gap_cell),
        (Column(gettext("Short, in whole units"), 12), reading_cells.units_cell),
        (Column(gettext("Share of the way"), 10, numeric=True), reading_cells.share_cell_of),
        (Column(gettext("Status"), 14), light_cell),
        (Column(gettext("Why"), 30), reading_cells.why_cell),
        (Column(gettext("Confidence"), 12), reading_cells.confidence_cell),
    ]


def _forecast_columns() -> list[Builder]:
    titles = {
        "value": gettext("Forecast of the year's end"),
        "low": gettext("Forecast, lower end"),
        "high": gettext("Forecast, upper end"),
    }
    bounds = {
        "bounds_low": gettext("Lowest once all reports are in"),
        "bounds_high": gettext("Highest once all reports are in"),
    }
    return [
        *(
            (Column(title, 14, numeric=True), partial(reading_cells.bounds_cell, end=end))
            for end, title in bounds.items()
        ),
        *(
            (Column(title, 14, numeric=True), partial(reading_cells.forecast_cell, end=end))
            for end, title in titles.items()
        ),
    ]


def _build(name: str, columns: Sequence[Builder], readings: Sequence[Reading]) -> Table:
    return Table(
        name=name,
        columns=[column for column, _build_cell in columns],
        rows=[[build(reading) for _column, build in columns] for reading in readings],
    )


def overview_table(rows: Sequence[AreaRow]) -> Table:
    """Return the overview: one row an area, a column for each status that occurs, coverage, four quarters."""
    statuses = [
        status
        for status in lights.ORDER
        if any(reading.status == status for row in rows for reading in row.readings)
    ]
    columns = [
        Column(gettext("No."), 6, numeric=True),
        Column(gettext("Task area"), 34),
        Column(gettext("Lead office"), 18),
        Column(gettext("Indicators"), 10, numeric=True),
        *(Column(lights.text_of(status), 12, numeric=True) for status in statuses),
        Column(gettext("Coverage"), 10, numeric=True),
        Column(gettext("Provisional figures"), 10, numeric=True),
        *(
            Column(
                gettext("On course, %(quarter)s") % {"quarter": wording.quarter_name(quarter)},
                16,
                numeric=True,
            )
            for quarter in display.QUARTER_NAMES
        ),
    ]
    return Table(gettext("Overview"), columns, [_overview_row(row, statuses) for row in rows])


def _overview_row(row: AreaRow, statuses: Sequence[str]) -> list[Cell]:
    counts = dict(row.counts)
    return [
        count_cell(row.area.number),
        text_cell(wording.in_language(row.area)),
        text_cell(wording.in_language(row.area.lead_office)),
        count_cell(len(row.readings)),
        *(count_cell(counts.get(status, 0)) for status in statuses),
        share_cell(row.coverage, instead=row.coverage_text),
        count_cell(row.n_provisional),
        *(share_cell(share, instead=gettext("no light")) for share in row.course),
    ]


def indicators_table(readings: Sequence[Reading]) -> Table:
    """Return the indicators of an area (or of the whole plan) in one quarter."""
    columns: list[Builder] = [
        (Column(gettext("Code"), 20), lambda reading: text_cell(reading.indicator.code)),
        (Column(gettext("Indicator"), 34), lambda reading: text_cell(wording.in_language(reading.indicator))),
        (
            Column(gettext("Lead office"), 16),
            lambda reading: text_cell(wording.in_language(reading.indicator.lead_office)),
        ),
        *_reading_columns(),
        *_judgement_columns(),
    ]
    return _build(gettext("Indicators"), columns, readings)


def trend_table(readings: Sequence[Reading], *, explained_at: str = "") -> Table:
    """Return an indicator's four quarters.

    Args:
        explained_at: the address of the explanation, which takes `quarter=2`.
    """

    def named(reading: Reading) -> Cell:
        href = f"{explained_at}?quarter={reading.quarter}" if explained_at else ""
        return text_cell(wording.quarter_name(reading.quarter), href=href)

    columns: list[Builder] = [
        (Column(gettext("Quarter"), 12), named),
        *_reading_columns(),
        *_judgement_columns(),
        *_forecast_columns(),
    ]
    return _build(gettext("Four quarters"), columns, readings)


def slices_table(kind: str, readings: Sequence[Reading], *, explained_at: str = "") -> Table:
    """Return an indicator by stage, ownership or setting in one quarter.

    Args:
        explained_at: the address of the explanation, which takes `slice=stage:primary`.
    """

    def named(reading: Reading) -> Cell:
        value = reading.slice_value
        href = f"{explained_at}&slice={kind}:{value}" if explained_at else ""
        return text_cell(slice_name(kind, value), href=href)

    columns: list[Builder] = [
        (Column(str(SliceKind(kind).label), 18), named),
        *_reading_columns(),
    ]
    if any(reading.indicator.reference_lines.all() for reading in readings):
        columns.append((Column(gettext("National line"), 14), _national_cell(kind)))
    return _build(str(SliceKind(kind).label), columns, readings)


def _national_cell(kind: str) -> Callable[[Reading], Cell]:
    """A line of one stage stands beside that stage, the district's beside every slice."""

    def build(reading: Reading) -> Cell:
        stage = reading.slice_value if kind == SliceKind.STAGE else Stage.WHOLE
        return text_cell(national_words(reading.indicator, stage))

    return build


def measures_table(measures: Sequence[Measure]) -> Table:
    """Return measures: what, who, by when, how far; their offices and steps are prefetched."""
    columns = [
        Column(gettext("Code"), 14),
        Column(gettext("Measure"), 40),
        Column(gettext("Lead office"), 16),
        Column(gettext("Supporting offices"), 24),
        Column(gettext("Lead leader"), 14),
        Column(gettext("Due date"), 12),
        Column(gettext("Status"), 14),
        Column(gettext("Completed on"), 12),
        Column(gettext("Steps done"), 10),
    ]
    return Table(gettext("Measures"), columns, [_measure_row(measure) for measure in measures])


def _measure_row(measure: Measure) -> list[Cell]:
    offices = [wording.in_language(office) for office in measure.supporting_offices.all()]
    sign = measure_signs.SIGNS[measure.status]
    steps = [step.status for step in measure.steps.all() if step.status != StepStatus.DROPPED]
    return [
        text_cell(measure.code),
        text_cell(wording.in_language(measure)),
        text_cell(wording.in_language(measure.lead_office)),
        text_cell(gettext(", ").join(offices) or "—"),
        text_cell(str(measure.leader or "—")),
        date_cell(measure.due_on, instead=gettext("not set")),
        text_cell(f"{sign.shape} {sign.word}"),
        date_cell(measure.completed_on),
        text_cell(f"{steps.count(StepStatus.DONE)}/{len(steps)}" if steps else "—"),
    ]
