"""The formula language: what it takes and refuses, and that Python and PostgreSQL agree on every value."""

from decimal import Decimal as D

import pytest
from django.db import connection
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from apps.plans.formulas import FormulaError, evaluate, parse, to_sql

PUBLIC = 'pupils if ownership == "public" else 0'
INCLUSIVE = 'pupils if ownership in ("public", "inclusive") else 0'


def value(text, *, threshold=None, ownership="public", **facts):
    return evaluate(parse(text), facts=facts, attributes={"ownership": ownership}, threshold=threshold)


def test_parse_names_what_a_formula_uses():
    formula = parse(f" {INCLUSIVE} ")
    assert (formula.text, formula.elements, formula.attributes, formula.uses_threshold) == (
        INCLUSIVE,
        {"pupils"},
        {"ownership"},
        False,
    )
    assert parse("hours >= threshold").uses_threshold
    assert parse("hours >= threshold").elements == {"hours"}
    assert parse("4").elements == frozenset()


@pytest.mark.parametrize(
    ("text", "facts", "expected"),
    [
        ("a", {"a": D("0")}, D("0")),
        ("a + b * 2", {"a": D("1"), "b": D("3")}, D("7")),
        ("(a + b) * 2", {"a": D("1"), "b": D("3")}, D("8")),
        ("a - b", {"a": D("1"), "b": D("3")}, D("-2")),
        ("-a", {"a": D("5")}, D("-5")),
        ("a * 0.1 + a * 0.2", {"a": D("1")}, D("0.3")),
        ("a > b", {"a": D("2"), "b": D("2")}, D("0")),
        ("a >= b", {"a": D("2"), "b": D("2")}, D("1")),
        ("a == 0", {"a": D("0")}, D("1")),
        ("a != 0", {"a": D("0")}, D("0")),
        ("(a > 1) + (b > 1) + (c > 1)", {"a": D("2"), "b": D("1"), "c": D("3")}, D("2")),
        ("not a", {"a": D("0")}, D("1")),
        ("a and not b", {"a": D("1"), "b": D("0")}, D("1")),
        ("a or b", {"a": D("0"), "b": D("0")}, D("0")),
        ("a if b > 0 else c", {"a": D("1"), "b": D("0"), "c": D("9")}, D("9")),
        ("1", {}, D("1")),
    ],
)
def test_evaluate(text, facts, expected):
    assert value(text, **facts) == expected


def test_a_share_follows_the_schools_ownership():
    assert [value(PUBLIC, pupils=D(90), ownership=kind) for kind in ("public", "inclusive", "private")] == [
        90,
        0,
        0,
    ]
    assert [
        value(INCLUSIVE, pupils=D(90), ownership=kind) for kind in ("public", "inclusive", "private")
    ] == [90, 90, 0]


@pytest.mark.parametrize(("hours", "met"), [("1.9999", 0), ("2", 1), ("2.0", 1), ("2.0001", 1)])
def test_the_limit_is_included(hours, met):
    assert value("hours >= threshold", hours=D(hours), threshold=D("2")) == met


def test_a_missing_fact_or_threshold_is_not_zero():
    assert value("a + b", a=D(1), b=None) is None
    assert value("a + b", a=D(1)) is None
    assert value("a if b else c", a=D(1), b=D(1), c=None) is None
    assert value("a == 0", a=None) is None
    assert value("a >= threshold", a=D(1), threshold=None) is None


def test_products_are_exact_beyond_28_digits():
    large = D("9999999999999999.9999")
    assert value("a * a - (a - 1) * (a + 1)", a=large) == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "'' is not an expression"),
        ("a +", "'a +' is not an expression"),
        ("a\0", "'a\\x00' is not an expression"),
        ("a / b", "'a / b' is not allowed in a formula"),
        ("a // b", "'a // b' is not allowed in a formula"),
        ("a ** 2", "'a ** 2' is not allowed in a formula"),
        ("a % 2", "'a % 2' is not allowed in a formula"),
        ("+a", "'+a' is not allowed in a formula"),
        ("1 < a < 3", "'1 < a < 3' is not allowed in a formula"),
        ("a is b", "'a is b' is not allowed in a formula"),
        ("sum(a)", "'sum(a)' is not allowed in a formula"),
        ("a.real", "'a.real' is not allowed in a formula"),
        ("a[0]", "'a[0]' is not allowed in a formula"),
        ("(a, b)", "'(a, b)' is not allowed in a formula"),
        ("[a for a in b]", "'[a for a in b]' is not allowed in a formula"),
        ("lambda: a", "'lambda: a' is not allowed in a formula"),
        ("(a := 1)", "'(a := 1)' is not allowed in a formula"),
        ("__import__('os')", "\"__import__('os')\" is not allowed in a formula"),
        ("None", "'None' is not allowed in a formula"),
        ("True", "write 1 or 0 for yes or no"),
        ("1j", "'1j' is not allowed in a formula"),
        ("1e3", "write 1e3 with fewer digits"),
        ("0.12345678901234567890", "write 0.12345678901234567890 with fewer digits"),
        ('"public"', "\"'public'\" is not allowed in a formula"),
        ("ownership", "ownership is a word: it can only be compared with words"),
        ("ownership + 1", "ownership is a word: it can only be compared with words"),
        ('ownership < "public"', "ownership is a word: it can only be compared with words"),
        ('ownership == "publik"', "ownership is never 'publik'"),
        ("ownership == pupils", "ownership is never pupils"),
        ("ownership == stage", "ownership is never stage"),
        ('ownership in ("public", "publik")', "ownership is never 'publik'"),
        ("ownership in (1, 2)", "ownership is never 1"),
        ('ownership in ("public")', "\"ownership in 'public'\" is not allowed in a formula"),
        ("ownership in ()", "'ownership in ()' is not allowed in a formula"),
        ('pupils in ("public",)', "pupils is never 'public'"),
        ('ownership not in ("public",)', "\"ownership not in ('public',)\" is not allowed in a formula"),
        ("(" * 40 + "a" + " + 1)" * 40, "it is nested too deeply"),
        ("a + " * 300 + "a", "it is longer than 1200 characters"),
    ],
)
def test_parse_refuses(text, reason):
    with pytest.raises(FormulaError) as refusal:
        parse(text)
    assert str(refusal.value) == reason


# Python and PostgreSQL, the same value for the same formula.

NAMES = ("a", "b", "c", "threshold")
WORDS = {
    "ownership": ("public", "inclusive", "private"),
    "setting": ("urban", "town", "rural"),
    "stage": ("kindergarten", "primary", "whole"),
}

constants = st.one_of(
    st.integers(0, 10**6).map(str), st.decimals(0, 1000, places=4).map(lambda number: f"{number:f}")
)


def comparison_of_words(draw):
    name = draw(st.sampled_from(sorted(WORDS)))
    words = draw(st.lists(st.sampled_from(WORDS[name]), min_size=1, max_size=3))
    if draw(st.booleans()):
        return f"{name} {draw(st.sampled_from(['==', '!=']))} {words[0]!r}"
    return f"{name} in ({', '.join(map(repr, words))},)"


words = st.composite(comparison_of_words)()
numbers = st.recursive(
    st.one_of(st.sampled_from(NAMES), constants, words.map(lambda text: f"({text})")),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*"]), inner).map(
            lambda part: "({} {} {})".format(*part)
        ),
        st.tuples(inner, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), inner).map(
            lambda part: "({} {} {})".format(*part)
        ),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda part: "({} {} {})".format(*part)),
        st.tuples(inner, st.one_of(inner, words), inner).map(lambda part: "({} if {} else {})".format(*part)),
        inner.map(lambda text: f"(not {text})"),
        inner.map(lambda text: f"(-{text})"),
    ),
    max_leaves=12,
)
facts = st.one_of(
    st.none(),
    st.integers(0, 3).map(D),
    st.decimals("-9999999999999999.9999", "9999999999999999.9999", places=4),
)


def value_in_postgresql(formula, row):
    statement, params = to_sql(formula, columns={name: f"row.{name}" for name in row})
    casts = {name: "text" if name in WORDS else "numeric" for name in row}
    values = ", ".join(f"%s::{casts[name]}" for name in row)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {statement} FROM (VALUES ({values})) AS row ({', '.join(row)})", [*params, *row.values()]
        )
        return cursor.fetchone()[0]


@pytest.mark.django_db
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), text=numbers)
def test_python_and_postgresql_agree(data, text):
    assume(len(text) <= 1200)
    formula = parse(text)
    row = {name: data.draw(facts, label=name) for name in NAMES}
    row |= {name: data.draw(st.sampled_from(kinds), label=name) for name, kinds in WORDS.items()}
    attributes = {name: row[name] for name in WORDS}
    expected = evaluate(formula, facts=row, attributes=attributes, threshold=row["threshold"])
    assert value_in_postgresql(formula, row) == expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "row", "expected"),
    [
        ("a == 0", {"a": None}, None),
        ("a >= threshold", {"a": D(1), "threshold": None}, None),
        ("a if b else c", {"a": D(1), "b": D(1), "c": None}, None),
        ('a if ownership == "public" else 0', {"a": D(7), "ownership": "private"}, 0),
        ("-(-a)", {"a": D("2.5")}, D("2.5")),
        ("- -2.5", {"a": D("1")}, D("2.5")),
        ("a * a - (a - 1) * (a + 1)", {"a": D("9999999999999999.9999")}, 1),
    ],
)
def test_postgresql_at_the_edges(text, row, expected):
    assert value_in_postgresql(parse(text), row) == expected
