"""The line of a target and what is missing to it, checked against the judging itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.rollups.aggregates import Statistics
from apps.rollups.decomposition import Amounts
from apps.rollups.judging import judge
from apps.rollups.levers import (
    Line,
    Need,
    Obstacle,
    Way,
    levers_of,
    line_of,
    need_of,
    obstacle_to_parts,
    obstacle_to_supposing,
    reach_of,
)
from apps.rollups.subjects import Aim, Moment, QuarterDates, Subject

RATE = Subject("ratio_of_sums", "stock", "rate", (2, 4), scale=100, has_denominator=True)
SUM = Subject("sum", "stock", "count", (4,))
MOMENT = Moment(
    quarter=4,
    as_of=4,
    today=dt.date(2025, 12, 15),
    calendar={
        quarter: QuarterDates(dt.date(2025, quarter * 3, 28), dt.date(2025, quarter * 3, 28))
        for quarter in (1, 2, 3, 4)
    },
)


def gap(subject, aim, numerator, denominator, baseline):
    """The gap that the judging itself tells."""
    statistics = Statistics(
        n_due=1, n_reported=1, numerator=Fraction(numerator), denominator=Fraction(denominator)
    )
    return judge(subject, statistics, aim=aim, moment=MOMENT, baseline=baseline).gap


OPERATORS = st.sampled_from(
    ["at_least", "at_most", "equal", "within_range", "increase_by", "decrease_by", "no_worse_than_baseline"]
)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([RATE, SUM, replace(RATE, basis="change"), replace(SUM, basis="change")]),
    OPERATORS,
    st.integers(0, 400),
    st.integers(1, 400),
    st.integers(0, 10_000).map(lambda number: Fraction(number, 100)),
    st.integers(0, 100).map(Fraction),
)
def test_what_is_missing_is_the_least_that_the_judging_asks(
    subject, operator, numerator, denominator, value, baseline
):
    aim = Aim(operator, value=value, value_max=value + 5 if operator == "within_range" else None)
    shown = Fraction(numerator, denominator) * 100 if subject.has_denominator else Fraction(numerator)
    line = line_of(subject, aim, value=shown, baseline=baseline)
    whole = Amounts(Fraction(numerator), Fraction(denominator))
    need = need_of(line, whole, scale=subject.scale, is_ratio=subject.has_denominator, step=Fraction(1))
    before = gap(subject, aim, numerator, denominator, baseline)
    assert (need.amount == 0) == (before == 0) or operator == "equal"
    sign = 1 if line.way is Way.UP else -1
    if operator != "equal":  # between two whole numbers nothing is equal
        assert gap(subject, aim, numerator + sign * need.amount, denominator, baseline) == 0
        if need.amount:
            assert gap(subject, aim, numerator + sign * (need.amount - 1), denominator, baseline) > 0


def test_exactly_on_the_line_nothing_is_missing_and_just_under_one_child_is():
    line = Line(Fraction(54), Way.UP)

    def missing(numerator):
        whole = Amounts(Fraction(numerator), Fraction(10_000))
        return need_of(line, whole, scale=100, is_ratio=True, step=Fraction(1)).amount

    assert [missing(5400), missing(5399), missing(5396)] == [0, 1, 4]


def test_money_is_missing_to_the_cent():
    need = need_of(
        Line(Fraction("10.005"), Way.UP), Amounts(Fraction(9)), scale=1, is_ratio=False, step=Fraction(1, 100)
    )
    assert need.amount == Fraction("1.01")


def test_nothing_below_the_line_is_no_need():
    assert (
        need_of(Line(Fraction(1), Way.UP), Amounts(Fraction(0)), scale=100, is_ratio=True, step=Fraction(1))
        is None
    )


@pytest.mark.parametrize("operator", ["increase_by", "decrease_by", "no_worse_than_baseline"])
def test_a_change_without_baseline_has_no_line(operator):
    assert line_of(RATE, Aim(operator, value=Fraction(1)), value=Fraction(50), baseline=None) is None


def test_a_line_for_every_school_is_none_for_their_total_but_all_of_their_share():
    aim = Aim("at_least", value=Fraction(15), level="school")
    assert line_of(RATE, aim, value=Fraction(50), baseline=None) is None
    share = Subject("share_true", "stock", "level", (4,), scale=100)
    assert line_of(share, aim, value=Fraction(50), baseline=None) == Line(Fraction(100), Way.UP)


def test_a_group_closes_the_gap_alone_or_says_how_far_it_gets():
    need = Need(Line(Fraction(80), Way.UP), Fraction(20))
    parts = {"large": Amounts(Fraction(50), Fraction(100)), "small": Amounts(Fraction(5), Fraction(15))}
    found = levers_of(need, parts, scale=100, is_ratio=True, is_bounded=True)
    assert (found["large"].required, found["large"].most) == (70, 50)
    assert (found["small"].required, found["small"].most) == (None, 10)
    assert [found[key].closes(need) for key in parts] == [True, False]
    assert reach_of(need, parts, is_bounded=True) == 60


def test_fewer_are_needed_of_an_upper_limit():
    need = Need(Line(Fraction(10), Way.DOWN), Fraction(6))
    parts = {"a": Amounts(Fraction(8), Fraction(50)), "b": Amounts(Fraction(2), Fraction(10))}
    found = levers_of(need, parts, scale=100, is_ratio=True, is_bounded=True)
    assert (found["a"].required, found["b"].required, found["b"].most) == (4, None, 2)


def test_a_sum_has_no_upper_end():
    found = levers_of(
        Need(Line(Fraction(9), Way.UP), Fraction(4)),
        {"a": Amounts(Fraction(5))},
        scale=1,
        is_ratio=False,
        is_bounded=False,
    )
    assert (found["a"].required, found["a"].most) == (9, None)


@pytest.mark.parametrize(
    ("subject", "parts", "supposing"),
    [
        (replace(SUM, kind="milestone", aggregation="district_only"), Obstacle.STEPS, Obstacle.STEPS),
        (replace(RATE, aggregation="weighted_cv"), Obstacle.DISPERSION, Obstacle.DISPERSION),
        (replace(SUM, aggregation="min"), Obstacle.EXTREME, Obstacle.EXTREME),
        (replace(RATE, is_split=True), Obstacle.TWO_REPORTERS, None),
        (RATE, None, None),
        (replace(SUM, kind="boolean", aggregation="share_true"), None, None),
    ],
)
def test_what_does_not_apply(subject, parts, supposing):
    assert obstacle_to_parts(subject, has_schools=True) is parts
    assert obstacle_to_supposing(subject) is supposing


def test_one_figure_for_the_district_has_no_parts():
    assert obstacle_to_parts(RATE, has_schools=False) is Obstacle.WHOLE_ONLY
