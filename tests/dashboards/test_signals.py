"""The three signals, the bounds, the forecast and the schedule on the pages and in the files."""

import csv
import datetime as dt
from decimal import Decimal
from io import StringIO

import pytest

from apps.core import clock
from apps.dashboards import page_tables, pages, selectors, sentences
from apps.dashboards.figure_data import band_of
from apps.dashboards.readings import Reading
from apps.plans.models import Indicator, TargetRevision
from tests.factories import UserFactory
from tests.rollups.district import District

pytestmark = pytest.mark.django_db
TODAY = dt.date(2025, 10, 20)


@pytest.fixture
def district():
    with clock.held_at(TODAY):
        yield District()


@pytest.fixture
def leader(district):
    return UserFactory(role="leader", region=district.region)


@pytest.fixture
def visits(district):
    """A count of twelve in the year, missed in the first quarter and made good in the second."""
    indicator = district.indicator(
        "visits",
        aggregation="sum",
        kind="count",
        accumulation="flow",
        unit="次",
        decimals=0,
        tier="core",
        direction="at_least",
        quote_start=0,
        quote_end=3,
    )
    district.target(indicator, "at_least", 12)
    school = district.school()
    for quarter, amount in enumerate((0, 7, 3), start=1):
        district.report(school, quarter, visits=amount)
    district.owe(school, 4, ["visits"])
    district.refresh(indicator)
    return indicator


@pytest.fixture
def rate(district):
    """52 of 100 against 54 %, measured in the second and fourth quarter; one school of 20 is missing."""
    indicator = district.indicator(
        "good", "tested", unit="%", tier="core", direction="at_least", due_quarters=[2, 4], decimals=1
    )
    district.element("good").unit = "人"
    type(district.element("good")).objects.filter(code="good").update(unit="人", minimum=0)
    district.target(indicator, "at_least", 54)
    first, second = district.school(), district.school()
    district.report(first, 2, good=52, tested=100)
    district.report(second, 1, tested=20)
    district.report(second, 2, good=None, tested=None)
    district.refresh(indicator)
    return indicator


def page(user, plan, indicator, quarter):
    scope = selectors.scope_of(user, plan=plan, quarter=quarter)
    found = selectors.indicators_in(scope).get(pk=indicator.pk)
    return pages.indicator_page(scope, found)


def row(user, plan, indicator, quarter):
    reading = page(user, plan, indicator, quarter).reading
    table = page_tables.indicators_table([reading])
    return {column.title: cell.text for column, cell in table.rows_by_column[0]}


def test_three_signals_stand_in_columns_of_their_own(district, leader, visits, rate):
    assert {
        name: text
        for name, text in row(leader, district.plan, visits, 2).items()
        if name in ("状态", "理由", "数据状态", "到位率", "可信程度", "目标完成度")
    } == {
        "状态": "◆ 按进度",
        "理由": "尚未达到目标，未落后于进度安排；追回（第一季度曾滞后）",
        "数据状态": "✓ 已通过",
        "到位率": "100%",
        "可信程度": "正式数",
        "目标完成度": "58%",
    }
    half = row(leader, district.plan, rate, 2)
    assert [half[name] for name in ("状态", "数据状态", "到位率", "可信程度", "差距（整数单位）")] == [
        "◆ 按进度",
        "△ 逾期未报",
        "50%",
        "暂定数",
        "2 人",
    ]


def test_between_measurements_the_last_light_is_named_but_not_shown(district, leader, rate):
    third = page(leader, district.plan, rate, 3)
    assert (third.reading.light_text, third.reading.last_light_text) == (
        "○ 未到期",
        "上次（第二季度）◆ 按进度",
    )
    assert (third.reading.gap_text, third.sentence, third.reading.data_state) == ("", "", "not_due")


def test_what_the_missing_school_could_make_of_a_rate(district, leader, rate):
    shown = page(leader, district.plan, rate, 2)
    assert (shown.reading.bounds_low, shown.reading.bounds_high) == (
        Decimal(5200) / Decimal(120),
        Decimal(60),
    )
    assert shown.missing_text == "逾期未报 1"
    assert shown.bounds_sentences == [
        "报齐后在 43.3% 至 60.0% 之间（每个未报单位可能全部不符合，也可能全部符合）。",
        "能否达到目标取决于未报单位。",
    ]
    assert shown.sentence == "52.0%，目标不低于 54%，还差 2.0 个百分点，再增加 2 人即可达到"


def test_the_chart_has_the_expected_path_and_the_forecast(district, leader, visits):
    shown = page(leader, district.plan, visits, 3)
    assert [int(level) for level in shown.path.values()] == [3, 6, 9, 12]
    band = band_of(shown.quarters)
    assert (band.start, band.end, band.value) == (3, 4, 10)
    assert [trace["mode"] for trace in shown.trend.plotly["data"]] == [
        "lines",
        "lines",
        "lines",
        "markers",
        "lines+markers+text",
    ]
    assert shown.legend == "点线：进度安排；阴影：年末预测区间，五次中有四次落在其中"
    assert shown.outlook_text.startswith("年末约 13，区间为 10 至 ")


def test_where_nothing_is_drawn_the_page_says_why(client, district, leader, rate):
    client.force_login(leader)
    text = client.get(f"/plans/2025/indicators/{rate.code}/?quarter=2").content.decode()
    assert "暂不预测：本年数据尚未报齐。" in text
    assert 'href="/methods/#forecast"' in text
    assert page(leader, district.plan, rate, 2).legend == ""


def test_a_sentence_with_two_targets_shows_both_parts(client, district, leader, visits, rate):
    for indicator in (visits, rate):
        indicator.target.source_text = "双百"
        indicator.target.save()
    client.force_login(leader)
    text = client.get(f"/plans/2025/indicators/{visits.code}/?quarter=2").content.decode()
    assert "2 个部分中 0 个已达成，整体：按进度" in text
    assert f"/indicators/{rate.code}/" in text


def test_the_csv_file_holds_what_the_screen_says(client, district, leader, rate):
    client.force_login(leader)
    content = client.get(f"/plans/2025/indicators/{rate.code}.csv?table=trend&quarter=2").content
    rows = list(csv.DictReader(StringIO(content.decode("utf-8-sig"))))
    second = next(one for one in rows if one["季度"] == "第二季度")
    assert [second[name] for name in ("可信程度", "数据状态", "报齐后可能的最高值")] == [
        "暂定数",
        "△ 逾期未报",
        "60.0%",
    ]


def test_the_overview_counts_provisional_figures_beside_lights_and_coverage(client, district, leader, rate):
    client.force_login(leader)
    text = client.get("/plans/2025/?quarter=2").content.decode()
    assert "1 项为暂定数" in text


def test_a_hidden_figure_keeps_every_new_number_to_itself(district, rate):
    rate.privacy = "small_cell"
    rate.save()
    stranger = UserFactory(role="auditor", region=district.region)
    district.plan.policy.small_cell_threshold = 99
    district.plan.policy.save()
    district.plan.refresh_from_db()
    shown = page(stranger, district.plan, rate, 2)
    reading = shown.reading
    kept = (
        reading.gap_units,
        reading.achievement,
        reading.required,
        reading.bounds_low,
        reading.forecast.value,
    )
    assert (reading.is_hidden, kept) == (True, (None,) * 5)
    assert (shown.bounds_sentences, shown.sentence, dict(shown.path), shown.outlook_text) == ([], "", {}, "")
    assert reading.confidence_word == "不予显示"


@pytest.mark.parametrize(
    ("today", "status", "words"),
    [
        (dt.date(2025, 12, 15), "on_track", "还有 16 天"),
        (dt.date(2025, 12, 31), "at_risk", "还有 0 天"),
        (dt.date(2026, 1, 3), "off_track", "已过 3 天"),
        (dt.date(2025, 12, 15), "achieved", ""),
        (dt.date(2025, 12, 15), "not_due", ""),
    ],
)
def test_a_date_is_told_in_days(today, status, words):
    reading = Reading(
        indicator=Indicator(), quarter=3, status=status, target=TargetRevision(due_on=dt.date(2025, 12, 31))
    )
    assert sentences.days_text(reading, today) == words
