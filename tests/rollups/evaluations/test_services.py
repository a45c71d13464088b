"""Findings and confirmations: who writes them, what is refused, what stays."""

import datetime as dt
from decimal import Decimal as D

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from apps.core import clock
from apps.plans.models import PlanPolicy
from apps.rollups.evaluations import services
from apps.rollups.evaluations.enums import ItemState as S
from apps.rollups.evaluations.loading import evaluations
from apps.rollups.evaluations.models import EvaluationFinding, RuleConfirmation
from tests.factories import UserFactory
from tests.rollups.evaluations.world import TODAY, EvaluationDistrict, answer, report

pytestmark = pytest.mark.django_db
BALANCED = evaluations()["balanced"]


@pytest.fixture
def district():
    with clock.held_at(TODAY):
        yield EvaluationDistrict()


def record(district, code="G01", *, by, **given):
    given = {"meets": True, "as_of": TODAY, "basis": "布局规划（2024—2030）", **given}
    return services.finding_record(
        plan=district.plan, evaluation=BALANCED, check=BALANCED.check(code), by=by, **given
    )


def check(district, finding, *, by, accept=True, note=""):
    return services.finding_check(
        finding=finding, check=BALANCED.check(finding.code), accept=accept, by=by, note=note
    )


def reviewer(district):
    return UserFactory(role="office", organisation=district.plan.policy.cross_review_office)


def test_a_finding_counts_once_a_second_person_agreed(district):
    finding = record(district, by=district.staff("JICAI"))
    assert answer(report(district), "G01").state == S.TO_CHECK
    check(district, finding, by=reviewer(district))
    assert answer(report(district), "G01").state == S.MEETS
    record(district, by=district.staff("JICAI"), meets=False)
    assert answer(report(district), "G01").state == S.TO_CHECK


def test_a_returned_finding_is_to_be_examined_again(district):
    finding = record(district, by=district.staff("JICAI"))
    with pytest.raises(ValidationError):
        check(district, finding, by=reviewer(district), accept=False)
    check(district, finding, by=reviewer(district), accept=False, note="没有附规划文号")
    assert answer(report(district), "G01").state == S.UNCHECKED
    assert EvaluationFinding.objects.get().returned_note == "没有附规划文号"


def test_who_records_and_who_agrees(district):
    own, deputy = district.staff("JICAI"), UserFactory(role="deputy", region=district.region)
    deputy.offices_led.add(district.office_named("JICAI"))
    strangers = [
        district.staff("RENSHI"),
        district.user,
        deputy,
        UserFactory(role="leader", region=district.region),
        UserFactory(organisation=district.named("甲校")),
    ]
    for stranger in strangers:
        with pytest.raises(PermissionDenied):
            record(district, by=stranger)
    finding = record(district, by=own)
    for stranger in (own, district.staff("JICAI"), district.staff("RENSHI"), district.user):
        with pytest.raises(PermissionDenied):
            check(district, finding, by=stranger)
    assert check(district, finding, by=deputy).checked_by == deputy
    with pytest.raises(ValidationError):
        check(district, finding, by=reviewer(district))


def test_the_reviewing_offices_own_findings_go_to_the_other_one(district):
    PlanPolicy.objects.filter(plan=district.plan).update(cross_review_office=district.office_named("DUDAO"))
    finding = record(district, "Q3", by=district.staff("DUDAO"))
    with pytest.raises(PermissionDenied):
        check(district, finding, by=district.staff("DUDAO"))
    district.plan.policy.refresh_from_db()
    second = UserFactory(role="office", organisation=district.plan.policy.second_review_office)
    assert check(district, finding, by=second).is_agreed


@pytest.mark.parametrize(
    ("code", "given", "field"),
    [
        ("G01", {"meets": None}, "meets"),
        ("G01", {"as_of": dt.date(2025, 12, 16)}, "as_of"),
        ("G01", {"basis": " "}, "basis"),
        ("G12", {"number": None}, "number"),
        ("G12", {"number": D("100.01")}, "number"),
        ("G12", {"number": D(-1)}, "number"),
        ("Q9-DIFFERENCE", {"number": D("12.35")}, "number"),
    ],
)
def test_what_is_refused(district, code, given, field):
    staff = district.staff(BALANCED.check(code).office)
    with pytest.raises(ValidationError) as refused:
        record(district, code, by=staff, **given)
    assert list(refused.value.error_dict) == [field]
    assert not EvaluationFinding.objects.exists()


def test_every_word_stays_in_the_trail(district):
    staff = district.staff("JIAOYAN")
    record(district, "Q9-DIFFERENCE", by=staff, meets=None, number=D("0.2"))
    finding = record(district, "Q9-DIFFERENCE", by=staff, meets=None, number=D("0.1235"))
    trail = EvaluationFinding.history.rel.related_model.objects.order_by("pgh_id")
    assert [row.number for row in trail] == [D("0.2"), D("0.1235")]
    with transaction.atomic(), pytest.raises(Exception, match="Cannot update"):
        trail.update(number=1)
    with transaction.atomic(), pytest.raises(IntegrityError):
        EvaluationFinding.objects.filter(pk=finding.pk).update(checked_by=staff, checked_on=TODAY)


def test_the_administrator_confirms_a_rule_with_a_reason(district):
    rule = BALANCED.check("V-SAFETY")
    finding = record(district, "V-SAFETY", by=district.staff("ANQUAN"), meets=False)
    check(district, finding, by=reviewer(district))
    assert report(district).vetoes == []
    given = {"plan": district.plan, "evaluation": BALANCED, "check": rule}
    with pytest.raises(ValidationError):
        services.rule_decide(**given, confirm=True, reason="", by=district.user)
    with pytest.raises(PermissionDenied):
        services.rule_decide(**given, confirm=True, reason="省级细则", by=reviewer(district))
    services.rule_decide(**given, confirm=True, reason="省级细则第八条", by=district.user)
    assert [one.check.code for one in report(district).vetoes] == ["V-SAFETY"]
    services.rule_decide(**given, confirm=False, reason="省级细则修订", by=district.user)
    assert answer(report(district), "V-SAFETY").state == S.TO_CONFIRM


def test_a_confirmation_lapses_when_the_rule_says_something_else(district):
    rule = BALANCED.check("V-FALSE")
    services.rule_decide(
        plan=district.plan, evaluation=BALANCED, check=rule, confirm=True, reason="会议纪要", by=district.user
    )
    assert answer(report(district), "V-FALSE").state == S.UNCHECKED
    RuleConfirmation.objects.update(digest="0" * 64)
    assert answer(report(district), "V-FALSE").state == S.TO_CONFIRM


def test_a_rule_that_can_be_cited_needs_no_confirmation(district):
    with pytest.raises(ValidationError):
        services.rule_decide(
            plan=district.plan,
            evaluation=BALANCED,
            check=BALANCED.check("G01"),
            confirm=True,
            reason="示例",
            by=district.user,
        )
