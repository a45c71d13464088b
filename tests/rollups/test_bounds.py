"""What missing reports could make of a figure: the ends, tried out, and where nothing is guessed."""

from fractions import Fraction as F

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core import clock
from apps.rollups.aggregates import Statistics, total
from apps.rollups.bounds import Bounds, bounds_of, decided
from apps.rollups.enums import BoundsBasis
from apps.rollups.missing import missing_of
from apps.rollups.subjects import Aim, Subject
from apps.rollups.targets import Case
from tests.factories import rule
from tests.rollups.district import NOT_APPLICABLE, WRITTEN_ONLY, District
from tests.rollups.test_aggregates import school
from tests.rollups.test_judging import DECEMBER, RATE, SHARE, SPLIT, SPREAD, moment

SUM = Subject("sum", "stock", "count", (4,))
COUNTED = Subject("count_true", "stock", "count", (4,))
LOWEST = Subject("min", "stock", "count", (4,))
HIGHEST = Subject("max", "stock", "count", (4,))
MONEY = Subject("ratio_of_sums", "stock", "amount", (4,), has_denominator=True)


def missing(statistics, units):
    return total([statistics, Statistics(n_due=units)])


@pytest.mark.parametrize(
    ("subject", "statistics", "sizes", "expected"),
    [
        (RATE, missing(school(50, 100), 1), [F(100)], ("denominators", 25, 75)),
        (RATE, missing(school(50, 100), 2), [F(100), F(0)], ("denominators", 25, 75)),
        (RATE, Statistics(n_due=2), [F(10), F(10)], ("denominators", 0, 100)),
        (RATE, missing(school(50, 100), 2), [F(100), None], ("size_unknown", None, None)),
        (RATE, Statistics(n_due=1), [F(0)], ("not_knowable", None, None)),
        (RATE, school(50, 100), [], ("complete", None, None)),
        (SHARE, missing(total([school(1, 1), school(0, 1)]), 2), [None, None], ("schools", 25, 75)),
        (COUNTED, missing(school(1), 2), [None, None], ("schools", 1, 3)),
        (SUM, missing(school(7), 1), [None], ("one_sided", 7, None)),
        (LOWEST, missing(school(7), 1), [None], ("one_sided", None, 7)),
        (HIGHEST, missing(school(7), 1), [None], ("one_sided", 7, None)),
        (MONEY, missing(school(7, 2), 1), [F(2)], ("not_knowable", None, None)),
        (SPREAD, missing(school(7, 2), 1), [F(2)], ("not_knowable", None, None)),
        (SPLIT, missing(school(7, 2), 1), [F(2)], ("not_knowable", None, None)),
    ],
)
def test_bounds(subject, statistics, sizes, expected):
    found = bounds_of(subject, statistics, sizes)
    assert (found.basis.value, found.low, found.high) == expected


def test_a_sum_that_may_fall_has_no_bounds():
    found = bounds_of(SUM, missing(school(7), 1), [None], may_be_negative=True)
    assert (found.basis.value, found.low) == ("not_knowable", None)


shares = st.integers(0, 30).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(reported=st.lists(shares, min_size=1, max_size=4), late=st.lists(shares, min_size=1, max_size=4))
def test_whatever_the_missing_report_the_rate_is_within_its_bounds(reported, late):
    before = missing(total(school(n, d) for n, d in reported), len(late))
    after = total(school(n, d) for n, d in [*reported, *late])
    found = bounds_of(RATE, before, [F(d) for _, d in late])
    value = RATE.value(after)
    if value is not None:
        assert found.low <= value <= found.high


@pytest.mark.parametrize(
    ("operator", "value", "low", "high", "expected"),
    [
        ("at_least", 54, 55, 60, True),
        ("at_least", 54, 54, 60, True),
        ("at_least", 54, 50, 53, False),
        ("at_least", 54, 50, 60, None),
        ("at_most", 10, 5, 10, True),
        ("at_most", 10, 11, 12, False),
        ("equal", 100, 50, 60, None),
        ("decrease_by", 1, 50, 50, False),
    ],
)
def test_whether_the_target_still_depends_on_the_missing(operator, value, low, high, expected):
    case = Case(RATE, school(1, 2), Aim(operator, F(value)), moment(), F(50), F(0), F(50))
    bounds = Bounds(BoundsBasis.DENOMINATORS, F(low), F(high))
    assert decided(case, bounds) is expected


@pytest.mark.django_db
def test_what_a_result_lacks_by_reason_and_size():
    """80 of 100 are known; the second school had 60 in the spring, the third has 40 pupils enrolled."""
    with clock.held_at(DECEMBER):
        district = District()
        rate = district.indicator("good", "tested", due_quarters=[2, 4])
        district.element("pupils")
        rule(district.element("tested"), district.element("pupils"))
        district.target(rate, "at_least", 50)
        first, second, third, excused = (district.school() for _ in range(4))
        district.report(second, 2, good=30, tested=60)
        district.report(third, 2, pupils=40)
        district.report(first, 4, good=80, tested=100)
        district.report(second, 4, good=None, tested=None)
        district.report(third, 4, good=WRITTEN_ONLY, tested=WRITTEN_ONLY)
        district.report(excused, 4, good=NOT_APPLICABLE, tested=NOT_APPLICABLE)
        district.refresh(rate)
        found = missing_of(district.result(rate, 4))
    assert dict(found.reasons) == {"not_reported": 2}
    assert (found.bounds.low, found.bounds.high) == (40, 90)
    assert (found.bounds.basis.value, found.decided, found.count) == ("denominators", None, 2)


@pytest.mark.django_db
def test_a_school_never_heard_of_leaves_the_bounds_open():
    with clock.held_at(DECEMBER):
        district = District()
        rate = district.indicator("good", "tested")
        district.report(district.school(), 3, good=8, tested=10)
        district.report(district.school(), 3, good=None, tested=None)
        district.refresh(rate)
        found = missing_of(district.result(rate, 3))
    assert (found.bounds.basis.value, found.bounds.n_unknown, dict(found.reasons)) == (
        "size_unknown",
        1,
        {"late": 1},
    )
