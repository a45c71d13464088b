"""What each organisation writes in its return, with the reasons that the form asks for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from apps.collection.models import Assignment, Period
from apps.demo import district, values
from apps.demo.values import Reporter
from apps.organisations.enums import Stage
from apps.organisations.models import Organisation
from apps.plans.models import DataElement, ValidationRule

Key = tuple[int, str]
Fired = tuple[ValidationRule, dict[str, str]]


@dataclass
class WrittenFact:
    """One fact as its reporter writes it; not applicable and unusual ones carry their reason.

    `fired`: the rules that find its number unusual, with the words of their sentences.
    """

    element: DataElement
    stage: str
    number: Decimal | None
    not_applicable: bool = False
    reason: str = ""
    fired: list[Fired] = field(default_factory=list)

    @property
    def key(self) -> Key:
        return (self.element.pk, self.stage)


def owed(period: Period) -> dict[int, list[tuple[DataElement, str]]]:
    """Return what each organisation owes for a period, in the form's order, by organisation id (1 query)."""
    rows = (
        Assignment.objects.filter(period=period, withdrawn_on__isnull=True)
        .select_related("element")
        .order_by("organisation", "element__position", "element__code", "stage")
    )
    found: dict[int, list[tuple[DataElement, str]]] = defaultdict(list)
    for row in rows:
        found[row.organisation_id].append((row.element, row.stage))
    return dict(found)


def write_facts(
    organisation: Organisation, asked: Iterable[tuple[DataElement, str]], period: Period
) -> list[WrittenFact]:
    """Return the facts of one return, not yet held against the rules."""
    return [
        _write(element, reporter_of(organisation, stage, period), period.quarter) for element, stage in asked
    ]


def reporter_of(organisation: Organisation, stage: str, period: Period) -> Reporter:
    """Return who reports a stage at the end of a period; an office has no pupils."""
    school = district.school_by_code().get(organisation.code)
    if school is None:
        return Reporter(code=organisation.code, stage=stage)
    pupils = district.pupils_on(school, period.ends_on)
    return Reporter(
        code=school.code,
        stage=stage,
        school_type=school.school_type,
        setting=school.setting,
        pupils=sum(pupils.values()) if stage == Stage.WHOLE else pupils[stage],
    )


def _write(element: DataElement, reporter: Reporter, quarter: int) -> WrittenFact:
    exempt = values.rule_of(element.code).get("not_applicable", {})
    if reporter.code in exempt.get("schools", ()):
        return WrittenFact(element, reporter.stage, None, not_applicable=True, reason=exempt["reason"])
    return WrittenFact(element, reporter.stage, values.fact(element.code, reporter, quarter))
