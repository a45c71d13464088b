from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from django.utils.translation import override

from apps.dashboards import reading_cells
from apps.dashboards.readings import Reading, absent
from apps.plans.enums import Aggregation
from apps.plans.models import Indicator
from apps.plans.steps import Steps
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
        ({}, "待报齐"),
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


@pytest.mark.parametrize(
    ("changes", "light", "words"),
    [
        ({"n_reported": 10, "denominator": Decimal(0)}, "/ 不适用", "不适用"),
        ({"n_due": 2, "n_not_applicable": 2, "n_reported": 0}, "/ 不适用", "不适用"),
        ({"n_reported": 9, "denominator": Decimal(0)}, "… 暂无数据", "无法计算"),
        ({"n_reported": 0}, "… 暂无数据", "暂无数据"),
        ({"n_due": 0, "n_not_applicable": 0, "n_reported": 0}, "… 暂无数据", "无法计算"),
    ],
)
def test_nothing_of_nothing_does_not_apply(changes, light, words):
    empty = replace(MISSED, status=Status.NO_DATA, value=None, gap=None, change=None, **changes).settled()
    assert empty.light_text == light
    if empty.n_due:
        assert empty.value_text == words


def test_a_value_is_never_settled_away():
    assert replace(MISSED, status=Status.NO_TARGET, denominator=Decimal(0)).settled().status == "no_target"


NAMES = {2: {"label": "市级复核", "label_en": "City review"}}
IN_STEPS = replace(MISSED, value=Decimal(50), gap=Decimal(50), steps=Steps(4, 100, "步", NAMES))


def test_a_milestone_is_told_in_steps():
    assert (IN_STEPS.value_text, IN_STEPS.short_text) == ("2/4 步 · 市级复核", "2/4 步")
    assert IN_STEPS.gap_text == "还差 2 步"
    assert (IN_STEPS.told, IN_STEPS.gap_told, IN_STEPS.unit) == (2, 2, "步")
    assert reading_cells.value_cell(IN_STEPS).value == 2
    assert reading_cells.gap_cell(IN_STEPS).text == "2"


def test_a_milestone_in_english():
    with override("en"):
        assert (IN_STEPS.value_text, IN_STEPS.gap_text) == ("2/4 steps · City review", "2 steps to go")


def test_a_checklist_is_told_as_parts_of_a_whole():
    reading = replace(MISSED, value=Decimal(6), gap=Decimal(2), steps=Steps(8, 8, "项", {}))
    assert (reading.value_text, reading.gap_text) == ("6/8 项", "还差 2 项")
