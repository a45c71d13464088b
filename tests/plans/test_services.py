"""What the bureau decides about a plan: who may, from when it counts, and that no past is rewritten."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from apps.accounts.enums import Role
from apps.core import clock
from apps.plans.models import PlanPolicy, Target, TargetRevision
from apps.plans.services import target_confirm, target_set, tiers_enable
from tests.factories import (
    IndicatorFactory,
    OfficeFactory,
    PlanFactory,
    RegionFactory,
    SchoolFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
PUBLISHED = dt.date(2025, 3, 10)


@pytest.fixture(autouse=True)
def _today():
    with clock.held_at(dt.date(2025, 5, 20)):
        yield


@pytest.fixture
def target():
    indicator = IndicatorFactory(direction="at_least")
    return Target.objects.create(indicator=indicator, source="bureau_to_set")


def revise(target, *, number=1, source="plan_implied", confirmed_on=None, confirmed_by=None, **changes):
    values = {
        "operator": "at_least",
        "value": 90,
        "effective_from": PUBLISHED,
        "reason": "文意推出",
        **changes,
    }
    return TargetRevision.objects.create(
        target=target,
        number=number,
        source=source,
        confirmed_on=confirmed_on,
        confirmed_by=confirmed_by,
        **values,
    )


def person(role, target):
    region = target.indicator.plan.region
    members = {Role.REPORTER: SchoolFactory, Role.PRINCIPAL: SchoolFactory, Role.OFFICE: OfficeFactory}
    organisation = members[role](region=region) if role in members else None
    return UserFactory(role=role, region=region, organisation=organisation)


@pytest.fixture
def leader(target):
    return person(Role.LEADER, target)


@pytest.mark.parametrize("role", [Role.LEADER, Role.ADMINISTRATOR])
def test_confirming_puts_a_proposal_in_force_from_today(target, role):
    user, revision = person(role, target), revise(target)
    target_confirm(revision=revision, by=user)
    stored = TargetRevision.objects.get()
    assert (stored.confirmed_on, stored.confirmed_by) == (dt.date(2025, 5, 20), user)
    assert (stored.effective_from, stored.reason, stored.value) == (dt.date(2025, 5, 20), "文意推出", 90)
    assert list(TargetRevision.objects.in_force_on(dt.date(2025, 3, 31))) == []
    assert list(TargetRevision.objects.in_force_on(dt.date(2025, 6, 30))) == [stored]


def test_confirming_may_give_a_reason_and_a_date(target, leader):
    target_confirm(
        revision=revise(target), by=leader, reason="局务会议核定", effective_from=dt.date(2025, 4, 1)
    )
    stored = TargetRevision.objects.get()
    assert (stored.reason, stored.effective_from) == ("局务会议核定", dt.date(2025, 4, 1))


def test_a_proposal_for_later_stays_for_later(target, leader):
    target_confirm(revision=revise(target, effective_from=dt.date(2025, 7, 1)), by=leader)
    assert TargetRevision.objects.get().effective_from == dt.date(2025, 7, 1)


def test_confirming_twice_is_refused(target, leader):
    revision = revise(target)
    target_confirm(revision=revision, by=leader)
    with pytest.raises(ValidationError, match="This target is confirmed already"):
        target_confirm(revision=revision, by=leader)


def test_an_overtaken_proposal_is_not_confirmed(target, leader):
    proposal = revise(target)
    target_set(
        target=target, by=leader, reason="局务会议", effective_from=dt.date(2025, 5, 1), value=Decimal(80)
    )
    with pytest.raises(ValidationError, match="A later revision of this target is confirmed already"):
        target_confirm(revision=proposal, by=leader)


OTHERS = [Role.REPORTER, Role.PRINCIPAL, Role.OFFICE, Role.DEPUTY, Role.AUDITOR]


@pytest.mark.parametrize("role", OTHERS)
def test_nobody_else_decides(target, role):
    user, revision = person(role, target), revise(target)
    with pytest.raises(PermissionDenied):
        target_confirm(revision=revision, by=user)
    with pytest.raises(PermissionDenied):
        target_set(target=target, by=user, reason="想", effective_from=dt.date(2025, 5, 20), value=Decimal(1))
    with pytest.raises(PermissionDenied):
        tiers_enable(plan=target.indicator.plan, tiers=["core"], by=user)
    assert list(TargetRevision.objects.values_list("confirmed_on", flat=True)) == [None]


@pytest.mark.parametrize("place", ["above", "below", "beside"])
def test_a_leader_of_another_region_does_not_decide(place):
    nation = RegionFactory(code="100000")
    city = RegionFactory(code="430200", parent=nation, level="city")
    district = RegionFactory(code="430203", parent=city, level="district")
    elsewhere = RegionFactory(code="430204", parent=city, level="district")
    plan = PlanFactory(region={"below": city}.get(place, district))
    stranger = UserFactory(
        role=Role.LEADER, region={"above": city, "below": district, "beside": elsewhere}[place]
    )
    target = Target.objects.create(indicator=IndicatorFactory(area__plan=plan), source="bureau_to_set")
    with pytest.raises(PermissionDenied):
        target_set(
            target=target, by=stranger, reason="想", effective_from=dt.date(2025, 5, 20), value=Decimal(1)
        )
    with pytest.raises(PermissionDenied):
        tiers_enable(plan=plan, tiers=["core", "standard"], by=stranger)
    assert TargetRevision.objects.count() == 0
    assert PlanPolicy.objects.get(plan=plan).enabled_tiers == ["core"]


def test_an_inactive_leader_does_not_decide(target, leader):
    leader.is_active = False
    with pytest.raises(PermissionDenied):
        target_confirm(revision=revise(target), by=leader)


def test_setting_adds_a_revision_and_keeps_the_earlier_ones(target, leader):
    first = revise(target, source="plan", confirmed_on=PUBLISHED)
    before = TargetRevision.objects.filter(pk=first.pk).values().get()
    second = target_set(
        target=target,
        by=leader,
        reason=" 局务会议调整 ",
        effective_from=dt.date(2025, 7, 1),
        value=Decimal("92.5"),
    )
    assert (second.number, second.source, second.operator, second.level) == (
        2,
        "bureau_to_set",
        "at_least",
        "district",
    )
    assert (second.value, second.reason, second.proposed_by) == (Decimal("92.5"), "局务会议调整", leader)
    assert TargetRevision.objects.filter(pk=first.pk).values().get() == before
    assert (second.confirmed_on, second.confirmed_by) == (None, None)
    assert TargetRevision.objects.in_force_on(dt.date(2025, 7, 1)).first() == first
    with pytest.raises(ValidationError, match="somebody else confirms it"):
        target_confirm(revision=second, by=leader)
    second = target_confirm(revision=second, by=person(Role.ADMINISTRATOR, target))
    assert (second.effective_from, second.reason) == (dt.date(2025, 7, 1), "局务会议调整")
    june, july = (
        TargetRevision.objects.in_force_on(dt.date(2025, *day)).first() for day in ((6, 30), (7, 1))
    )
    assert (june, july) == (first, second)


def test_an_empty_target_is_set_for_the_whole_year(target, leader):
    revision = target_set(
        target=target, by=leader, reason="局务会议", effective_from=dt.date(2025, 1, 1), value=Decimal(80)
    )
    assert (revision.number, revision.effective_from) == (1, dt.date(2025, 1, 1))


@pytest.mark.parametrize(
    ("effective_from", "accepted"),
    [(dt.date(2025, 3, 31), False), (dt.date(2025, 4, 1), True), (dt.date(2025, 5, 20), True)],
)
def test_a_target_in_force_keeps_its_closed_quarters(target, leader, effective_from, accepted):
    revise(target, source="plan", confirmed_on=PUBLISHED)
    change = {
        "target": target,
        "by": leader,
        "reason": "调整",
        "effective_from": effective_from,
        "value": Decimal(1),
    }
    if accepted:
        assert target_set(**change).number == 2
    else:
        with pytest.raises(ValidationError) as refusal:
            target_set(**change)
        assert refusal.value.message_dict == {"effective_from": ["It can count from 2025-04-01 on."]}


def test_a_change_does_not_reach_back_before_the_last_one(target, leader):
    revise(target, source="plan", confirmed_on=PUBLISHED, effective_from=dt.date(2025, 8, 1))
    with pytest.raises(ValidationError, match="It can count from 2025-08-01 on"):
        target_set(
            target=target, by=leader, reason="调整", effective_from=dt.date(2025, 7, 1), value=Decimal(1)
        )


@pytest.mark.parametrize("reason", ["", "  "])
def test_setting_needs_a_reason(target, leader, reason):
    with pytest.raises(ValidationError) as refusal:
        target_set(
            target=target, by=leader, reason=reason, effective_from=dt.date(2025, 5, 20), value=Decimal(1)
        )
    assert refusal.value.message_dict == {"reason": ["Say why the target is set."]}


@pytest.mark.parametrize(
    ("direction", "values", "mistakes"),
    [
        ("at_least", {}, ["at_least needs a value."]),
        ("at_least", {"value": 1, "value_max": 2}, ["only a range has an upper limit."]),
        (
            "within_range",
            {"value": 3, "value_max": 2},
            ["a range needs an upper limit that is not below the lower one."],
        ),
        ("within_range", {"value": 3}, ["a range needs an upper limit that is not below the lower one."]),
        ("completed", {}, ["a completion needs the day it is due."]),
        ("completed", {"value": 1, "due_on": dt.date(2025, 12, 31)}, ["completed takes no value."]),
        (
            "increase_by",
            {"value": 1},
            ["increase_by speaks of a change: the indicator's basis must be the change."],
        ),
    ],
)
def test_values_must_fit_the_indicator(direction, values, mistakes):
    target = Target.objects.create(indicator=IndicatorFactory(direction=direction), source="bureau_to_set")
    with pytest.raises(ValidationError) as refusal:
        target_set(
            target=target,
            by=person(Role.LEADER, target),
            reason="定",
            effective_from=dt.date(2025, 5, 20),
            **values,
        )
    assert refusal.value.messages == mistakes
    assert target.revisions.count() == 0


def test_a_range_and_a_school_line_are_kept(target, leader):
    target.indicator.direction = "within_range"
    target.indicator.save()
    revision = target_set(
        target=target,
        by=leader,
        reason="定",
        effective_from=dt.date(2025, 5, 20),
        value=Decimal(2),
        value_max=Decimal(3),
        level="school",
    )
    stored = TargetRevision.objects.get(pk=revision.pk)
    assert (stored.value, stored.value_max, stored.level) == (2, 3, "school")


def test_tiers_are_switched_and_kept_in_order(target, leader):
    plan = target.indicator.plan
    tiers_enable(plan=plan, tiers=["standard", "core"], by=leader)
    assert PlanPolicy.objects.get(plan=plan).enabled_tiers == ["core", "standard"]


@pytest.mark.parametrize(
    ("tiers", "problem"),
    [(["standard"], "The core tier is always asked"), (["core", "all"], "There is no tier all")],
)
def test_unknown_tiers_and_none_are_refused(target, leader, tiers, problem):
    with pytest.raises(ValidationError, match=problem):
        tiers_enable(plan=target.indicator.plan, tiers=tiers, by=leader)
