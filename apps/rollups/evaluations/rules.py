"""What a national evaluation asks, as read from its file. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from apps.organisations.enums import SchoolType, Stage
from apps.rollups.evaluations.enums import CheckKind, Comparison


@dataclass(frozen=True)
class Rule:
    """What every rule has: its words in two languages and its source."""

    code: str
    name: str
    name_en: str
    source: str
    note: str = ""
    note_en: str = ""


@dataclass(frozen=True)
class SchoolRule(Rule):
    """A line that each school (or stage of it) must meet: numerator × `per` ÷ denominator against `limits`.

    `limits` go by stage, or by school type where `is_whole_school`. Without a denominator the numerator
    itself is compared. `unit` is what the numerator counts: shortfalls are told in it, whole ones unless
    `is_continuous`. `dispersion`: the limits of the coefficient of variation between schools, by stage.
    """

    short: str = ""
    short_en: str = ""
    numerator: str = ""
    denominator: str = ""
    per: int = 1
    operator: str = Comparison.AT_LEAST
    limits: Mapping[str, Decimal] = field(default_factory=dict)
    dispersion: Mapping[str, Decimal] = field(default_factory=dict)
    unit: str = ""
    value_unit: str = ""
    decimals: int = 0
    is_continuous: bool = False
    is_whole_school: bool = False
    is_necessary_only: bool = False

    @property
    def elements(self) -> tuple[str, ...]:
        return tuple(code for code in (self.numerator, self.denominator) if code)

    def limit_for(self, stage: str, school_type: str) -> Decimal | None:
        """Return the line of a school's stage, None where the rule does not speak of it."""
        return self.limits.get(school_type if self.is_whole_school else stage)


@dataclass(frozen=True)
class Check(Rule):
    """One line of an evaluation's list; several checks may make up one numbered `item` of a group.

    `limit` compares a figure of an indicator or one that an office found; without one the office says yes or
    no. `to_confirm`: its words cannot be cited, so it judges nothing until the bureau confirms them.
    """

    to_confirm: bool = False
    item: int = 0
    group: str = ""
    kind: str = CheckKind.RECORDED
    stage: str = ""
    rule: str = ""
    indicator: str = ""
    office: str = ""
    operator: str = ""
    limit: Decimal | None = None
    highest: Decimal | None = None
    unit: str = ""
    value_decimals: int = 0

    @property
    def digest(self) -> str:
        """What a confirmation is of: it no longer holds once the rule says something else."""
        words = "|".join((self.name, self.operator, f"{self.limit}", self.unit, self.source))
        return hashlib.sha256(words.encode()).hexdigest()

    @property
    def is_recorded(self) -> bool:
        """An office has to say something about it."""
        return bool(self.office)


@dataclass(frozen=True)
class Group:
    key: str
    name: str
    name_en: str


@dataclass(frozen=True)
class TeachingPoint:
    """Which schools are too small for the resource items."""

    type_code: str
    pupils: int


@dataclass(frozen=True)
class Evaluation:
    """One national evaluation. `resource_rules` are those of the six-of-seven rule.

    `indicator` is the plan's milestone that a veto blocks; those in `also_in` tell of the same things as its
    school rules.
    """

    key: str
    name: str
    name_en: str
    document: str
    document_en: str
    scope: str
    scope_en: str
    note: str
    note_en: str
    stages: tuple[str, ...]
    types: tuple[str, ...]
    groups: tuple[Group, ...]
    school_rules: tuple[SchoolRule, ...]
    checks: tuple[Check, ...]
    resource_rules: tuple[str, ...] = ()
    must_meet: int = 0
    least_percent: int = 100
    teaching_point: TeachingPoint | None = None
    indicator: str = ""
    also_in: tuple[str, ...] = ()

    def rule(self, code: str) -> SchoolRule:
        return next(rule for rule in self.school_rules if rule.code == code)

    def check(self, code: str) -> Check | None:
        return next((check for check in self.checks if check.code == code), None)

    @property
    def resources(self) -> tuple[SchoolRule, ...]:
        return tuple(rule for rule in self.school_rules if rule.code in self.resource_rules)

    @property
    def other_rules(self) -> tuple[SchoolRule, ...]:
        return tuple(rule for rule in self.school_rules if rule.code not in self.resource_rules)

    @property
    def elements(self) -> frozenset[str]:
        return frozenset(code for rule in self.school_rules for code in rule.elements)


def resource_checks(
    rules: Sequence[SchoolRule], stages: Sequence[str], group: str, source: str
) -> list[Check]:
    """Return the checks that follow from the resource rules: every school by stage, then each dispersion."""
    checks = [
        Check(
            code=f"SEVEN-{stage.upper()}",
            name="每所学校七项中至少六项达标，余项不低于标准的85%",
            name_en="Every school meets six of seven items, the other not under 85 %",
            source=source,
            item=1,
            group=group,
            kind=CheckKind.SIX_OF_SEVEN,
            stage=stage,
        )
        for stage in stages
    ]
    return checks + [
        Check(
            code=f"CV-{rule.code}-{stage.upper()}",
            name=f"{rule.name}校际差异系数",
            name_en=f"Coefficient of variation: {rule.name_en}",
            source=source,
            item=number,
            group=group,
            kind=CheckKind.DISPERSION,
            stage=stage,
            rule=rule.code,
            operator=Comparison.AT_MOST,
            limit=rule.dispersion[stage],
            unit="系数",
            value_decimals=4,
        )
        for number, rule in enumerate(rules, start=2)
        for stage in stages
        if stage in rule.dispersion
    ]


KNOWN_KEYS = frozenset({*Stage.values, *SchoolType.values})
