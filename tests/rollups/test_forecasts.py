"""Forecasts of the year's end: each type against a computation by hand, and when there is none."""

from fractions import Fraction as F

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.rollups.aggregates import Statistics, total
from apps.rollups.forecasts import forecast_of, kind_of
from apps.rollups.subjects import Course, Subject
from tests.rollups.test_aggregates import school
from tests.rollups.test_judging import AMOUNT, COUNT, FLOW, MILESTONE, RATE, moment

QUARTERLY_RATE = Subject("ratio_of_sums", "stock", "rate", (1, 2, 3, 4), scale=100, has_denominator=True)
FLOW_RATE = Subject("ratio_of_sums", "flow", "rate", (1, 2, 3, 4), scale=100, has_denominator=True)
YES_NO = Subject("district_only", "stock", "boolean", (1, 2, 3, 4))


def forecast(subject, value, quarter, *, before=(), last_year=(), baseline=None, statistics=None, partial=()):
    course = Course(dict(enumerate(before, start=1)), dict(last_year), frozenset(partial))
    return forecast_of(
        subject,
        statistics or school(1, 1),
        moment=moment(quarter),
        course=course,
        value=None if value is None else F(value),
        baseline=baseline,
    )


@pytest.mark.parametrize(
    ("subject", "kind"),
    [
        (FLOW, "flow"),
        (AMOUNT, "flow"),
        (RATE, "stock"),
        (COUNT, "stock"),
        (MILESTONE, "milestone"),
        (FLOW_RATE, ""),
        (YES_NO, ""),
    ],
)
def test_how_a_figure_goes_on(subject, kind):
    assert kind_of(subject) == kind


def test_a_flow_goes_on_at_its_pace():
    """3 and 5: 8 + 2·4; s² = 2, t = 3.078 with one degree of freedom, √(2·(2 + 4/2)) = √8."""
    found = forecast(FLOW, 8, 2, before=[F(3)])
    assert (found.basis.value, found.value) == ("run_rate", 16)
    assert (found.low, found.high) == (8, 25)


def test_an_amount_keeps_its_fractions():
    found = forecast(AMOUNT, 8, 2, before=[F(4)])
    assert (found.value, found.low, found.high) == (16, 16, 16)


def test_a_flow_follows_last_years_seasons():
    """Last year 10, 10, 0, 20 of 40; this year 5 and 5: the same half, so 20 in all."""
    found = forecast(FLOW, 10, 2, before=[F(5)], last_year=[(1, F(10)), (2, F(20)), (3, F(20)), (4, F(40))])
    assert (found.basis.value, found.value, found.low, found.high) == ("seasonal", 20, 20, 20)


def test_a_quarter_that_was_empty_last_year_has_no_season():
    found = forecast(FLOW, 8, 2, before=[F(3)], last_year=[(1, F(0)), (2, F(4)), (3, F(4)), (4, F(8))])
    assert (found.basis.value, found.value) == ("run_rate", 16)


def test_a_rate_goes_on_along_its_damped_trend():
    """50, 51, 52.5 by quarters: 52.5 + 1.5·0.8 + 1.5·0.64; paces 1 and 1.5, s² = 0.125."""
    found = forecast(QUARTERLY_RATE, "52.5", 2, before=[F(51)], baseline=F(50))
    assert (found.basis.value, found.value) == ("damped_trend", F("54.66"))
    half = 3.078 * (0.125 * 2) ** 0.5
    assert [round(float(end), 6) for end in (found.low, found.high)] == [
        round(54.66 - half, 6),
        round(54.66 + half, 6),
    ]


def test_a_share_is_not_forecast_above_its_whole():
    found = forecast(QUARTERLY_RATE, "99.5", 2, before=[F(98)], baseline=F(96))
    assert (found.value, found.high) == (100, 100)


def test_a_milestone_goes_on_between_its_slowest_and_fastest_quarter():
    """One step, then two, of eight: two quarters to go."""
    found = forecast(MILESTONE, F(300, 8), 2, before=[F(100, 8)])
    assert [number * 8 / 100 for number in (found.low, found.value, found.high)] == [5, 6, 7]


def test_a_milestone_never_goes_beyond_its_last_step():
    assert forecast(MILESTONE, 75, 2, before=[F(25)]).high == 100


@pytest.mark.parametrize(
    ("subject", "value", "quarter", "options", "basis"),
    [
        (FLOW, None, 1, {}, "not_yet"),
        (FLOW, 3, 1, {}, "too_few"),
        (FLOW, 3, 2, {}, "too_few"),
        (FLOW, 9, 4, {"before": [F(1), F(2), F(3)]}, "complete"),
        (FLOW, 9, 2, {"before": [F(3)], "partial": [1]}, "outstanding"),
        (
            FLOW,
            9,
            2,
            {"before": [F(3)], "statistics": total([school(1), Statistics(n_due=1)])},
            "outstanding",
        ),
        (QUARTERLY_RATE, 52, 1, {"baseline": F(50)}, "too_few"),
        (QUARTERLY_RATE, 52, 2, {"before": [F(51)], "partial": [1], "baseline": F(50)}, "too_few"),
        (MILESTONE, 25, 1, {}, "too_few"),
        (MILESTONE, 100, 2, {"before": [F(25)]}, "complete"),
        (FLOW_RATE, 50, 2, {"before": [F(50)]}, "not_foreseeable"),
        (YES_NO, 0, 2, {"before": [F(0)]}, "not_foreseeable"),
    ],
)
def test_where_the_data_do_not_allow_a_forecast_it_says_why(subject, value, quarter, options, basis):
    found = forecast(subject, value, quarter, **options)
    assert (found.basis.value, found.value, found.low, found.high) == (basis, None, None, None)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(amounts=st.lists(st.integers(0, 30), min_size=2, max_size=3), kind=st.sampled_from([FLOW, AMOUNT]))
def test_a_flow_is_never_forecast_below_what_it_has(amounts, kind):
    totals = [F(sum(amounts[: n + 1])) for n in range(len(amounts))]
    found = forecast(kind, totals[-1], len(totals), before=totals[:-1])
    assert totals[-1] <= found.low <= found.value <= found.high
