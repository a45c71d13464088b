"""What each organisation writes in its return, with the reasons that the form asks for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from apps.collection.checks import changes_much
from apps.collection.models import Assignment, Period
from apps.demo import district, values
from apps.demo.values import Reporter
from apps.organisations.enums import Stage
from apps.organisations.models import Organisation
from apps.plans.models import DataElement

Key = tuple[int, str]


@dataclass
class WrittenFact:
    """One fact as its reporter writes it; not applicable and unusual ones carry their reason."""

    element: DataElement
    stage: str
    number: Decimal | None
    not_applicable: bool = False
    reason: str = ""

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
    organisation: Organisation,
    asked: Iterable[tuple[DataElement, str]],
    period: Period,
    before: Mapping[Key, Decimal | None],
) -> list[WrittenFact]:
    """Return the facts of one return.

    Args:
        before: the last accepted number of each fact, for the reasons of large changes.
    """
    return [
        _write(
            element, reporter_of(organisation, stage, period), period.quarter, before.get((element.pk, stage))
        )
        for element, stage in asked
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


def _write(element: DataElement, reporter: Reporter, quarter: int, before: Decimal | None) -> WrittenFact:
    rule = values.rule_of(element.code)
    exempt = rule.get("not_applicable", {})
    if reporter.code in exempt.get("schools", ()):
        return WrittenFact(element, reporter.stage, None, not_applicable=True, reason=exempt["reason"])
    number = values.fact(element.code, reporter, quarter)
    is_high = element.warn_above is not None and number > element.warn_above
    is_new = before is not None and changes_much(element, before, number)
    return WrittenFact(element, reporter.stage, number, reason=rule["warned"] if is_high or is_new else "")
