"""How each line of an evaluation stands: from schools, from indicators, from what offices found. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from apps.organisations.enums import Stage
from apps.rollups.evaluations.enums import CheckKind, Comparison, ItemState
from apps.rollups.evaluations.rules import Check, Evaluation
from apps.rollups.evaluations.standing import Dispersion, Row, dispersion_of

# What counts as an open question, the worst first: an item of several checks stands as its worst one.
ORDER = (
    ItemState.FAILS,
    ItemState.MISSING,
    ItemState.NOT_DUE,
    ItemState.UNCHECKED,
    ItemState.TO_CHECK,
    ItemState.TO_CONFIRM,
    ItemState.HIDDEN,
    ItemState.MEETS,
    ItemState.NOT_APPLICABLE,
)
SETTLED = frozenset({ItemState.MEETS, ItemState.NOT_APPLICABLE})


@dataclass(frozen=True)
class Figure:
    """An indicator's figure: its exact value or None, and how many of those who owe it have reported."""

    value: Fraction | None
    n_known: int = 0
    n_expected: int = 0
    is_hidden: bool = False
    is_due: bool = True

    @property
    def is_complete(self) -> bool:
        return self.n_known == self.n_expected


@dataclass(frozen=True)
class Found:
    """What the responsible office found: yes or no, or a figure. It counts once a second person agreed."""

    meets: bool | None = None
    number: Fraction | None = None
    is_checked: bool = False
    is_returned: bool = False


@dataclass(frozen=True)
class Answer:
    """How a check stands. `failing` are the schools below the line, `margin` is positive above it.

    `is_provisional`: schools are missing, and they may still move the figure. `undecided` is what it would be
    if the bureau confirmed the rule.
    """

    check: Check
    state: str
    value: Fraction | None = None
    limit: Fraction | None = None
    margin: Fraction | None = None
    n_known: int = 0
    n_expected: int = 0
    failing: tuple[Row, ...] = ()
    is_provisional: bool = False
    undecided: str = ""


@dataclass(frozen=True)
class Material:
    """What the checks are answered from. `found` and `confirmed` go by the code of a check."""

    rows: Sequence[Row]
    figures: Mapping[str, Figure]
    found: Mapping[str, Found]
    confirmed: frozenset[str]


def answers_of(evaluation: Evaluation, material: Material) -> list[Answer]:
    """Return the answer to each check in the order of its file; a rule to be confirmed judges nothing."""
    answers = []
    for check in evaluation.checks:
        answer = ANSWERS[CheckKind(check.kind)](evaluation, check, material)
        if check.to_confirm and check.code not in material.confirmed:
            answer = replace(answer, state=ItemState.TO_CONFIRM, undecided=answer.state)
        answers.append(answer)
    return answers


def _six_of_seven(evaluation: Evaluation, check: Check, material: Material) -> Answer:
    rows = [row for row in material.rows if row.school.stage == check.stage and row.verdict]
    states = [(row, row.verdict.state) for row in rows if row.verdict]
    return _of_schools(check, states)


def _schools(evaluation: Evaluation, check: Check, material: Material) -> Answer:
    """A line that is necessary but not enough still needs the office's word once no school fails it."""
    rule = evaluation.rule(check.rule)
    answer = _of_schools(check, _once_a_school(material.rows, rule.code, once=rule.is_whole_school))
    if not rule.is_necessary_only or answer.state != ItemState.MEETS:
        return answer
    return replace(answer, state=_recorded(evaluation, check, material).state)


def _once_a_school(rows: Sequence[Row], code: str, *, once: bool) -> list[tuple[Row, str]]:
    states: dict[object, tuple[Row, str]] = {}
    for row in rows:
        key = row.school.organisation_id if once else row.school.key
        states.setdefault(key, (row, row.cells[code].state))
    return list(states.values())


def _of_schools(check: Check, states: Sequence[tuple[Row, str]]) -> Answer:
    """Every school must meet it: one failure is certain, meeting it needs everybody's figures."""
    expected = [(row, state) for row, state in states if state != ItemState.NOT_APPLICABLE]
    known = [state for _row, state in expected if state in (ItemState.MEETS, ItemState.FAILS)]
    failing = tuple(row for row, state in expected if state == ItemState.FAILS)
    if failing:
        state = ItemState.FAILS
    elif not expected:
        state = ItemState.NOT_APPLICABLE
    elif len(known) == len(expected):
        state = ItemState.MEETS
    else:
        asked = any(state != ItemState.NOT_DUE for _row, state in expected)
        state = ItemState.MISSING if asked else ItemState.NOT_DUE
    return Answer(
        check,
        state,
        value=Fraction(len(known) - len(failing)),
        limit=Fraction(len(expected)),
        margin=Fraction(-len(failing)),
        n_known=len(known),
        n_expected=len(expected),
        failing=failing,
        is_provisional=len(known) < len(expected),
    )


def dispersions(evaluation: Evaluation, check: Check, rows: Sequence[Row]) -> Dispersion:
    """Return the dispersion that a check speaks of, over the schools that the resource items include."""
    rule = evaluation.rule(check.rule)
    cells = [row.cells[rule.code] for row in rows if row.school.stage == check.stage and not row.exclusion]
    return dispersion_of(cells, per=rule.per)


def _dispersion(evaluation: Evaluation, check: Check, material: Material) -> Answer:
    """Compared as squares; with schools missing it may fail for now but not yet be met."""
    found = dispersions(evaluation, check, material.rows)
    assert check.limit is not None
    limit = Fraction(check.limit)
    if found.square is None:
        asked = any(
            row.cells[check.rule].state == ItemState.MISSING
            for row in material.rows
            if row.school.stage == check.stage
        )
        known_to_be_small = found.n_known == found.n_expected
        state = ItemState.NOT_APPLICABLE if known_to_be_small else ItemState.NOT_DUE
        state = ItemState.MISSING if asked else state
    elif found.square > limit**2:
        state = ItemState.FAILS
    else:
        state = ItemState.MEETS if found.is_complete else ItemState.MISSING
    value = found.value
    return Answer(
        check,
        state,
        value=value,
        limit=limit,
        margin=None if value is None else limit - value,
        n_known=found.n_known,
        n_expected=found.n_expected,
        is_provisional=not found.is_complete,
    )


def _indicator(evaluation: Evaluation, check: Check, material: Material) -> Answer:
    figure = material.figures.get(check.indicator)
    assert check.limit is not None
    limit = Fraction(check.limit)
    if figure is None or not figure.is_due:
        return Answer(check, ItemState.NOT_DUE, limit=limit)
    if figure.is_hidden:
        return Answer(check, ItemState.HIDDEN, limit=limit)
    answer = Answer(
        check,
        ItemState.MISSING,
        limit=limit,
        n_known=figure.n_known,
        n_expected=figure.n_expected,
        is_provisional=not figure.is_complete,
    )
    if figure.value is None:
        return answer
    met = compares(check.operator, figure.value, limit)
    return replace(
        answer,
        state=ItemState.FAILS if not met else ItemState.MEETS if figure.is_complete else ItemState.MISSING,
        value=figure.value,
        margin=margin_of(check.operator, figure.value, limit),
    )


def _recorded(evaluation: Evaluation, check: Check, material: Material) -> Answer:
    """Without a finding it is to be examined; nothing an office says of itself counts unseen."""
    found, limit = material.found.get(check.code), None if check.limit is None else Fraction(check.limit)
    if found is None or found.is_returned:
        return Answer(check, ItemState.UNCHECKED, limit=limit)
    value, margin = found.number, None
    if limit is not None and value is not None:
        met, margin = compares(check.operator, value, limit), margin_of(check.operator, value, limit)
    else:
        met, value = bool(found.meets), Fraction(bool(found.meets))
    judged = ItemState.MEETS if met else ItemState.FAILS
    state = judged if found.is_checked else ItemState.TO_CHECK
    return Answer(check, state, value=value, limit=limit, margin=margin, undecided=judged)


def compares(operator: str, value: Fraction, limit: Fraction) -> bool:
    """Tell whether a value meets its line; "below" leaves the line itself out."""
    match operator:
        case Comparison.AT_MOST:
            return value <= limit
        case Comparison.BELOW:
            return value < limit
    return value >= limit


def margin_of(operator: str, value: Fraction, limit: Fraction) -> Fraction:
    """Return the distance to the line, positive on its good side."""
    return value - limit if operator == Comparison.AT_LEAST else limit - value


ANSWERS: dict[CheckKind, Callable[[Evaluation, Check, Material], Answer]] = {
    CheckKind.SIX_OF_SEVEN: _six_of_seven,
    CheckKind.DISPERSION: _dispersion,
    CheckKind.SCHOOLS: _schools,
    CheckKind.INDICATOR: _indicator,
    CheckKind.RECORDED: _recorded,
}


def worst_of(states: Sequence[str]) -> str:
    """Return how an item of several checks stands: as its worst one."""
    return min(states, key=lambda state: ORDER.index(ItemState(state)))


def stage_name(stage: str) -> str:
    """Return a stage in words."""
    return str(Stage(stage).label)
