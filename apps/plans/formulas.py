"""The formula language of indicators: read, check, evaluate, and translate to SQL.

A formula is an expression over the data elements of one organisation and stage, e.g. ``pupils if
ownership == "public" else 0`` or ``activity_hours >= threshold``. Python's own grammar reads it; only
the forms below pass.

Values are Decimal, comparisons count as 1 or 0, a missing fact makes the whole formula None. There is no
division: a rate is Σ numerator / Σ denominator, and is formed after summing.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

ATTRIBUTES = frozenset({"ownership", "setting", "school_type", "stage"})
THRESHOLD = "threshold"

_ARITHMETIC: dict[type[ast.operator], tuple[str, Callable]] = {
    ast.Add: ("+", operator.add),
    ast.Sub: ("-", operator.sub),
    ast.Mult: ("*", operator.mul),
}
_COMPARISONS: dict[type[ast.cmpop], tuple[str, Callable]] = {
    ast.Eq: ("=", operator.eq),
    ast.NotEq: ("<>", operator.ne),
    ast.Lt: ("<", operator.lt),
    ast.LtE: ("<=", operator.le),
    ast.Gt: (">", operator.gt),
    ast.GtE: (">=", operator.ge),
}


class FormulaError(ValueError):
    """The text is not a formula; the message says which part and why."""


@dataclass(frozen=True)
class Formula:
    """A checked formula with the names it uses."""

    text: str
    tree: ast.expr
    elements: frozenset[str]
    attributes: frozenset[str]
    uses_threshold: bool


def parse(text: str) -> Formula:
    """Read a formula.

    Raises:
        FormulaError: on anything but numbers, names, + - *, one comparison, `in`, and/or/not and if-else.
    """
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise FormulaError(f"not an expression: {text!r}") from error
    _check(tree)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return Formula(
        text=text.strip(),
        tree=tree,
        elements=frozenset(names - ATTRIBUTES - {THRESHOLD}),
        attributes=frozenset(names & ATTRIBUTES),
        uses_threshold=THRESHOLD in names,
    )


def _check(node: ast.expr) -> None:  # noqa: C901 - one case for each form of the grammar
    match node:
        case ast.Name():
            return
        case ast.Constant(value=bool()):
            raise FormulaError("write 1 or 0 for yes or no")
        case ast.Constant(value=int() | float() | str()):
            return
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            _check(left), _check(right)
        case ast.UnaryOp(op=ast.USub() | ast.Not(), operand=operand):
            _check(operand)
        case ast.BoolOp(values=values):
            for value in values:
                _check(value)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            _check(test), _check(body), _check(orelse)
        case ast.Compare(left=left, ops=[ast.In()], comparators=[ast.Tuple(elts=elts)]):
            _check(left)
            if not all(isinstance(elt, ast.Constant) and isinstance(elt.value, str) for elt in elts):
                raise FormulaError("`in` takes a list of texts")
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARISONS:
            _check(left), _check(right)
        case _:
            raise FormulaError(f"{ast.unparse(node)!r} is not allowed in a formula")


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
            return _ARITHMETIC[type(op)][1](_number(_value(left, names)), _number(_value(right, names)))
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
            return _COMPARISONS[type(op)][1](_value(left, names), _value(right, names))
    raise FormulaError(ast.unparse(node))


def _truth(node: ast.expr, names: Mapping[str, object]) -> bool:
    value = _value(node, names)
    return value if isinstance(value, bool) else _number(value) != 0


def to_sql(formula: Formula, *, columns: Mapping[str, str]) -> tuple[str, list[object]]:
    """Return the formula as a SQL expression of type numeric with its parameters.

    Args:
        columns: for each name the formula uses, the SQL that stands for it (trusted, never from a user).
    """
    params: list[object] = []
    return _sql_number(formula.tree, columns, params), params


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
            return f"({first} {_ARITHMETIC[type(op)][0]} {_sql_number(right, columns, params)})"
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
            return f"({first} {_COMPARISONS[type(op)][0]} {_sql_number(right, columns, params)})"
        case _:
            return f"({_sql_number(node, columns, params)} <> 0)"
