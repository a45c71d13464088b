"""Lines, margins, six of seven and the coefficient of variation, checked by hand."""

from decimal import Decimal as D
from fractions import Fraction as F

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.rollups.evaluations.enums import ItemState as S
from apps.rollups.evaluations.loading import evaluations
from apps.rollups.evaluations.standing import (
    Cell,
    Fact,
    School,
    cell_of,
    dispersion_of,
    exclusion_of,
    row_of,
    verdict_of,
)

BALANCED = evaluations()["balanced"]
DEGREE = BALANCED.rule("R1")
STUDENTS, BOOKS = (45, 37, 89, 76, 55), (279, 137, 935, 160, 402)


def of(numerator, denominator, limit="4.2", rule=DEGREE):
    return cell_of(rule, D(limit), Fact(F(numerator)), Fact(F(denominator)), least_percent=85)


def test_the_golden_example_of_the_national_rules():
    found = dispersion_of([of(n, d) for n, d in zip(BOOKS, STUDENTS, strict=True)])
    assert (found.mean, round(float(found.value), 4)) == (F(1913, 302), 0.5153)
    assert found.square > F(1, 4)
    # What the unweighted forms give: one of them would pass.
    values = [n / d for n, d in zip(BOOKS, STUDENTS, strict=True)]
    mean = sum(values) / 5
    squares = sum((value - mean) ** 2 for value in values)
    assert [round((squares / n) ** 0.5 / mean, 4) for n in (5, 4)] == [0.4888, 0.5465]


@pytest.mark.parametrize(
    ("cells", "n_known", "n_expected"),
    [
        ([], 0, 0),
        ([of(3, 60)], 1, 1),
        ([of(0, 60), of(0, 40)], 2, 2),
        ([of(3, 60), of(0, 0)], 1, 1),
        ([of(3, 60), Cell(S.MISSING)], 1, 2),
    ],
    ids=["nobody", "one school", "mean of zero", "nobody to divide by", "one missing"],
)
def test_a_dispersion_that_is_undefined(cells, n_known, n_expected):
    found = dispersion_of(cells)
    assert (found.square, found.n_known, found.n_expected) == (None, n_known, n_expected)


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.integers(0, 500), st.integers(1, 3000)), min_size=2, max_size=9),
)
def test_the_dispersion_is_the_weighted_formula_in_any_order(schools):
    total, pupils = sum(n for n, _d in schools), sum(d for _n, d in schools)
    found = dispersion_of([of(n, d) for n, d in schools])
    assert dispersion_of([of(n, d) for n, d in sorted(schools)]) == found
    if not total:
        assert found.square is None
        return
    mean = F(total, pupils)
    square = sum(F(d, pupils) * (F(n, d) - mean) ** 2 for n, d in schools) / mean**2
    assert found.square == square


@pytest.mark.parametrize(
    ("numerator", "denominator", "state", "margin", "least_margin"),
    [
        (42, 1000, S.MEETS, F(0), F(63, 10)),
        (41, 1000, S.FAILS, F(-1), F(53, 10)),
        ("41.996", 1000, S.FAILS, F(-4, 1000), F("6.296")),
        ("35.7", 1000, S.FAILS, F("-6.3"), F(0)),
        (35, 1000, S.FAILS, F(-7), F("-0.7")),
        (0, 1000, S.FAILS, F(-42), F("-35.7")),
        (3, 0, S.NOT_APPLICABLE, None, None),
    ],
    ids=["on the line", "below", "4.20 when rounded", "on 85 %", "under 85 %", "zero", "no pupils"],
)
def test_a_school_against_its_line(numerator, denominator, state, margin, least_margin):
    cell = of(numerator, denominator)
    assert (cell.state, cell.margin, cell.least_margin) == (state, margin, least_margin)


def test_missing_excused_and_not_asked_are_three_things():
    pupils = Fact(F(100))
    assert cell_of(DEGREE, D("4.2"), Fact(), pupils).state == S.MISSING
    excused = cell_of(DEGREE, D("4.2"), Fact(is_excused=True, reason="教学点"), pupils)
    assert (excused.state, excused.reason) == (S.NOT_APPLICABLE, "教学点")
    assert cell_of(DEGREE, D("4.2"), Fact(is_asked=False), pupils).state == S.NOT_DUE
    assert cell_of(DEGREE, None, Fact(F(3)), pupils).state == S.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("pupils", "state", "margin"), [(2500, S.MEETS, 0), (2501, S.FAILS, -1), (2400, S.MEETS, 100)]
)
def test_an_upper_line_counts_the_other_way(pupils, state, margin):
    cell = cell_of(BALANCED.rule("SIZE"), D(2500), Fact(F(pupils)), None)
    assert (cell.state, cell.margin) == (state, margin)


MET, MISSED, BAD = of(42, 1000), of(41, 1000), of(35, 1000)
UNKNOWN, EXCUSED, LATER = Cell(S.MISSING), Cell(S.NOT_APPLICABLE), Cell(S.NOT_DUE)


@pytest.mark.parametrize(
    ("cells", "state"),
    [
        ([MET] * 7, S.MEETS),
        ([MET] * 6 + [MISSED], S.MEETS),
        ([MET] * 6 + [BAD], S.FAILS),
        ([MET] * 5 + [MISSED] * 2, S.FAILS),
        ([MET] * 6 + [UNKNOWN], S.MISSING),
        ([MET] * 5 + [MISSED, UNKNOWN], S.MISSING),
        ([MET] * 4 + [MISSED, MISSED, UNKNOWN], S.FAILS),
        ([UNKNOWN] * 6 + [BAD], S.FAILS),
        ([MET] * 6 + [EXCUSED], S.MISSING),
        ([EXCUSED] * 7, S.NOT_APPLICABLE),
        ([LATER] * 7, S.NOT_DUE),
    ],
)
def test_six_of_seven_and_the_other_not_under_85_percent(cells, state):
    verdict = verdict_of(dict(zip(BALANCED.resource_rules, cells, strict=True)), must_meet=6)
    assert verdict.state == state


def resource_facts(pupils):
    facts = {(rule.code, rule.numerator): Fact(F(0)) for rule in BALANCED.resources}
    return facts | {(rule.code, "pupils"): Fact(pupils) for rule in BALANCED.resources}


@pytest.mark.parametrize(
    ("type_code", "pupils", "exclusion"),
    [
        ("218", F(49), "small_point"),
        ("218", F(50), ""),
        ("211", F(49), ""),
        ("211", F(0), "no_pupils"),
        ("218", None, ""),
    ],
)
def test_small_teaching_points_are_left_out(type_code, pupils, exclusion):
    school = School(1, "primary", "primary", type_code, facts=resource_facts(pupils))
    assert exclusion_of(BALANCED, school) == exclusion
    row = row_of(BALANCED, school)
    states = {row.cells[code].state for code in BALANCED.resource_rules}
    if exclusion:
        assert (row.verdict, states) == (None, {S.NOT_APPLICABLE})
    else:
        assert row.verdict is not None
