"""The units whose reports a result still lacks: why, and how large they are where that is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from apps.collection.models import DataValue, Period
from apps.core import clock
from apps.plans import formulas
from apps.plans.enums import Basis, RuleKind
from apps.plans.models import ValidationRule
from apps.rollups import definitions
from apps.rollups.bench import aim_of
from apps.rollups.bounds import Bounds, bounds_of, decided
from apps.rollups.definitions import Definition, statistics_of
from apps.rollups.enums import BoundsBasis, Exclusion
from apps.rollups.explain_units import Reading, UnitRow
from apps.rollups.ledger import Ledger
from apps.rollups.models import Result
from apps.rollups.subjects import NEEDS_BASELINE, Aim, Moment
from apps.rollups.targets import Case

OUTSTANDING = frozenset(
    {
        Exclusion.NOT_REPORTED,
        Exclusion.LATE,
        Exclusion.WAITING,
        Exclusion.RETURNED,
        Exclusion.INCOMPLETE,
        Exclusion.NO_PROFILE,
    }
)
Known = Mapping[tuple[int, str, int], Decimal]


@dataclass(frozen=True)
class Missing:
    """What a result lacks: how many units for which reason, and what they could make of its value.

    `decided` tells whether the target is met or missed whatever they report, None where that is open.
    """

    reasons: Mapping[Exclusion, int]
    bounds: Bounds
    decided: bool | None = None

    @property
    def count(self) -> int:
        return sum(self.reasons.values())


def missing_of(result: Result, *, baseline: Fraction | None = None) -> Missing:
    """Return what a result (with its as-of period) lacks; about a dozen queries, none when it is complete.

    Args:
        baseline: the locked baseline's value in the indicator's unit.
    """
    if result.as_of is None or statistics_of(result).is_complete:
        return Missing({}, Bounds(BoundsBasis.COMPLETE))
    plan = result.indicator.plan
    definition = definitions.load(plan=plan, indicator_ids=[result.indicator_id])[0].at(result.period.quarter)
    ledger = Ledger(definition, sources=[result.as_of], region_id=result.region_id)
    rows = Reading(ledger, result.as_of, result.threshold, clock.today()).rows()
    lacking = [row for row in rows if row.exclusion in OUTSTANDING]
    reasons = Counter(row.exclusion for row in lacking if row.exclusion is not None)
    sizes = _sizes(definition, ledger, lacking, result)
    lowest = [element.minimum for part in definition.parts for element in part.elements]
    bounds = bounds_of(
        definition.subject,
        statistics_of(result),
        sizes,
        may_be_negative=any(minimum is None or minimum < 0 for minimum in lowest),
    )
    return Missing(reasons, bounds, _decided(definition, result, bounds, baseline))


def _decided(
    definition: Definition, result: Result, bounds: Bounds, baseline: Fraction | None
) -> bool | None:
    statistics = statistics_of(result)
    value = definition.subject.value(statistics)
    aim = aim_of(definition.in_force(result.period.ends_on))
    change = None if value is None or baseline is None else value - baseline
    if value is None or aim is None or (change is None and _speaks_of_change(definition, aim)):
        return None
    moment = Moment(result.period.quarter, result.period.quarter, clock.today(), {})
    return decided(Case(definition.subject, statistics, aim, moment, value, change, baseline), bounds)


def _speaks_of_change(definition: Definition, aim: Aim) -> bool:
    return definition.subject.basis == Basis.CHANGE or aim.operator in NEEDS_BASELINE


def _sizes(
    definition: Definition, ledger: Ledger, lacking: Sequence[UnitRow], result: Result
) -> list[Fraction | None]:
    """Return each unit's denominator from the facts last accepted of it, None where they are not known."""
    part = definition.parts[0]
    if part.denominator is None or result.as_of is None:
        return [None] * len(lacking)
    elements = {e.code: e.pk for e in part.elements if e.code in part.denominator.elements}
    larger = _larger(elements.values())
    known = _known(lacking, {*elements.values(), *larger.values()}, result.as_of)
    sizes: list[Fraction | None] = []
    for row in lacking:
        facts = {code: _fact(known, row, pk, larger) for code, pk in elements.items()}
        profile = ledger.profile(row.organisation, result.as_of.ends_on)
        attributes = {"stage": row.stage}
        if profile is not None:
            attributes |= {name: getattr(profile, name) for name in ("ownership", "setting", "school_type")}
        if any(fact is None for fact in facts.values()) or part.denominator.attributes - attributes.keys():
            sizes.append(None)
            continue
        size = formulas.evaluate(
            part.denominator, facts=facts, attributes=attributes, threshold=result.threshold
        )
        sizes.append(None if size is None else Fraction(size))
    return sizes


def _fact(known: Known, row: UnitRow, element: int, larger: Mapping[int, int]) -> Decimal | None:
    """Return a fact as last accepted, else one that a rule says is no smaller (tested ≤ enrolled)."""
    own = known.get((row.organisation.pk, row.stage, element))
    if own is None and element in larger:
        return known.get((row.organisation.pk, row.stage, larger[element]))
    return own


def _larger(elements: Iterable[int]) -> dict[int, int]:
    rules = ValidationRule.objects.filter(
        kind=RuleKind.AT_MOST, is_active=True, element__in=list(elements)
    ).order_by("pk")
    return dict(rules.values_list("element_id", "other_id"))


def _known(
    lacking: Sequence[UnitRow], elements: set[int], as_of: Period
) -> dict[tuple[int, str, int], Decimal]:
    values = DataValue.objects.filter(
        submission__organisation__in={row.organisation.pk for row in lacking},
        submission__period__ends_on__lte=as_of.ends_on,
        element__in=elements,
        accepted_number__isnull=False,
    ).order_by("submission__period__ends_on")
    return {
        (value.submission.organisation_id, value.stage, value.element_id): value.accepted_number
        for value in values.select_related("submission")
        if value.accepted_number is not None
    }
