"""Contributions add up to the change exactly, whatever the parts, and do not depend on their order."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.rollups.decomposition import Amounts, Contribution, gathered, of_rate, of_sides, of_sum

AMOUNTS = st.builds(
    lambda n, d: Amounts(Fraction(n), Fraction(d)), st.integers(0, 10**6), st.integers(0, 10**6)
)
PARTS = st.dictionaries(st.integers(0, 8), AMOUNTS, max_size=9)
KEYS = st.sets(st.integers(0, 8))


def rate_of(parts):
    """Σn/Σd by plain addition, apart from the module under test."""
    below = sum(part.denominator for part in parts.values())
    return sum(part.numerator for part in parts.values()) / below if below else None


def shares(**parts):
    return {key: Amounts(Fraction(n), Fraction(d)) for key, (n, d) in parts.items()}


@settings(max_examples=100, deadline=None)
@given(PARTS, PARTS, KEYS)
def test_contributions_to_a_rate_add_up_to_its_change(before, after, alive_once):
    found = of_rate(before, after, alive_once=alive_once)
    start, end = rate_of(before), rate_of(after)
    if start is None or end is None:
        assert found is None
        return
    assert sum((one.total for one in found.values()), Fraction(0)) == end - start
    assert found.keys() == before.keys() | after.keys()


@settings(max_examples=100, deadline=None)
@given(PARTS, PARTS, KEYS)
def test_contributions_to_a_sum_add_up_to_its_change(before, after, alive_once):
    found = of_sum(before, after, alive_once=alive_once)
    change = sum(one.numerator for one in after.values()) - sum(one.numerator for one in before.values())
    assert sum((one.total for one in found.values()), Fraction(0)) == change


@settings(max_examples=100, deadline=None)
@given(PARTS, PARTS, KEYS, st.randoms(use_true_random=False))
def test_the_order_of_the_schools_changes_nothing(before, after, alive_once, random):
    def shuffled(parts):
        keys = list(parts)
        random.shuffle(keys)
        return {key: parts[key] for key in keys}

    assert of_rate(shuffled(before), shuffled(after), alive_once=alive_once) == of_rate(
        before, after, alive_once=alive_once
    )


@settings(max_examples=100, deadline=None)
@given(PARTS, PARTS)
def test_looking_back_is_looking_ahead_with_the_sign_turned(before, after):
    ahead, back = of_rate(before, after), of_rate(after, before)
    if ahead is not None:
        assert {key: -one.total for key, one in ahead.items()} == {
            key: one.total for key, one in back.items()
        }
        assert {key: -one.rate for key, one in ahead.items()} == {key: one.rate for key, one in back.items()}


@settings(max_examples=100, deadline=None)
@given(AMOUNTS, AMOUNTS)
def test_the_two_sides_of_a_quotient_add_up(before, after):
    found = of_sides(before, after)
    if not before.denominator or not after.denominator:
        assert found is None
    else:
        change = after.numerator / after.denominator - before.numerator / before.denominator
        assert found.total == change


def test_every_school_may_stand_still_while_the_mix_moves_the_rate():
    """Primary 20 % and junior 80 % both times; junior grew: 50 % → 60 %, all of it mix."""
    found = of_rate(shares(primary=(20, 100), junior=(80, 100)), shares(primary=(20, 100), junior=(160, 200)))
    assert [one.rate for one in found.values()] == [0, 0]
    assert sum(one.mix for one in found.values()) == Fraction(180, 300) - Fraction(100, 200)


def test_a_school_that_does_better_alone_is_all_rate():
    found = of_rate(shares(a=(40, 100), b=(50, 100)), shares(a=(60, 100), b=(50, 100)))
    assert found == {"a": Contribution(rate=Fraction(1, 10)), "b": Contribution()}


def test_an_opened_school_is_told_apart_from_one_that_had_not_reported():
    before, after = shares(old=(50, 100)), shares(old=(50, 100), new=(90, 100))
    assert of_rate(before, after, alive_once={"new"})["new"].schools > 0
    assert of_rate(before, after)["new"].reporting > 0


def test_a_school_without_denominator_has_no_rate_of_its_own():
    found = of_rate(shares(a=(0, 0), b=(50, 100)), shares(a=(30, 100), b=(50, 100)))
    assert found["a"].rate == 0
    assert sum(one.total for one in found.values()) == Fraction(80, 200) - Fraction(1, 2)


@pytest.mark.parametrize("empty", [{}, {"a": Amounts(Fraction(0), Fraction(0))}])
def test_nothing_of_nothing_has_no_contributions(empty):
    assert of_rate(empty, shares(a=(1, 2))) is None


def test_groups_hold_what_their_schools_hold():
    found = of_rate(shares(a=(40, 100), b=(50, 100), c=(1, 10)), shares(a=(60, 100), b=(45, 90), c=(2, 10)))
    by_group = gathered(found, {"a": "public", "b": "public", "c": "private"})
    assert by_group["public"] == found["a"] + found["b"]
    assert by_group["private"] == found["c"]
