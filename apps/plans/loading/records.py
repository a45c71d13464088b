"""What the files of a plan say, as plain records; `place` names the file and record for sentences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class PlanRecord:
    place: str
    region: str
    year: int
    title: str
    title_en: str
    publisher: str
    published_on: dt.date
    closing: str
    enabled_tiers: tuple[str, ...]
    cross_review_office: str
    second_review_office: str
    revision_reasons: Mapping[str, str]


@dataclass(frozen=True)
class AreaRecord:
    place: str
    number: int
    name: str
    name_en: str
    offices: tuple[str, ...]


@dataclass(frozen=True)
class ChoiceRecord:
    value: int
    label: str
    label_en: str


@dataclass(frozen=True)
class ElementRecord:
    place: str
    code: str
    name: str
    name_en: str
    help: str
    help_en: str
    value_type: str
    accumulation: str
    reporter: str
    per_stage: bool
    unit: str
    minimum: Decimal | None
    maximum: Decimal | None
    decimals: int
    choices: tuple[ChoiceRecord, ...]
    warn_above: Decimal | None
    warn_change_percent: int | None
    evidence: str
    privacy: str


@dataclass(frozen=True)
class FactRuleRecord:
    place: str
    left: str
    right: str


@dataclass(frozen=True)
class RuleRecord:
    """A rule of rules.yaml; `element` is empty where it holds for every figure."""

    place: str
    kind: str
    severity: str
    element: str
    addends: tuple[str, ...]
    other: str
    limit: Decimal | None
    least_change: Decimal


@dataclass(frozen=True)
class TargetRecord:
    """`operator` is empty where the bureau is to set the target."""

    place: str
    source: str
    text: str
    level: str
    operator: str
    value: Decimal | None
    value_max: Decimal | None
    due_on: dt.date | None

    @property
    def has_value(self) -> bool:
        return bool(self.operator) or self.value is not None or self.value_max is not None


@dataclass(frozen=True)
class ReferenceLineRecord:
    place: str
    stage: str
    level: str
    operator: str
    value: Decimal
    label: str
    label_en: str
    source: str
    is_confirmed: bool


@dataclass(frozen=True)
class IndicatorRecord:
    place: str
    code: str
    area: int
    also_in: tuple[int, ...]
    name: str
    name_en: str
    tier: str
    kind: str
    quote: str
    offices: tuple[str, ...]
    reporter: str
    applies_to: tuple[str, ...]
    stages: tuple[str, ...]
    due_quarters: tuple[int, ...]
    accumulation: str
    aggregation: str
    direction: str
    basis: str
    unit: str
    decimals: int
    numerator: str
    denominator: str
    numerator_label: str
    numerator_label_en: str
    denominator_label: str
    denominator_label_en: str
    privacy: str
    is_provisional: bool
    target: TargetRecord
    reference_lines: tuple[ReferenceLineRecord, ...]
    notes: str


@dataclass(frozen=True)
class MeasureRecord:
    place: str
    area: int
    code: str
    name: str
    name_en: str
    quote: str
    offices: tuple[str, ...]
    check: str
    indicators: tuple[str, ...]
    due_on: dt.date | None


@dataclass(frozen=True)
class PlanBundle:
    """All that the files of one plan say."""

    plan: PlanRecord
    text: str
    areas: tuple[AreaRecord, ...]
    elements: tuple[ElementRecord, ...]
    fact_rules: tuple[FactRuleRecord, ...]
    rules: tuple[RuleRecord, ...]
    indicators: tuple[IndicatorRecord, ...]
    measures: tuple[MeasureRecord, ...]
