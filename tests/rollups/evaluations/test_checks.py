"""How each check is answered from schools, indicators and findings."""

from dataclasses import replace
from fractions import Fraction as F

import pytest

from apps.rollups.evaluations.checks import Figure, Found, Material, answers_of, worst_of
from apps.rollups.evaluations.enums import ItemState as S
from apps.rollups.evaluations.loading import evaluations

BALANCED, PRESCHOOL = evaluations()["balanced"], evaluations()["preschool"]


def answer(code, evaluation=BALANCED, *, figures=None, found=None, confirmed=()):
    material = Material([], figures or {}, {} if found is None else {code: found}, frozenset(confirmed))
    return next(one for one in answers_of(evaluation, material) if one.check.code == code)


@pytest.mark.parametrize(
    ("found", "state"),
    [
        (None, S.UNCHECKED),
        (Found(meets=True), S.TO_CHECK),
        (Found(meets=False), S.TO_CHECK),
        (Found(meets=True, is_checked=True), S.MEETS),
        (Found(meets=False, is_checked=True), S.FAILS),
        (Found(meets=True, is_returned=True), S.UNCHECKED),
    ],
)
def test_unknown_is_to_be_examined_and_nothing_counts_unseen(found, state):
    assert answer("G01", found=found).state == state


@pytest.mark.parametrize(
    ("number", "state", "margin"),
    [
        ("0.1499", S.MEETS, F("0.0001")),
        ("0.15", S.FAILS, F(0)),
        ("0.1235", S.MEETS, F("0.0265")),
        ("0.2", S.FAILS, F("-0.05")),
    ],
)
def test_the_difference_between_schools_must_lie_below_its_line(number, state, margin):
    found = answer("Q9-DIFFERENCE", found=Found(number=F(number), is_checked=True))
    assert (found.state, found.margin) == (state, margin)


@pytest.mark.parametrize(
    ("number", "state"), [("85", S.MEETS), ("84.9999", S.FAILS), ("100", S.MEETS), ("0", S.FAILS)]
)
def test_social_recognition(number, state):
    for code, evaluation in (("S1", BALANCED), ("P4", PRESCHOOL)):
        assert answer(code, evaluation, found=Found(number=F(number), is_checked=True)).state == state


def test_a_rule_that_cannot_be_cited_judges_nothing_until_confirmed():
    for meets in (True, False):
        found = Found(meets=meets, is_checked=True)
        open_one = answer("V-SAFETY", found=found)
        assert open_one.state == S.TO_CONFIRM
        settled = answer("V-SAFETY", found=found, confirmed=["V-SAFETY"])
        assert settled.state == (S.MEETS if meets else S.FAILS) == open_one.undecided


def test_which_rules_wait_for_the_bureau():
    checks = (*BALANCED.checks, *PRESCHOOL.checks)
    codes = [check.code for check in checks if check.to_confirm]
    assert codes == [
        *("G07", "V-SAFETY", "V-FALSE"),
        *("P21", "P22", "P25", "P26", "P27", "P28", "P29", "P31"),
    ]


@pytest.mark.parametrize(
    ("figure", "state", "margin", "is_provisional"),
    [
        (Figure(F(50), 5, 5), S.MEETS, F(0), False),
        (Figure(F("49.996"), 5, 5), S.FAILS, F("-0.004"), False),
        (Figure(F(60), 4, 5), S.MISSING, F(10), True),
        (Figure(F(40), 4, 5), S.FAILS, F(-10), True),
        (Figure(None, 0, 5), S.MISSING, None, True),
        (Figure(None, is_due=False), S.NOT_DUE, None, False),
        (Figure(F(60), 5, 5, is_hidden=True), S.HIDDEN, None, False),
    ],
    ids=[
        "on the line",
        "50.00 when rounded",
        "some missing",
        "fails",
        "nothing",
        "not due",
        "hidden",
    ],
)
def test_an_indicator_against_the_national_line(figure, state, margin, is_provisional):
    found = answer("P13", PRESCHOOL, figures={"A09-PUBLIC-SHARE": figure})
    assert (found.state, found.margin, found.is_provisional) == (state, margin, is_provisional)
    assert (found.value is None) == (margin is None)


def test_an_indicator_that_is_not_asked_is_not_due():
    assert answer("P13", PRESCHOOL).state == S.NOT_DUE


def test_an_item_stands_as_its_worst_check():
    assert worst_of([S.MEETS, S.FAILS, S.UNCHECKED]) == S.FAILS
    assert worst_of([S.MEETS, S.UNCHECKED]) == S.UNCHECKED
    assert worst_of([S.NOT_APPLICABLE, S.MEETS]) == S.MEETS


def test_items_are_as_many_as_the_national_rules_have():
    def items(evaluation, group):
        return len({check.item for check in evaluation.checks if check.group == group})

    assert [items(BALANCED, group) for group in ("government", "quality", "recognition")] == [15, 9, 1]
    assert [items(PRESCHOOL, group) for group in ("provision", "government", "quality")] == [3, 9, 5]
    assert [check.indicator for check in BALANCED.checks if check.group == "veto" and check.indicator] == [
        "A17-NO-EXAM",
        "A17-RANDOM-CLASS",
        "A17-BALANCED-CLASS",
    ]


def test_a_confirmation_is_of_the_words_it_saw():
    check = BALANCED.check("G07")
    assert check.digest == replace(check, note="anything").digest
    assert check.digest != replace(check, limit=6000).digest
