"""One school's own figures of a release beside those of the district. Pure."""

from __future__ import annotations

from django.utils.translation import gettext

from apps.dashboards import reading_cells, wording
from apps.dashboards.school_tables import Standing, standings_of, unit_cell
from apps.dashboards.tables import Cell, Column, Table, count_cell, number_cell, text_cell
from apps.plans import formulas
from apps.reports.databook.parts import Excerpt

DASH = "—"


def standings(excerpt: Excerpt) -> list[Standing]:
    """Return the school's figures, each beside the middle half of the schools of its stage."""
    edition, school = excerpt.edition, excerpt.school.organisation.pk
    indicators = {
        indicator.pk: indicator
        for indicator in excerpt.indicators
        if not formulas.parse(indicator.numerator).attributes
    }
    known = [unit for unit in edition.units if unit.indicator_id in indicators]
    own = [unit for unit in known if unit.organisation_id == school]
    return standings_of(own, [unit for unit in known if not unit.is_hidden], indicators)


def school_table(excerpt: Excerpt) -> Table:
    """Return the school's own figures, the district's figure and target beside each; nobody is ranked."""
    columns = [
        Column(gettext("Code"), 20),
        Column(gettext("Task area"), 24),
        Column(gettext("Indicator"), 34),
        Column(gettext("Stage"), 12),
        Column(gettext("School's value"), 14, numeric=True),
        Column(gettext("Unit"), 10),
        Column(gettext("Numerator"), 12, numeric=True),
        Column(gettext("Denominator"), 12, numeric=True),
        Column(gettext("Middle half, from"), 12, numeric=True),
        Column(gettext("Middle half, to"), 12, numeric=True),
        Column(gettext("Where the school lies"), 24),
        Column(gettext("District's value"), 14, numeric=True),
        Column(gettext("District's target"), 20),
        Column(gettext("Sentence in the plan"), 50),
    ]
    rows = [_row(excerpt, standing) for standing in standings(excerpt)]
    return Table(gettext("School's figures"), columns, rows)


def _row(excerpt: Excerpt, standing: Standing) -> list[Cell]:
    indicator, unit = standing.indicator, standing.unit
    reading = excerpt.edition.readings[indicator.pk, excerpt.edition.quarter]
    lower, _median, upper = standing.middle or (None, None, None)
    return [
        text_cell(indicator.code),
        text_cell(f"{indicator.area.number}. {wording.in_language(indicator.area)}"),
        text_cell(wording.in_language(indicator)),
        text_cell(standing.stage_name),
        unit_cell(unit),
        text_cell(wording.unit_word(unit.unit) or DASH),
        count_cell(unit.numerator, instead=unit.text if unit.is_hidden else DASH),
        count_cell(unit.denominator, instead=unit.text if unit.is_hidden else DASH),
        number_cell(lower, unit=unit.unit, decimals=unit.decimals),
        number_cell(upper, unit=unit.unit, decimals=unit.decimals),
        text_cell(standing.place_text or standing.middle_text),
        reading_cells.value_cell(reading),
        text_cell(reading_cells.target_text(reading)),
        text_cell(indicator.source_quote),
    ]
