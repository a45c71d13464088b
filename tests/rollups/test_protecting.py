"""Hidden cells: what is small, what goes with it, and that nothing small follows from what is left."""

from __future__ import annotations

from decimal import Decimal as D
from fractions import Fraction

from hypothesis import example, given, settings
from hypothesis import strategies as st

from apps.rollups.linear import Span
from apps.rollups.protecting import WHOLE, Cell, Hidden, UnitCell, protect, shown_rows, total_of
from apps.rollups.veils import grown

THRESHOLD = 10
STAGES, OWNERSHIPS, SETTINGS = ("primary", "junior", "senior"), ("public", "private"), ("urban", "rural")


def unit(good, tested, stage="primary", ownership="public", setting="urban"):
    kinds = {WHOLE, ("stage", stage), ("ownership", ownership), ("setting", setting)}
    return UnitCell(Cell(D(good), D(tested)), frozenset(kinds))


def slices_of(units):
    """The slices' cells: the sums of their units."""
    keys = {key for one in units.values() for key in one.slices} - {WHOLE}
    return {key: total_of(one.cell for one in units.values() if key in one.slices) for key in keys}


def named(*units):
    return {(place, "whole"): one for place, one in enumerate(units)}


def hidden(*units):
    return protect(named(*units), slices_of(named(*units)), threshold=THRESHOLD)


def test_nothing_small_hides_nothing():
    assert hidden(unit(40, 900), unit(30, 400)) == Hidden()


def test_one_small_school_takes_the_next_smallest_with_it():
    found = hidden(unit(3, 105), unit(40, 105), unit(12, 90), unit(50, 105))
    assert (found.units, found.slices) == ({(0, "whole"), (2, "whole")}, set())


def test_two_small_ones_that_are_small_together_take_a_third():
    """Their sum is what subtraction gives: 0 of 20 would tell both."""
    assert hidden(unit(0, 12), unit(0, 11), unit(20, 90), unit(60, 105)).units == {
        (0, "whole"),
        (1, "whole"),
        (2, "whole"),
    }


def test_of_equal_ones_it_is_always_the_same():
    units = [unit(3, 105), *(unit(40, 105) for _ in range(4))]
    assert hidden(*units).units == {(0, "whole"), (1, "whole")}


def test_a_small_slice_takes_another_of_its_kind():
    found = hidden(unit(60, 200), unit(70, 300, stage="junior"), unit(2, 60, stage="senior"))
    assert found.slices == {("stage", "senior"), ("stage", "primary")}


def test_another_kind_of_slice_does_not_tell_it():
    """Senior pupils are the private ones: the kind of ownership would give away what the stage hides."""
    found = hidden(
        unit(60, 200), unit(70, 300, stage="junior"), unit(2, 60, stage="senior", ownership="private")
    )
    assert found.slices == {
        ("stage", "senior"),
        ("stage", "primary"),
        ("ownership", "private"),
        ("ownership", "public"),
    }


def test_a_single_stage_is_the_whole_and_cannot_be_kept_from_who_sees_it():
    assert hidden(unit(2, 60)) == Hidden(
        {(0, "whole")}, {("stage", "primary"), ("ownership", "public"), ("setting", "urban")}
    )


def test_what_has_not_been_reported_is_no_cell():
    units = {(1, "primary"): UnitCell(Cell(None, None), frozenset({WHOLE}))}
    assert protect(units, {("stage", "primary"): Cell(None, None)}, threshold=THRESHOLD) == Hidden()


def test_what_a_quarter_adds_is_a_cell_of_its_own():
    earlier = {1: Cell(D(30), D(100)), 2: Cell(D(4), D(100))}
    assert grown(Cell(D(36), D(200)), earlier, THRESHOLD).added == {1: (D(6), D(100))}
    assert grown(Cell(D(36), D(200)), earlier, THRESHOLD).is_small(THRESHOLD)
    assert not grown(Cell(D(45), D(200)), earlier, THRESHOLD).is_small(THRESHOLD)
    assert not grown(Cell(D(30), D(100), is_fresh=False), earlier, THRESHOLD).is_small(THRESHOLD)


def test_the_amount_of_one_quarter_is_shown_where_the_sums_on_both_sides_are():
    key = (1, "whole")
    by_quarter = {1: Hidden(), 2: Hidden({key}), 3: Hidden(), 4: Hidden()}
    assert shown_rows(by_quarter, by_quarter, key) == {1, 4}


def test_a_span_says_what_makes_a_vector():
    span = Span([[1, 1, 0], [0, 1, 1], [1, 2, 1]])
    assert span.makes([1, 0, -1]) == {0, 1}
    assert span.makes([0, 0, 1]) is None
    assert span.makes([0, 0, 0]) == set()


cells = st.tuples(st.integers(0, 60), st.integers(0, 60))
schools = st.lists(
    st.builds(
        lambda pair, stage, ownership, setting: unit(pair[0], sum(pair), stage, ownership, setting),
        cells,
        st.sampled_from(STAGES),
        st.sampled_from(OWNERSHIPS),
        st.sampled_from(SETTINGS),
    ),
    min_size=2,
    max_size=14,
)


@settings(max_examples=150, deadline=None)
@given(schools)
@example([unit(2, 60, "senior", "private"), unit(60, 200), unit(70, 300, "junior"), unit(90, 200, "junior")])
def test_no_small_cell_follows_from_what_is_shown(made):
    """Solved anew over single schools: the whole, the shown slices and schools are known, all else is not."""
    units = named(*made)
    slices = slices_of(units)
    found = protect(units, slices, threshold=THRESHOLD)
    order = sorted(units)
    sums = {key: [key in units[name].slices for name in order] for key in (WHOLE, *slices)}
    single = {name: [other == name for other in order] for name in order}
    known = [row for key, row in sums.items() if key not in found.slices]
    known += [row for name, row in single.items() if name not in found.units]
    span = Span(known)
    for name in found.units:
        if units[name].cell.is_small(THRESHOLD) and not _is_whole(single[name]):
            assert span.makes(single[name]) is None or _everything_is_small(units)
    for key in found.slices:
        if slices[key].is_small(THRESHOLD) and not _is_whole(sums[key]):
            assert span.makes(sums[key]) is None or _everything_is_small(units)


def _is_whole(row):
    return all(row)


def _everything_is_small(units):
    return total_of(one.cell for one in units.values()).is_small(THRESHOLD)


@settings(max_examples=100, deadline=None)
@given(schools)
def test_what_a_shown_sum_leaves_over_is_not_small(made):
    units = named(*made)
    slices = slices_of(units)
    found = protect(units, slices, threshold=THRESHOLD)
    for key in [WHOLE, *(key for key in slices if key not in found.slices)]:
        inside = {name: one.cell for name, one in units.items() if key in one.slices}
        left = [cell for name, cell in inside.items() if name in found.units]
        assert not left or not total_of(left).is_small(THRESHOLD) or len(left) == len(inside)


@given(st.lists(st.lists(st.integers(-2, 2), min_size=4, max_size=4), max_size=5), st.data())
def test_a_combination_is_found(vectors, data):
    shares = data.draw(st.lists(st.integers(-3, 3), min_size=len(vectors), max_size=len(vectors)))
    columns = range(4)
    made = [
        sum((Fraction(s) * v[c] for s, v in zip(shares, vectors, strict=True)), Fraction(0)) for c in columns
    ]
    assert Span(vectors).makes(made) is not None
