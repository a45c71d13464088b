"""A release as a workbook: cover, overview, one sheet an area, definitions, sources, measures, schools."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from django.utils.translation import gettext

from apps.dashboards import page_tables, table_charts, wording
from apps.dashboards.tables import Chart, Table
from apps.reports.databook.area_tables import area_table, quarters_chart
from apps.reports.databook.cover import Facts, cover_write
from apps.reports.databook.parts import WHOLE, Excerpt, Part
from apps.reports.databook.reference_tables import (
    definitions_table,
    measures_table,
    schools_table,
    sources_table,
)
from apps.reports.databook.school_tables import school_table
from apps.reports.releases.edition import Edition
from apps.reports.workbook import Book, charts_add

Told = Callable[[str, int, int], None]


def databook_bytes(edition: Edition, part: Part = WHOLE, *, told: Told | None = None) -> bytes:
    """Return the data book of a part of a release; the same edition and part give the same bytes.

    Args:
        told: is told the name of the sheet being written, how many are done, and of how many.
    """
    excerpt = Excerpt(edition, part)
    tables = list(tables_of(excerpt))
    book = Book(created=edition.frozen_on)
    cover = book.book.add_worksheet(gettext("Cover"))
    for number, table in enumerate(tables):
        if told is not None:
            told(table.name, number, len(tables))
        book.sheet(table)
    charts_add(book)
    cover_write(book, cover, facts_of(excerpt), [table.name for table in tables])
    return book.bytes()


def tables_of(excerpt: Excerpt) -> Iterator[Table]:
    """Yield the tables of the sheets in their order."""
    quarter = excerpt.edition.quarter
    if excerpt.part.school is not None:
        yield school_table(excerpt)
        yield definitions_table(excerpt.indicators, quarter=quarter)
        yield sources_table(excerpt)
        yield schools_table([excerpt.school])
        return
    if excerpt.part.area is None:
        rows = excerpt.overview_rows
        yield replace(page_tables.overview_table(rows), chart=table_charts.overview_chart(rows))
    for area in excerpt.areas:
        own = excerpt.rows_of(area)
        charts = [table_charts.area_chart((row.reading, row.lines) for row in own), quarters_chart(own)]
        yield with_charts(area_table(area, own), charts)
    yield definitions_table(excerpt.indicators, quarter=quarter)
    yield sources_table(excerpt)
    yield measures_table(excerpt.measures)
    yield schools_table(excerpt.schools)


def with_charts(table: Table, charts: list[Chart | None]) -> Table:
    """Return a table with those of the charts that there are."""
    known = [chart for chart in charts if chart is not None]
    return replace(table, chart=known[0], more_charts=known[1:]) if known else table


def facts_of(excerpt: Excerpt) -> Facts:
    """Return what the cover says of the release and of how to read the book."""
    edition = excerpt.edition
    version = gettext("draft, not released") if edition.is_draft else str(edition.version)
    reach = (
        gettext("internal, not to be passed on")
        if edition.audience.key != "circulation"
        else gettext("fit for circulation")
    )
    return Facts(
        title=gettext("Data book: %(plan)s") % {"plan": wording.in_language(edition.plan, "title")},
        rows=[
            (gettext("Region"), wording.in_language(edition.region)),
            (gettext("Content"), excerpt.name),
            (gettext("Quarter"), f"{edition.year} · {wording.quarter_name(edition.quarter)}"),
            (gettext("Version of the release"), version),
            (gettext("Frozen on"), edition.frozen_on.isoformat()),
            (gettext("SHA-256 of the release"), edition.sha256),
            (gettext("For whom"), reach),
        ],
        notes=[
            gettext(
                "Every figure is the one frozen with the release; the same release always gives this file. "
                "Later corrections make a new version with an erratum."
            ),
            gettext(
                "Values rest on accepted reports only; coverage says how many of those due are in. Without a "
                "confirmed target there is no light. A dash is no value, not zero."
            ),
            gettext(
                "Cells hold the exact figure and show it rounded: percentages as percentages (0.54 is shown "
                "as 54%), except target values, which stand as the plan sets them (54)."
            ),
            gettext("Figures that could point at single children are hidden; no sheet or chart holds them."),
        ],
    )
