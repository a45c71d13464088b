"""An edition says what the pages say, to the same readers, without asking the database."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.dashboards import pages, selectors
from apps.reports.releases import canonical
from apps.reports.releases.audience import CIRCULATION, audience_of
from apps.reports.releases.content import content_of
from apps.reports.releases.edition import Edition, edition_of_content
from tests.reports.releases.conftest import QUARTER


def scope_for(username: str) -> selectors.Scope:
    user = User.objects.get(username=username)
    plan = selectors.plan_of(user, year=2025)
    assert plan is not None
    return selectors.scope_of(user, plan=plan, quarter=QUARTER)


def edition_for(content: dict, username: str) -> Edition:
    return edition_of_content(content, audience_of(User.objects.get(username=username)))


@pytest.mark.parametrize("username", ["leader", "office-tiwei", "deputy", "auditor"])
def test_an_edition_reads_as_the_overview_does(content, username):
    page = pages.overview_page(scope_for(username))
    edition = edition_for(content, username)
    bare = [replace(reading, bounds_low=None, bounds_high=None) for reading in edition.current]
    assert [told(reading) for reading in bare] == [told(reading) for reading in page.readings]
    assert edition.overview.sentence == page.overview.sentence
    assert edition.overview.further == page.overview.further
    assert [(item.reading.indicator.code, item.fell) for item in edition.overview.attention] == [
        (item.reading.indicator.code, item.fell) for item in page.overview.attention
    ]


def told_row(row) -> tuple:
    return row.reading.indicator.code, row.target_text, row.is_shared, [line.label for line in row.lines]


def told(reading) -> tuple:
    return (
        reading.indicator.code,
        reading.value_text,
        reading.light_text,
        reading.reason_text,
        reading.gap_text,
        reading.change_text,
        reading.coverage_text,
        reading.recovered_text,
        reading.last_light_text,
        reading.confidence_word,
        reading.numerator,
        reading.denominator,
        str(reading.data_state),
    )


def test_an_edition_draws_and_tables_what_the_pages_do(content):
    scope, edition = scope_for("leader"), edition_for(content, "leader")
    for indicator in edition.indicators[::4]:
        page = pages.indicator_page(scope, selectors.indicators_in(scope).get(code=indicator.code))
        figure = edition.figure_of(indicator)
        assert figure.plotly == page.trend.plotly
        assert [[cell.text for cell in row] for row in figure.table.rows] == [
            [cell.text for cell in row] for row in page.trend.table.rows
        ]
        assert edition.readings[indicator.pk, QUARTER].bounds_low == page.reading.bounds_low
        assert [one.plotly for one in edition.slice_figures_of(indicator)] == [
            one.plotly for one in page.slices
        ]


def test_areas_hold_the_rows_of_their_pages(content):
    scope, edition = scope_for("leader"), edition_for(content, "leader")
    for area in edition.areas:
        page = pages.area_page(scope, area)
        assert [
            (row.reading.indicator.code, row.target_text, row.is_shared) for row in edition.rows_of(area)
        ] == [(row.reading.indicator.code, row.target_text, row.is_shared) for row in page.rows]
        assert [measure.code for measure in edition.measures_of(area)] == [
            measure.code for measure in page.measures
        ]


def test_the_schools_figures_are_those_of_the_pages(content):
    from apps.dashboards import units

    scope, edition = scope_for("auditor"), edition_for(content, "auditor")
    shown = units.load(
        plan=scope.plan,
        indicator_ids=[indicator.pk for indicator in selectors.indicators_in(scope)],
        quarter=QUARTER,
        threshold=scope.viewer.threshold,
    )
    assert any(unit.is_hidden for unit in shown)
    assert sorted(edition.units, key=str) == sorted(shown, key=str)


def test_a_thawed_edition_asks_the_database_nothing(content):
    edition = edition_of_content(json.loads(canonical.text_of(content)), CIRCULATION)
    with CaptureQueriesContext(connection) as queries:
        rows = [edition.rows_of(area) for area in edition.areas]
        leaders = [(measure.leader, measure.lead_office) for measure in edition.measures]
        figures = [edition.figure_of(indicator) for indicator in edition.indicators]
        said = (edition.overview.sentence, edition.units, edition.schools)
    assert [query["sql"] for query in queries] == []
    assert all((rows, leaders, figures, *said))


def test_the_same_data_give_the_same_text(complete_plan, content):
    again = content_of(complete_plan, quarter=QUARTER, version=0)
    assert canonical.text_of(again) == canonical.text_of(content)


def test_what_is_for_circulation_has_neither_restricted_nor_small_figures(content):
    whole, open_one = edition_for(content, "leader"), edition_of_content(content, CIRCULATION)
    restricted = {row.code for row in whole.indicators if row.privacy == "restricted"}
    assert restricted
    assert not restricted & {row.code for row in open_one.indicators}
    assert any(reading.is_hidden for reading in open_one.current)
    assert not any(reading.is_hidden for reading in whole.current)
