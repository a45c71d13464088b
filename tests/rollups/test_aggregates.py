"""From sufficient statistics to values: golden numbers, traps, and the laws of addition."""

from decimal import Decimal as D
from fractions import Fraction as F
from math import sqrt
from statistics import pstdev, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.rollups.aggregates import (
    Statistics,
    quotient,
    ratio,
    root,
    scale_of,
    squared_cv,
    squares_of,
    to_decimal,
    total,
    value_of,
)

STUDENTS = (45, 37, 89, 76, 55)
BOOKS = (279, 137, 935, 160, 402)


def school(numerator, denominator=None):
    numerator, denominator = F(numerator), None if denominator is None else F(denominator)
    return Statistics(
        n_due=1,
        n_reported=1,
        n_true=int(numerator > 0),
        numerator=numerator,
        denominator=denominator,
        sum_ratio_squares=squares_of([(numerator, denominator)]) if denominator else None,
        minimum=numerator,
        maximum=numerator,
    )


GOLDEN = total(school(books, students) for books, students in zip(BOOKS, STUDENTS, strict=True))


def test_the_golden_dispersion():
    assert (GOLDEN.numerator, GOLDEN.denominator) == (1913, 302)
    assert round(float(value_of(GOLDEN, aggregation="weighted_cv")), 4) == 0.5153


def test_the_dispersion_is_its_definition():
    mean = F(1913, 302)
    square = sum(
        F(students, 302) * (F(books, students) - mean) ** 2
        for books, students in zip(BOOKS, STUDENTS, strict=True)
    )
    assert squared_cv(GOLDEN) == square / mean**2


def test_the_traps_do_not_come_out():
    rates = [books / students for books, students in zip(BOOKS, STUDENTS, strict=True)]
    mean = sum(rates) / 5
    traps = {round(pstdev(rates) / mean, 4), round(stdev(rates) / mean, 4)}
    assert traps == {0.4888, 0.5465}
    assert round(sqrt(squared_cv(GOLDEN)), 4) not in traps
    assert value_of(GOLDEN, aggregation="ratio_of_sums") == F(1913, 302) != F(mean)


def test_a_limit_between_the_right_and_the_trap_fails_only_the_right():
    assert squared_cv(GOLDEN) > F(1, 2) ** 2 > F("0.4888") ** 2


@pytest.mark.parametrize(
    "statistics",
    [
        school(5, 10),
        Statistics(),
        total([school(0, 10), school(0, 20)]),
        Statistics(n_reported=2, numerator=F(1), denominator=F(0), sum_ratio_squares=None),
    ],
    ids=["one school", "nothing", "mean of zero", "nothing to divide by"],
)
def test_a_dispersion_needs_two_schools_and_a_mean(statistics):
    assert value_of(statistics, aggregation="weighted_cv") is None


def test_equal_schools_have_no_dispersion():
    assert value_of(total([school(10, 20), school(1, 2)]), aggregation="weighted_cv") == 0


def test_a_rate_is_not_the_mean_of_rates():
    assert value_of(total([school(40, 100), school(900, 1000)]), aggregation="ratio_of_sums", scale=100) == F(
        94000, 1100
    )


@pytest.mark.parametrize(
    ("aggregation", "has_denominator", "value"),
    [
        ("ratio_of_sums", True, F(3, 30)),
        ("sum", False, 3),
        ("latest", False, 3),
        ("district_only", True, F(3, 30)),
        ("district_only", False, 3),
        ("count_true", False, 2),
        ("share_true", True, F(2, 3)),
        ("min", False, 0),
        ("max", False, 2),
    ],
)
def test_each_aggregation(aggregation, has_denominator, value):
    statistics = total([school(0, 5), school(1, 10), school(2, 15)])
    assert value_of(statistics, aggregation=aggregation, has_denominator=has_denominator) == value


@pytest.mark.parametrize(
    "aggregation", ["ratio_of_sums", "sum", "count_true", "share_true", "min", "max", "weighted_cv"]
)
def test_nothing_reported_is_no_value(aggregation):
    assert value_of(Statistics(n_due=5), aggregation=aggregation) is None


def test_zero_over_zero_is_no_value():
    for aggregation in ("ratio_of_sums", "district_only"):
        assert value_of(school(0, 0), aggregation=aggregation, has_denominator=True) is None


def test_zero_reported_is_zero():
    assert value_of(school(0), aggregation="sum") == 0
    assert value_of(school(0), aggregation="share_true") == 0


@pytest.mark.parametrize(
    ("aggregation", "unit", "has_denominator", "scale"),
    [
        ("ratio_of_sums", "%", True, 100),
        ("ratio_of_sums", "个百分点", True, 100),
        ("share_true", "是/否", False, 100),
        ("district_only", "个百分点", False, 1),
        ("district_only", "元/生", True, 1),
        ("weighted_cv", "系数", True, 1),
    ],
)
def test_what_is_shown_as_a_percentage(aggregation, unit, has_denominator, scale):
    assert scale_of(aggregation=aggregation, unit=unit, has_denominator=has_denominator) == scale


@pytest.mark.parametrize(
    ("number", "places", "text"),
    [
        (F(5396, 100), 1, "54.0"),
        (F(1, 8), 2, "0.13"),
        (F(-1, 8), 2, "-0.13"),
        (F(2, 3), 8, "0.66666667"),
        (F(0), 2, "0.00"),
    ],
)
def test_rounding_is_for_display(number, places, text):
    assert str(to_decimal(number, places)) == text


stored = st.decimals(-(10**9), 10**9, places=4)


@given(stored, stored, st.sampled_from([1, 100]))
def test_a_quotient_of_stored_numbers_is_the_exact_one_rounded(numerator, denominator, scale):
    exactly = ratio(F(numerator), F(denominator))
    assert str(quotient(numerator, denominator, scale=scale)) == str(
        to_decimal(None if exactly is None else exactly * scale)
    )


def test_a_quotient_lacks_what_a_part_lacks():
    assert [quotient(None, D(2)), quotient(D(1), None), quotient(D(0), D(0))] == [None, None, None]


def test_root_is_exact_to_thirty_decimals():
    assert root(F(1, 4)) == F(1, 2)
    assert abs(root(F(2)) ** 2 - 2) < F(1, 10**29)


amounts = st.integers(0, 10**9).map(F)
schools = st.builds(school, amounts, st.integers(1, 10**6))


@given(st.lists(schools), st.lists(schools))
def test_a_whole_is_the_sum_of_its_parts_in_any_order(some, others):
    assert total([total(some), total(others)]) == total([*others, *some])
    assert total([Statistics(), *some]) == total(some)


@given(st.lists(schools, min_size=2))
def test_a_square_is_never_negative(parts):
    square = squared_cv(total(parts))
    assert square is None or square >= 0
