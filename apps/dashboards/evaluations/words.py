"""An evaluation's states, values and margins as its readers see them. Pure."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext

from apps.core.display import Sign, rounded
from apps.dashboards import wording
from apps.organisations.enums import SchoolType, Stage
from apps.rollups.evaluations.checks import Answer
from apps.rollups.evaluations.enums import CheckKind, Comparison, Exclusion, ItemState
from apps.rollups.evaluations.rules import Check, SchoolRule
from apps.rollups.evaluations.standing import Cell, Row

SIGNS: dict[str, Sign] = {
    ItemState.MEETS: Sign("●", ItemState.MEETS.label, "achieved"),
    ItemState.FAILS: Sign("■", ItemState.FAILS.label, "off-track"),
    ItemState.MISSING: Sign("…", ItemState.MISSING.label, "no-data"),
    ItemState.NOT_DUE: Sign("○", ItemState.NOT_DUE.label, "not-due"),
    ItemState.UNCHECKED: Sign("◌", ItemState.UNCHECKED.label, "due"),
    ItemState.TO_CHECK: Sign("▷", ItemState.TO_CHECK.label, "waiting"),
    ItemState.TO_CONFIRM: Sign("?", ItemState.TO_CONFIRM.label, "unconfirmed"),
    ItemState.NOT_APPLICABLE: Sign("/", ItemState.NOT_APPLICABLE.label, "not-due"),
    ItemState.HIDDEN: Sign("▨", ItemState.HIDDEN.label, "hidden"),
}
MOST_DECIMALS = wording.MOST_DECIMALS
YES_NO = "是/否"


def sign_text(state: str) -> str:
    """Return a state as shape and word."""
    sign = SIGNS[state]
    return f"{sign.shape} {sign.word}"


def _telling(value: Fraction, limit: Fraction | None, decimals: int) -> Decimal:
    """Return a value rounded so that it never seems to lie on the other side of its line, or on it."""
    shown = rounded(value, decimals)
    if limit is None:
        return shown
    while decimals < MOST_DECIMALS and _side(Fraction(shown), limit) != _side(value, limit):
        decimals += 1
        shown = rounded(value, decimals)
    return shown


def _side(value: Fraction, limit: Fraction) -> int:
    return (value > limit) - (value < limit)


def decimals_of(number: Decimal) -> int:
    """Return how many decimals a number is written with."""
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def cell_value(rule: SchoolRule, cell: Cell) -> Decimal | None:
    """Return the value to show, None where there is none."""
    return None if cell.value is None else _telling(cell.value, cell.limit, rule.decimals)


def cell_margin(rule: SchoolRule, cell: Cell) -> Decimal | None:
    """Return the margin in the numerator's unit: rounded against the school: whole things, areas to 0.1."""
    if cell.margin is None or rule.operator == Comparison.FULFILLED:
        return None
    places = 1 if rule.is_continuous and rule.unit != "元" else 0
    scaled = cell.margin * 10**places
    return Decimal(scaled.__floor__()).scaleb(-places)


def margin_words(rule: SchoolRule, cell: Cell) -> str:
    """Return the margin in words: short of 3 people, 2 people to spare; empty where there is none."""
    margin = cell_margin(rule, cell)
    if margin is None:
        return ""
    size = wording.number_text(abs(margin), unit=rule.unit, decimals=decimals_of(margin))
    if margin >= 0:
        return gettext("%(size)s to spare") % {"size": size}
    if rule.operator == Comparison.AT_MOST:
        return gettext("%(size)s too many") % {"size": size}
    return gettext("%(size)s short") % {"size": size}


def value_words(rule: SchoolRule, cell: Cell) -> str:
    """Return a school's value, or in words why there is none."""
    if rule.operator == Comparison.FULFILLED and cell.value is not None:
        return gettext("Yes") if cell.value > 0 else gettext("No")
    value = cell_value(rule, cell)
    if value is None:
        return str(SIGNS[cell.state].word)
    return wording.number_text(value, unit=rule.value_unit, decimals=decimals_of(value))


def limit_lines(rule: SchoolRule) -> list[str]:
    """Return a rule's lines, one for each stage or type of school where they differ: Primary ≥ 4.2."""
    if rule.operator == Comparison.FULFILLED:
        return [gettext("Yes")]
    sign = "≤" if rule.operator == Comparison.AT_MOST else "≥"
    labels = {**dict(Stage.choices), **(dict(SchoolType.choices) if rule.is_whole_school else {})}
    lines = {key: f"{sign} {_plain(limit, rule.value_unit)}" for key, limit in rule.limits.items()}
    if len(set(lines.values())) == 1:
        return [next(iter(lines.values()))]
    return [f"{labels[key]} {line}" for key, line in lines.items()]


def line_words(rule: SchoolRule, cell: Cell) -> str:
    """Return the line that one school is held against, empty where there is none."""
    if cell.limit is None or rule.operator == Comparison.FULFILLED:
        return ""
    sign = "≤" if rule.operator == Comparison.AT_MOST else "≥"
    return f"{sign} {_plain(Decimal(cell.limit.numerator) / cell.limit.denominator, rule.value_unit)}"


def limits_words(rule: SchoolRule) -> str:
    """Return a rule's lines in one text."""
    return " / ".join(limit_lines(rule))


def _plain(number: Decimal, unit: str) -> str:
    shown = number.normalize()
    return wording.number_text(shown, unit=unit, decimals=decimals_of(shown))


SYMBOLS = {Comparison.AT_LEAST: "≥", Comparison.AT_MOST: "≤", Comparison.BELOW: "<"}


def standard_words(check: Check) -> str:
    """Return the line of a check in words."""
    if check.kind in (CheckKind.SIX_OF_SEVEN, CheckKind.SCHOOLS):
        return gettext("every school")
    if check.limit is None:
        return gettext("yes or no")
    return f"{SYMBOLS[Comparison(check.operator)]} {_limit(check)}"


def _limit(check: Check) -> str:
    assert check.limit is not None
    if check.kind == CheckKind.DISPERSION:
        return f"{check.limit:.2f}"
    return _plain(check.limit, check.unit)


def answer_value(answer: Answer) -> Decimal | None:
    """Return the figure of an answer as it is shown; schools that meet it where every school must."""
    if answer.value is None:
        return None
    if answer.check.kind in (CheckKind.SIX_OF_SEVEN, CheckKind.SCHOOLS):
        return Decimal(int(answer.value))
    return _telling(answer.value, answer.limit, answer.check.value_decimals)


def answer_words(answer: Answer) -> str:
    """Return the figure of an answer with its unit, a dash where there is none."""
    value, check = answer_value(answer), answer.check
    if check.kind in (CheckKind.SIX_OF_SEVEN, CheckKind.SCHOOLS):
        if not answer.n_expected:
            return "—"
        counts = {"met": value, "known": answer.n_known}
        return gettext("%(met)s of %(known)s reported") % counts
    if value is None:
        return "—"
    unit = YES_NO if check.limit is None else check.unit
    return wording.number_text(value, unit=unit, decimals=decimals_of(value))


def answer_margin(answer: Answer) -> str:
    """Return by how much a check is met or missed, in words; empty where there is no measure of it."""
    check = answer.check
    if check.kind in (CheckKind.SIX_OF_SEVEN, CheckKind.SCHOOLS):
        n_failing = len(answer.failing)
        return gettext("schools below the line: %(count)s") % {"count": n_failing} if n_failing else ""
    if answer.margin is None:
        return ""
    size = wording.as_decimal(abs(answer.margin)) or Decimal(0)
    unit = wording.gap_unit(check.unit)
    decimals = wording.decimals_to_tell_apart(size, check.value_decimals)
    text = wording.number_text(size, unit=unit, decimals=decimals)
    if answer.margin > 0 or (answer.margin == 0 and check.operator != Comparison.BELOW):
        return gettext("%(size)s to spare") % {"size": text}
    if check.operator == Comparison.AT_LEAST:
        return gettext("%(size)s short") % {"size": text}
    return gettext("%(size)s too high") % {"size": text}


def coverage_words(answer: Answer) -> str:
    """Return how many schools the figure rests on, empty where it rests on none or on all."""
    if not answer.n_expected or not answer.is_provisional:
        return ""
    counts = {"known": answer.n_known, "expected": answer.n_expected}
    return gettext("provisional: %(known)s of %(expected)s in") % counts


def exclusion_words(row: Row) -> str:
    """Return why the resource items leave a school out."""
    return str(Exclusion(row.exclusion).label) if row.exclusion else ""
