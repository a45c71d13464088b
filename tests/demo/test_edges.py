from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.demo.edges import bring_ratio_to
from apps.demo.reporting import WrittenFact

pair = st.integers(1, 400).flatmap(lambda below: st.tuples(st.integers(0, below), st.just(below)))


def facts(numbers):
    return [
        (WrittenFact(None, "primary", Decimal(above)), WrittenFact(None, "primary", Decimal(below)))
        for above, below in numbers
    ]


@given(st.lists(pair, min_size=1, max_size=30))
def test_the_sum_is_the_largest_below_the_share_and_no_school_breaks_its_rule(numbers):
    pairs = facts(numbers)

    bring_ratio_to(pairs, Fraction("0.5396"))

    whole = sum(below for _, below in numbers)
    assert sum(above.number for above, _ in pairs) == int(whole * Fraction("0.5396"))
    assert all(0 <= above.number <= below.number for above, below in pairs)


def test_a_share_that_cannot_be_reached_is_refused():
    with pytest.raises(ValueError, match="no room"):
        bring_ratio_to(facts([(1, 10)]), Fraction(2))
