"""The tables of the pages: what a screen shows, its CSV file and its workbook hold alike. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils.translation import gettext

from apps.core import display
from apps.dashboards import lights, wording
from apps.dashboards.overview import AreaRow
from apps.dashboards.readings import Reading
from apps.dashboards.tables import (
    Cell,
    Column,
    Table,
    count_cell,
    date_cell,
    number_cell,
    share_cell,
    text_cell,
)
from apps.dashboards.targets_text import target_words
from apps.organisations.enums import Ownership, Setting, Stage
from apps.plans.enums import SliceKind
from apps.plans.models import Measure

SLICE_CHOICES = {SliceKind.STAGE: Stage, SliceKind.OWNERSHIP: Ownership, SliceKind.SETTING: Setting}
SHOWN_STATUSES = lights.ORDER


def slice_name(kind: str, value: str) -> str:
    """Return a slice's name, e.g. "Primary"."""
    return str(SLICE_CHOICES[SliceKind(kind)](value).label)


def slice_order(kind: str, value: str) -> int:
    """Return the place of a slice among those of its kind, as its choices are listed."""
    return SLICE_CHOICES[SliceKind(kind)].values.index(value)


def value_cell(reading: Reading) -> Cell:
    """Return the value as a typed cell, or in words why there is none."""
    return number_cell(
        reading.value, unit=reading.unit, decimals=reading.decimals, instead=reading.absence_text
    )


def part_cell(reading: Reading, part: str) -> Cell:
    """Return the numerator or the denominator of a reading."""
    return count_cell(getattr(reading, part), instead=reading.absence_text if reading.is_hidden else "—")


def gap_cell(reading: Reading) -> Cell:
    """Return how far an unmet target is, with enough decimals to be seen."""
    if reading.gap is None or not reading.is_judged:
        return text_cell("—")
    size = abs(reading.gap)
    if reading.status == "achieved":
        return text_cell(reading.gap_text)
    return number_cell(size, decimals=wording.decimals_to_tell_apart(size, reading.decimals))


def target_text(reading: Reading) -> str:
    """Return the target in force in words; without one, why there is no light."""
    if reading.target is not None:
        return target_words(reading.indicator, reading.target)
    proposed = proposal_of(reading)
    if proposed:
        return gettext("to be confirmed: %(target)s") % {"target": proposed}
    return gettext("no target set")


def proposal_of(reading: Reading) -> str:
    """Return the latest target that waits for the bureau's confirmation, in words; empty without one."""
    target = getattr(reading.indicator, "target", None)
    waiting = (
        [revision for revision in target.revisions.all() if revision.confirmed_on is None] if target else []
    )
    return (
        target_words(reading.indicator, max(waiting, key=lambda revision: revision.number)) if waiting else ""
    )


def light_cell(reading: Reading) -> Cell:
    """Return the light as shape and word."""
    return text_cell(reading.light_text, light=reading.status)


def confidence_text(reading: Reading) -> str:
    """Return what limits the trust in a figure: provisional, carried, hidden; a dash when nothing does."""
    notes = [gettext("provisional")] if reading.is_provisional else []
    if reading.carried_text:
        notes.append(reading.carried_text)
    return gettext("; ").join(notes) or "—"


Builder = tuple[Column, Callable[[Reading], Cell]]


def _reading_columns() -> list[Builder]:
    return [
        (Column(gettext("Value"), 14, numeric=True), value_cell),
        (Column(gettext("Unit"), 10), lambda reading: text_cell(wording.unit_word(reading.unit) or "—")),
        (Column(gettext("Numerator"), 12, numeric=True), lambda reading: part_cell(reading, "numerator")),
        (Column(gettext("Denominator"), 12, numeric=True), lambda reading: part_cell(reading, "denominator")),
        (Column(gettext("Coverage"), 10, numeric=True), _coverage_cell),
        (Column(gettext("Units reported"), 10, numeric=True), lambda reading: count_cell(reading.n_reported)),
        (Column(gettext("Units due"), 10, numeric=True), lambda reading: count_cell(reading.n_expected)),
    ]


def _coverage_cell(reading: Reading) -> Cell:
    return share_cell(reading.coverage, instead=gettext("nothing due"))


def _judgement_columns() -> list[Builder]:
    return [
        (Column(gettext("Target"), 20), lambda reading: text_cell(target_text(reading))),
        (Column(gettext("Short of target"), 14, numeric=True), gap_cell),
        (Column(gettext("Status"), 14), light_cell),
        (Column(gettext("Data as of"), 12), lambda reading: date_cell(reading.as_of_date)),
        (Column(gettext("Confidence"), 24), lambda reading: text_cell(confidence_text(reading))),
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
        for status in SHOWN_STATUSES
        if any(reading.status == status for row in rows for reading in row.readings)
    ]
    columns = [
        Column(gettext("No."), 6, numeric=True),
        Column(gettext("Task area"), 34),
        Column(gettext("Lead office"), 18),
        Column(gettext("Indicators"), 10, numeric=True),
        *(Column(lights.text_of(status), 12, numeric=True) for status in statuses),
        Column(gettext("Coverage"), 10, numeric=True),
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


def trend_table(readings: Sequence[Reading]) -> Table:
    """Return an indicator's four quarters."""
    columns: list[Builder] = [
        (Column(gettext("Quarter"), 12), lambda reading: text_cell(wording.quarter_name(reading.quarter))),
        *_reading_columns(),
        *_judgement_columns(),
    ]
    return _build(gettext("Four quarters"), columns, readings)


def slices_table(kind: str, readings: Sequence[Reading]) -> Table:
    """Return an indicator by stage, ownership or setting in one quarter."""
    columns: list[Builder] = [
        (
            Column(str(SliceKind(kind).label), 18),
            lambda reading: text_cell(slice_name(kind, reading.slice_value)),
        ),
        *_reading_columns(),
    ]
    return _build(str(SliceKind(kind).label), columns, readings)


def measures_table(measures: Sequence[Measure]) -> Table:
    """Return an area's measures: what, who, by when, how far."""
    columns = [
        Column(gettext("Code"), 14),
        Column(gettext("Measure"), 40),
        Column(gettext("Lead office"), 16),
        Column(gettext("Due date"), 12),
        Column(gettext("Status"), 12),
    ]
    rows = [
        [
            text_cell(measure.code),
            text_cell(wording.in_language(measure)),
            text_cell(wording.in_language(measure.lead_office)),
            date_cell(measure.due_on, instead=gettext("within the year")),
            text_cell(measure.get_status_display()),
        ]
        for measure in measures
    ]
    return Table(gettext("Measures"), columns, rows)
