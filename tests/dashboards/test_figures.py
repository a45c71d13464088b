from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal

import plotly.graph_objects as go
import pytest

from apps.dashboards import bullets, figures, figures_strip
from apps.dashboards.figures import Bar, Dot
from apps.dashboards.readings import Reading
from apps.dashboards.targets_text import Line
from apps.plans.models import Indicator
from apps.plans.steps import Steps
from apps.rollups.enums import Status

RATE = Indicator(code="T", name="率", unit="%", decimals=1, due_quarters=[2, 4])
STEP = Indicator(code="M", name="验收", unit="是/否", due_quarters=[4])
TARGET = Line(Decimal(54), "目标 54%", "target")


def reading(quarter, value, *, as_of=None, indicator=RATE):
    return Reading(
        indicator=indicator,
        quarter=quarter,
        status=Status.OFF_TRACK if value is not None else Status.NOT_DUE,
        value=None if value is None else Decimal(value),
        n_due=10 if value is not None else 0,
        n_reported=9 if value is not None else 0,
        as_of_quarter=as_of or (quarter if value is not None else None),
        as_of_date=dt.date(2025, 6, 30),
    )


YEAR = [reading(1, None), reading(2, "53.96"), reading(3, "53.96", as_of=2), reading(4, None)]


def valid(figure):
    go.Figure(figure)
    json.dumps(figure, allow_nan=False)
    return figure


def test_the_trend_always_has_four_slots_and_hollow_carried_quarters():
    trace = valid(figures.trend(YEAR, lines=[TARGET], unit="%"))["data"][0]
    assert trace["x"] == [1, 2, 3, 4]
    assert trace["y"] == [None, 53.96, 53.96, None]
    assert trace["text"] == ["", "54.0%", figures.NOTHING, ""]
    assert trace["marker"]["symbol"] == ["circle", "circle", "circle-open", "circle"]


def test_a_target_changed_within_the_year_is_drawn_over_its_own_quarters():
    """54 % until June and 56 % from then on: two lines, the earlier one named where it begins."""
    steps = [
        figures.TargetStep(1, 2, (TARGET,)),
        figures.TargetStep(3, 4, (Line(Decimal(56), "目标 56%", "target"),)),
    ]
    drawn = valid(figures.trend(YEAR, steps=steps, unit="%"))["layout"]
    assert [(s["x0"], s["x1"], s["y0"], s["xref"]) for s in drawn["shapes"]] == [
        (0.5, 2.5, 54.0, "x"),
        (2.5, 4.5, 56.0, "x"),
    ]
    assert [(a["y"], a["xref"]) for a in drawn["annotations"]] == [(56.0, "paper"), (54.0, "x")]


def test_one_quarter_alone_keeps_its_place():
    trace = valid(figures.trend([reading(3, "12")], unit="%"))["data"][0]
    assert trace["y"] == [None, None, 12.0, None]


def test_lines_carry_their_number_and_differ_without_colour():
    reference = Line(Decimal(50), "国家参考 50%", "reference")
    layout = valid(figures.trend(YEAR, lines=[TARGET, reference], unit="%"))["layout"]
    assert [shape["line"]["dash"] for shape in layout["shapes"]] == ["solid", "dash"]
    assert {label["text"] for label in layout["annotations"]} == {"目标 54%", "国家参考 50%"}
    low, high = layout["yaxis"]["range"]
    assert low < 50
    assert high > 54


def test_the_baseline_stands_before_the_year():
    figure = valid(figures.trend(YEAR, baseline=Line(Decimal(52), "基线 52.0%", "baseline"), unit="%"))
    assert figure["data"][1]["x"] == [figures.BASELINE_SLOT]
    assert figure["layout"]["xaxis"]["ticktext"][0] == "基线"


def test_bars_start_at_zero_and_say_what_is_hidden():
    rows = [Bar("小学", Decimal("53.1"), "53.1%"), Bar("初中", None, "人数过少，不予显示")]
    figure = valid(figures.bars(rows, lines=[TARGET]))
    assert figure["data"][0]["x"] == [53.1, 0.0]
    assert figure["data"][0]["text"] == ["53.1%", "人数过少，不予显示"]
    assert figure["layout"]["xaxis"]["range"][0] == 0


def test_bars_without_any_value_are_still_a_figure():
    valid(figures.bars([Bar("小学", None, "暂无数据")]))


def test_milestone_steps():
    done = [
        reading(1, None, indicator=STEP),
        reading(2, "0", indicator=STEP),
        reading(4, "1", indicator=STEP),
    ]
    trace = valid(figures.steps(done))["data"][0]
    assert trace["y"] == [None, 0, None, 0]
    assert trace["text"] == ["尚未到期", "否", "", "是"]
    assert trace["marker"]["symbol"][3] == "circle"
    assert trace["marker"]["symbol"][1] == "circle-open"


def test_a_milestone_climbs_named_stairs():
    steps = Steps(2, 100, "步", {})
    year = [
        replace(reading(quarter, value), steps=steps) for quarter, value in ((1, "0"), (2, "50"), (4, "100"))
    ]
    figure = valid(figures.stairs(year, 2, ["未启动", "区级自评", "通过"]))
    assert figure["data"][0]["y"] == [0, 1, None, 2]
    assert figure["data"][0]["text"] == ["0/2 步", "1/2 步", "", "2/2 步"]
    assert figure["data"][0]["marker"]["symbol"] == ["circle-open", "circle", "circle-open", "circle"]
    assert figure["layout"]["yaxis"]["ticktext"] == ["未启动", "区级自评", "通过"]


def test_the_strip_shades_the_middle_half_and_is_no_ranking():
    dots = [Dot("小学", f"示例{n}小学", Decimal(n), f"{n}.0%") for n in range(1, 9)]
    figure = valid(figures_strip.strip([*dots, Dot("初中", "示例中学", Decimal(3), "3.0%")], lines=[TARGET]))
    assert [len(trace["x"]) for trace in figure["data"]] == [8, 1]
    box = figure["layout"]["shapes"][0]
    assert (box["x0"], box["x1"]) == (2.75, 6.25)


def test_a_strip_of_nothing_is_a_figure():
    valid(figures_strip.strip([]))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 2, 3], None),
        ([1, 2, 3, 4], (Decimal("1.75"), Decimal("2.5"), Decimal("3.25"))),
        ([4, 1, 3, 2, 5], (Decimal(2), Decimal(3), Decimal(4))),
    ],
)
def test_quartiles(values, expected):
    assert figures_strip.quartiles([Decimal(value) for value in values]) == expected


def test_a_bullet_starts_at_zero_with_its_marks_on_one_scale():
    drawn = bullets.bullet(reading(2, "50"), [Line(Decimal(100), "目标 100%", "target")])
    assert drawn.bar_x == 0
    assert drawn.bar_width == pytest.approx(drawn.marks[0].x / 2, abs=0.1)
    assert drawn.description == "50.0%; 目标 100%"


def test_a_share_has_its_own_scale_and_needs_no_target():
    drawn = bullets.bullet(reading(2, "50"), [])
    assert drawn.bar_width == bullets.WIDTH / 2
    assert [(label.text, label.anchor) for label in drawn.below] == [("0%", "start"), ("100%", "end")]


@pytest.mark.parametrize(
    ("value", "line", "ends"),
    [
        ("10.23", 10, ["0%", "20%"]),
        ("101", 100, ["0%", "120%"]),
        ("-2", 3, ["-3%", "4%"]),
    ],
)
def test_a_scale_ends_at_round_numbers_where_a_difference_can_be_seen(value, line, ends):
    drawn = bullets.bullet(reading(2, value), [Line(Decimal(line), "", "target")])
    assert [label.text for label in drawn.below] == ends


def test_labels_that_would_run_into_each_other_move_or_go():
    lines = [
        Line(Decimal("54"), "目标 54%", "target"),
        Line(Decimal("50"), "国家线 50%", "reference"),
        Line(Decimal("52"), "基线 52%", "baseline"),
    ]
    drawn = bullets.bullet(reading(2, "53"), lines)
    assert [label.text for label in drawn.above] == ["目标 54%"]
    assert [label.text for label in drawn.below] == ["国家线 50%", "0%", "100%"]
    assert len(drawn.marks) == 3
    assert "基线 52%" in drawn.description


def test_a_label_at_the_edge_stays_inside():
    drawn = bullets.bullet(reading(2, "53"), [Line(Decimal(100), "目标 100%", "target")])
    assert [(label.x, label.anchor) for label in drawn.above] == [(bullets.WIDTH, "end")]


def test_a_carried_value_and_a_missing_one_are_told_from_a_fresh_one():
    carried = bullets.bullet(YEAR[2], [TARGET])
    assert (carried.is_carried, carried.absence) == (True, "")
    missing = bullets.bullet(YEAR[0], [TARGET])
    assert (missing.is_carried, missing.absence, missing.bar_width) == (False, "尚未到期", 0)


def test_a_bullet_of_a_negative_value_reaches_left_of_zero():
    drawn = bullets.bullet(reading(2, "-2"), [Line(Decimal(2), "目标 2", "target")])
    assert drawn.bar_x < drawn.bar_x + drawn.bar_width < drawn.marks[0].x


def test_nothing_to_draw_is_no_bullet():
    assert bullets.bullet(reading(1, None), []) is None


def test_a_count_without_a_line_has_nothing_to_stand_beside():
    count = Indicator(code="C", name="次数", unit="次", decimals=0, due_quarters=[2, 4])
    assert bullets.bullet(reading(2, "370", indicator=count), []) is None
    drawn = bullets.bullet(reading(2, "370", indicator=count), [Line(Decimal(400), "目标 400 次", "target")])
    assert [label.text for label in drawn.below] == ["0", "500"]


def test_steps_are_boxes():
    told_in_steps = replace(reading(2, "50"), steps=Steps(4, 100, "步", {}))
    assert bullets.bullet(told_in_steps, [TARGET]) is None
    assert bullets.boxes(told_in_steps).boxes == [(0, True), (80, True), (160, False), (240, False)]
    assert bullets.boxes(reading(2, "50")) is None


def test_a_sparkline_has_four_slots_and_an_empty_one_is_not_zero():
    from fractions import Fraction

    bars = bullets.sparkline([None, Fraction(0), Fraction(1, 2), Fraction(1)])
    assert [bar.height for bar in bars] == [None, 1.5, 11.0, 22.0]
    assert len({bar.x for bar in bars}) == 4


def test_a_line_of_one_stage_crosses_its_bar_only():
    line = Line(Decimal("0.45"), "国家线 0.45", "reference")
    drawn = figures.bars(
        [figures.Bar("小学", Decimal("0.3"), "0.30"), figures.Bar("初中", Decimal("0.5"), "0.50", [line])]
    )
    [shape] = drawn["layout"]["shapes"]
    assert (shape["x0"], round(shape["y0"], 2), shape["y1"]) == (0.45, 0.58, 1.42)
    assert [label["text"] for label in drawn["layout"]["annotations"]] == ["国家线 0.45"]


def test_target_and_national_line_are_labelled_apart():
    lines = [Line(Decimal(60), "目标 60%", "target"), Line(Decimal(50), "国家线 50%", "reference")]
    drawn = figures.bars([figures.Bar("城区", Decimal(58), "58%")], lines=lines)
    assert [(label["text"], label["y"]) for label in drawn["layout"]["annotations"]] == [
        ("目标 60%", 1),
        ("国家线 50%", 0),
    ]
