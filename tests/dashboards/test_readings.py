from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from apps.dashboards.readings import Reading, absent
from apps.plans.enums import Aggregation
from apps.plans.models import Indicator
from apps.rollups.enums import Status

RATE = Indicator(code="T", unit="%", decimals=1, due_quarters=[2, 4], aggregation=Aggregation.RATIO_OF_SUMS)
MISSED = Reading(
    indicator=RATE,
    quarter=3,
    status=Status.OFF_TRACK,
    value=Decimal("53.96"),
    numerator=Decimal(5396),
    denominator=Decimal(10000),
    change=Decimal("-1.2"),
    gap=Decimal("0.04"),
    n_due=12,
    n_reported=9,
    n_not_applicable=2,
    as_of_quarter=2,
    as_of_date=dt.date(2025, 6, 30),
)


def test_three_signals_stay_apart():
    assert MISSED.light_text == "■ 滞后"
    assert MISSED.coverage_text == "90%（已报 9／应报 10）"
    assert MISSED.carried_text == "沿用第二季度数据（2025-06-30）"
    assert MISSED.coverage == Fraction(9, 10)


def test_values_gaps_and_changes_in_words():
    assert (MISSED.value_text, MISSED.gap_text) == ("54.0%", "距目标差 0.04 个百分点")
    assert MISSED.change_text == "较基线下降 1.2 个百分点"
    assert replace(MISSED, change=Decimal(0)).change_text == "与基线持平"
    assert replace(MISSED, status=Status.ACHIEVED, gap=Decimal(0)).gap_text == "已达到目标"
    assert replace(MISSED, status=Status.ACHIEVED, gap=Decimal(0), is_exceeded=True).gap_text == "超出计划"


def test_without_a_light_there_is_no_gap():
    assert replace(MISSED, status=Status.NO_TARGET, gap=None).gap_text == ""
    assert replace(MISSED, status=Status.UNCONFIRMED).gap_text == ""


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"n_reported": 0}, "暂无数据"),
        ({"n_due": 2, "n_not_applicable": 2, "n_reported": 0}, "不适用"),
        ({"denominator": Decimal(0)}, "无法计算"),
        ({"indicator": Indicator(unit="系数", aggregation=Aggregation.WEIGHTED_CV)}, "分学段计算"),
    ],
)
def test_no_value_says_why(changes, words):
    assert replace(MISSED, value=None, **changes).value_text == words


def test_not_due_is_not_missing():
    assert [absent(RATE, quarter).value_text for quarter in (1, 2)] == ["尚未到期", "暂无数据"]
    assert absent(RATE, 1).coverage_text == "本期无应报数据"


def test_a_hidden_reading_tells_nothing():
    hidden = MISSED.hidden()
    assert (hidden.value, hidden.numerator, hidden.gap, hidden.change) == (None,) * 4
    assert (hidden.light_text, hidden.value_text) == ("▨ 人数过少，不予显示", "人数过少，不予显示")
    assert hidden.gap_text == ""
