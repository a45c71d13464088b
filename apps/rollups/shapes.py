"""What computing indicators has in common: parts of one shape are rows of the same statement.

The text of a statement depends on the shape of a part alone: how many facts it takes, what is computed from
them, how quarters and schools are brought together. Which facts, which quarters, whose schools are rows that
the statement is given. A plan of a hundred indicators has some ten shapes, so that PostgreSQL plans ten
statements once for each connection, not a hundred for each acceptance.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from apps.plans import formulas
from apps.plans.formulas import Formula

if TYPE_CHECKING:
    from apps.rollups.definitions import Definition, Part

Amount = tuple[str, tuple[object, ...]]
"""SQL over one row of facts, `f.fact_1` and so on, with its parameters; lists of words are tuples here."""


@dataclass(frozen=True)
class Shape:
    """What the statement of a part is made from; `asks_some`: it is not about every school and stage."""

    facts: int
    numerator: Amount | None
    denominator: Amount | None
    measured: Amount | None
    has_quotient: bool
    uses_profile: bool
    is_flow: bool
    is_dispersion: bool
    is_split: bool
    asks_some: bool


@dataclass(frozen=True)
class Shaped:
    """A part's shape with the facts that stand for `fact_1`, `fact_2` and so on."""

    shape: Shape
    element_ids: tuple[int, ...]


def shaped(definition: Definition, part: Part) -> Shaped:
    """Return the shape of a part: equal for parts that differ in nothing but facts, unit and schools asked.

    Facts are numbered as the formulas name them, so that a/b and c/d are one shape whatever they are called.
    """
    indicator, ordered = definition.indicator, _ordered(part)
    columns = {code: f"f.fact_{place}" for place, code in enumerate(ordered, start=1)}
    columns |= {name: f"h.{name}" for name in ("ownership", "setting", "school_type")}
    columns |= {"stage": "f.stage", formulas.THRESHOLD: "w.threshold"}
    by_code = {element.code: element.pk for element in part.elements}
    shape = Shape(
        facts=len(ordered),
        numerator=_amount(part.numerator, columns),
        denominator=_amount(part.denominator, columns),
        measured=_amount(measured_formula(part), columns),
        has_quotient=part.denominator is not None and bool(part.denominator.elements),
        uses_profile=part.uses_profile,
        is_flow=definition.is_flow,
        is_dispersion=definition.is_dispersion,
        is_split=definition.is_split,
        asks_some=bool(indicator.applies_to or indicator.stages),
    )
    return Shaped(shape, tuple(by_code[code] for code in ordered))


def _ordered(part: Part) -> list[str]:
    """The part's facts in the order in which its formulas name them."""
    known = {element.code for element in part.elements}
    named = [name for formula in part.formulas for name in _names(formula) if name in known]
    return list(dict.fromkeys([*named, *sorted(known)]))


def _names(formula: Formula) -> list[str]:
    nodes = [node for node in ast.walk(formula.tree) if isinstance(node, ast.Name)]
    return [node.id for node in sorted(nodes, key=lambda node: (node.lineno, node.col_offset))]


def _amount(formula: Formula | None, columns: dict[str, str]) -> Amount | None:
    if formula is None:
        return None
    expression, params = formulas.to_sql(formula, columns=columns)
    return expression, tuple(tuple(one) if isinstance(one, list) else one for one in params)


def params_of(amount: Amount) -> Sequence[object]:
    """Return an amount's parameters as the driver takes them."""
    return [list(one) if isinstance(one, tuple) else one for one in amount[1]]


def measured_formula(part: Part) -> Formula | None:
    """Return what a school-level line measures: the left side of `hours >= threshold`, else None."""
    tree = part.numerator.tree if part.numerator and part.numerator.uses_threshold else None
    if isinstance(tree, ast.Compare) and isinstance(tree.comparators[0], ast.Name):
        return formulas.parse(ast.unparse(tree.left))
    return None
