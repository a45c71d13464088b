"""The formula language of indicators: read, evaluate, translate to SQL (its grammar: formula_grammar.py).

A formula is an expression over the data elements of one organisation and stage, e.g. ``pupils if
ownership == "public" else 0`` or ``activity_hours >= threshold``.

Values are Decimal, comparisons count as 1 or 0, a missing fact makes the whole formula None. There is no
division: a rate is Σ numerator / Σ denominator, and is formed after summing.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import lru_cache

from apps.plans.formula_grammar import ARITHMETIC, ATTRIBUTES, COMPARISONS, THRESHOLD, FormulaError, read

__all__ = ["ATTRIBUTES", "THRESHOLD", "Formula", "FormulaError", "evaluate", "parse", "to_sql"]

# Facts have 20 digits and a formula at most 200 factors: no product is ever rounded.
EXACT_DIGITS = 5000


@dataclass(frozen=True)
class Formula:
    """A checked formula with the names it uses."""

    text: str
    tree: ast.expr
    elements: frozenset[str]
    attributes: frozenset[str]
    uses_threshold: bool


@lru_cache(maxsize=2000)
def parse(text: str) -> Formula:
    """Read a formula. Whoever gets it shares it: nobody changes its tree.

    Raises:
        FormulaError: on anything but numbers, names, + - *, one comparison, `in`, and/or/not and if-else; on
            a school attribute that is used as a number or compared with a word it never takes.
    """
    text = text.strip()
    tree = read(text)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return Formula(
        text=text,
        tree=tree,
        elements=frozenset(names - ATTRIBUTES - {THRESHOLD}),
        attributes=frozenset(names & ATTRIBUTES),
        uses_threshold=THRESHOLD in names,
    )


def evaluate(
    formula: Formula,
    *,
    facts: Mapping[str, Decimal | None],
    attributes: Mapping[str, str] | None = None,
    threshold: Decimal | None = None,
) -> Decimal | None:
    """Return the exact value for one organisation and stage, or None when a fact or the threshold is missing.

    Every element the formula names must be present, also those in a branch that is not taken.
    """
    if any(facts.get(code) is None for code in formula.elements) or (
        formula.uses_threshold and threshold is None
    ):
        return None
    names: dict[str, object] = {**facts, **(attributes or {}), THRESHOLD: threshold}
    with localcontext(prec=EXACT_DIGITS):
        return _number(_value(formula.tree, names))


def _number(value: object) -> Decimal:
    if isinstance(value, bool):
        return Decimal(int(value))
    if isinstance(value, Decimal):
        return value
    raise FormulaError(f"{value!r} is not a number")


def _value(node: ast.expr, names: Mapping[str, object]) -> object:  # noqa: C901 - likewise
    match node:
        case ast.Name(id=name):
            return names[name]
        case ast.Constant(value=str() as text):
            return text
        case ast.Constant(value=constant):
            return Decimal(str(constant))
        case ast.BinOp(left=left, op=op, right=right):
            return ARITHMETIC[type(op)][1](_number(_value(left, names)), _number(_value(right, names)))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_number(_value(operand, names))
        case ast.UnaryOp(operand=operand):
            return not _truth(operand, names)
        case ast.BoolOp(op=ast.And(), values=values):
            return all(_truth(value, names) for value in values)
        case ast.BoolOp(values=values):
            return any(_truth(value, names) for value in values)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return _value(body if _truth(test, names) else orelse, names)
        case ast.Compare(left=left, ops=[ast.In()], comparators=[ast.Tuple(elts=elts)]):
            return _value(left, names) in {elt.value for elt in elts if isinstance(elt, ast.Constant)}
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return COMPARISONS[type(op)][1](_value(left, names), _value(right, names))
    raise FormulaError(ast.unparse(node))


def _truth(node: ast.expr, names: Mapping[str, object]) -> bool:
    value = _value(node, names)
    return value if isinstance(value, bool) else _number(value) != 0


def to_sql(formula: Formula, *, columns: Mapping[str, str]) -> tuple[str, list[object]]:
    """Return the formula as numeric SQL with its parameters; it is NULL where `evaluate` gives None.

    Args:
        columns: for each name the formula uses, the SQL that stands for it (trusted, never from a user, no
            parameters): facts and `threshold` numeric, attributes text.
    """
    params: list[object] = []
    expression = _sql_number(formula.tree, columns, params)
    needed = sorted(formula.elements) + ([THRESHOLD] if formula.uses_threshold else [])
    if needed:
        missing = " OR ".join(f"{columns[name]} IS NULL" for name in needed)
        expression = f"(CASE WHEN {missing} THEN NULL ELSE {expression} END)"
    return expression, params


def _sql_number(node: ast.expr, columns: Mapping[str, str], params: list[object]) -> str:
    match node:
        case ast.Name(id=name):
            return columns[name]
        case ast.Constant(value=str() as text):
            params.append(text)
            return "%s::text"
        case ast.Constant(value=constant):
            params.append(Decimal(str(constant)))
            return "%s::numeric"
        case ast.BinOp(left=left, op=op, right=right):
            first = _sql_number(left, columns, params)
            return f"({first} {ARITHMETIC[type(op)][0]} {_sql_number(right, columns, params)})"
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return f"(-{_sql_number(operand, columns, params)})"
        case ast.IfExp(test=test, body=body, orelse=orelse):
            condition = _sql_truth(test, columns, params)
            then = _sql_number(body, columns, params)
            return f"(CASE WHEN {condition} THEN {then} ELSE {_sql_number(orelse, columns, params)} END)"
        case _:
            return f"(CASE WHEN {_sql_truth(node, columns, params)} THEN 1 ELSE 0 END)::numeric"


def _sql_truth(node: ast.expr, columns: Mapping[str, str], params: list[object]) -> str:
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return f"(NOT {_sql_truth(operand, columns, params)})"
        case ast.BoolOp(op=op, values=values):
            joint = " AND " if isinstance(op, ast.And) else " OR "
            return "(" + joint.join(_sql_truth(value, columns, params) for value in values) + ")"
        case ast.Compare(left=left, ops=[ast.In()], comparators=[ast.Tuple(elts=elts)]):
            first = _sql_number(left, columns, params)
            params.append([elt.value for elt in elts if isinstance(elt, ast.Constant)])
            return f"({first} = ANY(%s::text[]))"
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            first = _sql_number(left, columns, params)
            return f"({first} {COMPARISONS[type(op)][0]} {_sql_number(right, columns, params)})"
        case _:
            return f"({_sql_number(node, columns, params)} <> 0)"
