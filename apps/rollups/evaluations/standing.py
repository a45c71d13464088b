"""How schools and the district stand to the lines of an evaluation. Pure and exact.

Sources: 教督〔2017〕6号 (six of seven, 85 %, coefficient of variation by item and stage) and 教督〔2020〕1号.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from apps.rollups.aggregates import Statistics, root, squared_cv, squares_of
from apps.rollups.evaluations.enums import Comparison, Exclusion, ItemState
from apps.rollups.evaluations.rules import Evaluation, SchoolRule


@dataclass(frozen=True)
class Fact:
    """What a school has said: a number, that it does not apply (with its reason), or nothing yet.

    `is_asked` is False where nobody has asked it for this fact in the quarter.
    """

    number: Fraction | None = None
    is_excused: bool = False
    reason: str = ""
    is_asked: bool = True


@dataclass(frozen=True)
class Cell:
    """One school against one line. `margin` is in the numerator's unit, positive above the line.

    `least_margin` is the distance to the share of the line below which no item may lie.
    """

    state: str
    value: Fraction | None = None
    limit: Fraction | None = None
    margin: Fraction | None = None
    least_margin: Fraction | None = None
    reason: str = ""
    numerator: Fraction | None = None
    denominator: Fraction | None = None

    @property
    def is_judged(self) -> bool:
        return self.state in (ItemState.MEETS, ItemState.FAILS)

    @property
    def is_under_least(self) -> bool:
        """The value lies below the least share of the line."""
        return self.least_margin is not None and self.least_margin < 0


def cell_of(
    rule: SchoolRule, limit: Decimal | None, above: Fact, below: Fact | None, *, least_percent: int = 100
) -> Cell:
    """Return how a school stands to a rule, from the facts of its numerator and denominator."""
    if limit is None:
        return Cell(ItemState.NOT_APPLICABLE)
    line = Fraction(limit)
    facts = [above] if below is None else [above, below]
    if not all(fact.is_asked for fact in facts):
        return Cell(ItemState.NOT_DUE, limit=line)
    excused = next((fact for fact in facts if fact.is_excused), None)
    if excused:
        return Cell(ItemState.NOT_APPLICABLE, limit=line, reason=excused.reason)
    divisor = Fraction(1) if below is None else below.number
    if above.number is None or divisor is None:
        return Cell(ItemState.MISSING, limit=line)
    if divisor <= 0:
        return Cell(ItemState.NOT_APPLICABLE, limit=line)
    needed = line * divisor / rule.per
    sign = -1 if rule.operator == Comparison.AT_MOST else 1
    margin = (above.number - needed) * sign
    return Cell(
        state=ItemState.MEETS if margin >= 0 else ItemState.FAILS,
        value=above.number * rule.per / divisor,
        limit=line,
        margin=margin,
        least_margin=(above.number - needed * least_percent / 100) * sign,
        numerator=above.number,
        denominator=None if below is None else divisor,
    )


@dataclass(frozen=True)
class Verdict:
    """A school against all seven resources: how many it meets, which it misses, which of those badly."""

    state: str
    n_met: int = 0
    missed: tuple[str, ...] = ()
    under_least: tuple[str, ...] = ()


def verdict_of(cells: Mapping[str, Cell], *, must_meet: int) -> Verdict:
    """Return the verdict of the six-of-seven rule; certain failures need no further data.

    Args:
        cells: rule code → cell, of the resource rules only.
    """
    missed = tuple(code for code, cell in cells.items() if cell.state == ItemState.FAILS)
    under = tuple(code for code in missed if cells[code].is_under_least)
    n_met = sum(cell.state == ItemState.MEETS for cell in cells.values())
    allowed = len(cells) - must_meet
    if len(missed) > allowed or under:
        state = ItemState.FAILS
    elif len(missed) + n_met == len(cells):
        state = ItemState.MEETS
    elif all(cell.state == ItemState.NOT_DUE for cell in cells.values()):
        state = ItemState.NOT_DUE
    elif all(cell.state == ItemState.NOT_APPLICABLE for cell in cells.values()):
        state = ItemState.NOT_APPLICABLE
    else:
        state = ItemState.MISSING
    return Verdict(state, n_met, missed, under)


@dataclass(frozen=True)
class School:
    """A school × stage with its facts, by rule and element, of the quarter from which each rule is read.

    `key` is (organisation, stage).
    """

    organisation_id: int
    stage: str
    school_type: str
    type_code: str = ""
    ownership: str = ""
    setting: str = ""
    facts: Mapping[tuple[str, str], Fact] = None  # type: ignore[assignment]

    @property
    def key(self) -> tuple[int, str]:
        return self.organisation_id, self.stage

    def fact(self, rule: SchoolRule, element: str) -> Fact:
        return (self.facts or {}).get((rule.code, element), Fact(is_asked=False))


@dataclass(frozen=True)
class Row:
    """A school × stage against every rule; `exclusion` says why the resource items leave it out."""

    school: School
    cells: Mapping[str, Cell]
    verdict: Verdict | None
    exclusion: str = ""

    @property
    def pupils(self) -> Fraction | None:
        """Its pupils, as the first resource rule reads them."""
        return next((cell.denominator for cell in self.cells.values() if cell.denominator is not None), None)


def row_of(evaluation: Evaluation, school: School) -> Row:
    """Return a school's row: its cells, and the verdict unless the resource items leave it out."""
    exclusion = exclusion_of(evaluation, school)
    cells = {
        rule.code: Cell(ItemState.NOT_APPLICABLE)
        if exclusion and rule.code in evaluation.resource_rules
        else cell_of(
            rule,
            rule.limit_for(school.stage, school.school_type),
            school.fact(rule, rule.numerator),
            school.fact(rule, rule.denominator) if rule.denominator else None,
            least_percent=evaluation.least_percent,
        )
        for rule in evaluation.school_rules
    }
    resources = {code: cells[code] for code in evaluation.resource_rules}
    verdict = verdict_of(resources, must_meet=evaluation.must_meet) if resources and not exclusion else None
    return Row(school, cells, verdict, exclusion)


def exclusion_of(evaluation: Evaluation, school: School) -> str:
    """Return why the resource items leave a school out, empty where they do not."""
    rule = next((rule for rule in evaluation.resources), None)
    if rule is None:
        return ""
    pupils = school.fact(rule, rule.denominator).number
    if pupils is None:
        return ""
    if pupils == 0:
        return Exclusion.NO_PUPILS
    point = evaluation.teaching_point
    if point and school.type_code == point.type_code and pupils < point.pupils:
        return Exclusion.SMALL_POINT
    return ""


@dataclass(frozen=True)
class Dispersion:
    """The weighted coefficient of variation of one rule and stage over the schools known so far."""

    square: Fraction | None
    mean: Fraction | None
    n_known: int
    n_expected: int

    @property
    def value(self) -> Fraction | None:
        """To 30 decimals, for display; compare `square`."""
        return None if self.square is None else root(self.square)

    @property
    def is_complete(self) -> bool:
        return self.n_known == self.n_expected


def dispersion_of(cells: Sequence[Cell], *, per: int = 1) -> Dispersion:
    """Return the dispersion of one rule among schools of one stage (standards of 教督〔2017〕6号).

    CV² = Σ d/D·(x − x̄)² / x̄² with x̄ = N/D, weighted by enrolment d; undefined under two schools or x̄ = 0.
    """
    known = [
        (cell.numerator, cell.denominator)
        for cell in cells
        if cell.numerator is not None and cell.denominator
    ]
    expected = [cell for cell in cells if cell.state != ItemState.NOT_APPLICABLE]
    above, below = sum((n for n, _d in known), Fraction(0)), sum((d for _n, d in known), Fraction(0))
    statistics = Statistics(
        n_due=len(expected),
        n_reported=len(known),
        numerator=above,
        denominator=below,
        sum_ratio_squares=squares_of(known),
    )
    return Dispersion(
        square=squared_cv(statistics),
        mean=above * per / below if below else None,
        n_known=len(known),
        n_expected=len(expected),
    )
