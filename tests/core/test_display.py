from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.collection.enums import DataState, SubmissionStatus
from apps.core import display
from apps.rollups.enums import Status


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (1234567, 0, "1,234,567"),
        (Decimal("53.96"), 1, "54.0"),
        (Decimal("0.5"), 0, "1"),
        (Decimal("2.5"), 0, "3"),
        (Decimal("-2.5"), 0, "-3"),
        (Decimal("-0.04"), 1, "0.0"),
        (Fraction(2, 3), 2, "0.67"),
        (Decimal("0.125"), 2, "0.13"),
        (0, 2, "0.00"),
    ],
)
def test_numbers_are_rounded_half_up_and_separated(value, decimals, text):
    assert display.number_text(value, decimals) == text


@pytest.mark.parametrize(
    ("share", "decimals", "text"),
    [
        (Fraction(93, 100), 0, "93"),
        (Fraction(999, 1000), 0, "99"),
        (Fraction(9999, 10000), 1, "99.9"),
        (1, 0, "100"),
        (Fraction(1, 1000), 0, "1"),
        (0, 0, "0"),
        (Fraction(11, 10), 0, "110"),
        (Fraction(1, 3), 1, "33.3"),
    ],
)
def test_a_percentage_is_full_or_empty_only_when_it_is(share, decimals, text):
    assert display.percent_text(share, decimals) == text


@given(st.fractions(min_value=-10_000, max_value=10_000), st.integers(min_value=0, max_value=6))
def test_rounding_is_off_by_half_a_step_at_most(value, decimals):
    assert abs(Fraction(display.rounded(value, decimals)) - value) <= Fraction(1, 2 * 10**decimals)


def test_every_status_has_a_sign():
    statuses = {*Status.values, *DataState.values, *SubmissionStatus.values}
    assert statuses - set(display.SIGNS) == set()


def test_lights_differ_in_shape_not_only_in_colour():
    lights = [display.SIGNS[status] for status in Status.values]
    assert len({sign.shape for sign in lights}) == len({sign.css for sign in lights}) == len(lights)


def test_states_of_returns_look_like_no_light():
    states = {display.SIGNS[state].shape for state in DataState.values if state != "not_due"}
    assert states & {display.SIGNS[status].shape for status in Status.values} == set()
