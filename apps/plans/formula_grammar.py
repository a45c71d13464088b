"""The grammar of formulas: Python's own parser reads them, and only the forms below pass."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from apps.organisations.enums import Ownership, SchoolType, Setting, Stage

VOCABULARY: Mapping[str, frozenset[str]] = {
    "ownership": frozenset(Ownership.values),
    "setting": frozenset(Setting.values),
    "school_type": frozenset(SchoolType.values),
    "stage": frozenset(Stage.values),
}
ATTRIBUTES = frozenset(VOCABULARY)
THRESHOLD = "threshold"
MAXIMUM_LENGTH = 1200
MAXIMUM_DEPTH = 40

ARITHMETIC: Mapping[type[ast.operator], tuple[str, Callable]] = {
    ast.Add: ("+", operator.add),
    ast.Sub: ("-", operator.sub),
    ast.Mult: ("*", operator.mul),
}
COMPARISONS: Mapping[type[ast.cmpop], tuple[str, Callable]] = {
    ast.Eq: ("=", operator.eq),
    ast.NotEq: ("<>", operator.ne),
    ast.Lt: ("<", operator.lt),
    ast.LtE: ("<=", operator.le),
    ast.Gt: (">", operator.gt),
    ast.GtE: (">=", operator.ge),
}


class FormulaError(ValueError):
    """The text is not a formula; the message says which part and why."""


def read(text: str) -> ast.expr:
    """Return the checked syntax tree of a formula's text, or raise FormulaError."""
    if len(text) > MAXIMUM_LENGTH:
        raise FormulaError(_("it is longer than %(limit)d characters") % {"limit": MAXIMUM_LENGTH})
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise FormulaError(_("%(text)s is not an expression") % {"text": repr(text)}) from error
    if _depth(tree) > MAXIMUM_DEPTH:
        raise FormulaError(_("it is nested too deeply"))
    _check(tree)
    _check_numbers(tree, text)
    return tree


def _depth(tree: ast.AST) -> int:
    deepest, level = 0, [tree]
    while level:
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        deepest += 1
    return deepest


def _check_numbers(tree: ast.expr, text: str) -> None:
    """Refuse a decimal that a binary float would change, and scientific notation."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            literal = (ast.get_source_segment(text, node) or "").replace("_", "")
            if "e" in literal.lower() or Decimal(literal) != Decimal(str(node.value)):
                raise FormulaError(_("write %(number)s with fewer digits") % {"number": literal})


def _check(node: ast.expr) -> None:  # noqa: C901 - one case for each form of the grammar
    match node:
        case ast.Name(id=name) if name in ATTRIBUTES:
            raise FormulaError(_("%(name)s is a word: it can only be compared with words") % {"name": name})
        case ast.Name():
            return
        case ast.Constant(value=bool()):
            raise FormulaError(_("write 1 or 0 for yes or no"))
        case ast.Constant(value=int() | float()):
            return
        case ast.BinOp(left=left, op=op, right=right) if type(op) in ARITHMETIC:
            _check_all(left, right)
        case ast.UnaryOp(op=ast.USub() | ast.Not(), operand=operand):
            _check(operand)
        case ast.BoolOp(values=values):
            _check_all(*values)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            _check_all(test, body, orelse)
        case ast.Compare(ast.Name(id=name), [ast.In()], [ast.Tuple(elts=words)]) if words:
            _check_words(name, words)
        case ast.Compare(ast.Name(id=name), [ast.Eq() | ast.NotEq()], [word]) if name in ATTRIBUTES:
            _check_words(name, [word])
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in COMPARISONS:
            _check_all(left, right)
        case _:
            raise FormulaError(_("%(part)s is not allowed in a formula") % {"part": repr(ast.unparse(node))})


def _check_all(*nodes: ast.expr) -> None:
    for node in nodes:
        _check(node)


def _check_words(name: str, nodes: list[ast.expr]) -> None:
    for node in nodes:
        word = node.value if isinstance(node, ast.Constant) else None
        if word not in VOCABULARY.get(name, frozenset()):
            raise FormulaError(_("%(name)s is never %(word)s") % {"name": name, "word": ast.unparse(node)})
