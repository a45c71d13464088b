"""What goes into a workbook's charts."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from apps.dashboards import table_charts
from apps.dashboards.overview import AreaRow
from apps.dashboards.targets_text import Line
from apps.plans.models import Indicator, TaskArea
from tests.dashboards.test_figures import RATE, TARGET, YEAR, reading


def test_the_course_of_a_year_has_gaps_and_a_line():
    chart = table_charts.trend_chart(RATE, YEAR, [TARGET])
    values, line = chart.series
    assert values.values == [None, Decimal("53.96"), Decimal("53.96"), None]
    assert (line.name, line.values, line.is_line) == ("目标 54%", [Decimal(54)] * 4, True)
    assert (chart.names[0], chart.is_percent) == ("第一季度", True)


def test_without_a_value_there_is_no_chart():
    hidden = [one.hidden() for one in YEAR]
    assert table_charts.trend_chart(RATE, hidden, [TARGET]) is None
    assert table_charts.slices_chart("stage", hidden, "按学段") is None
    assert table_charts.area_chart((one, [TARGET]) for one in hidden) is None
    assert table_charts.overview_chart([]) is None


def test_an_area_shows_its_shares_beside_their_targets_and_no_counts():
    count = Indicator(code="C", name="次数", unit="次", decimals=0, due_quarters=[2])
    rows = [
        (reading(2, "53"), [Line(Decimal(50), "国家线 50%", "reference"), TARGET]),
        (reading(2, "7"), []),
        (reading(2, "370", indicator=count), []),
    ]
    value, target = table_charts.area_chart(rows).series
    assert value.values == [Decimal(53), Decimal(7)]
    assert target.values == [Decimal(54), None]


def test_the_overview_counts_by_status():
    area = TaskArea(number=6, name="健康")
    lit = replace(reading(2, "53"), status="achieved")
    chart = table_charts.overview_chart(
        [AreaRow(area, [lit, reading(2, "50")], []), AreaRow(area, [lit], [])]
    )
    assert {one.name: one.values for one in chart.series} == {"已达成": [1, 1], "滞后": [1, 0]}
    assert chart.names == ["6. 健康", "6. 健康"]
