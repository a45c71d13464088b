import datetime as dt
from decimal import Decimal as D

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from apps.core import clock
from apps.plans.models import TargetSchedule
from apps.plans.schedules.rules import builds_up, schedule_mistakes
from apps.plans.schedules.services import schedule_set
from apps.plans.services import thresholds_set
from tests.dashboards.factories import TargetFactory
from tests.factories import IndicatorFactory, PlanFactory, RegionFactory, UserFactory

JULY = dt.date(2025, 7, 10)
THIRD = dt.date(2025, 7, 1)


@pytest.mark.parametrize(
    ("kind", "aggregation", "accumulation", "has_denominator", "expected"),
    [
        ("count", "sum", "flow", False, True),
        ("count", "district_only", "year_to_date", False, True),
        ("amount", "district_only", "flow", False, True),
        ("milestone", "district_only", "stock", True, True),
        ("count", "sum", "stock", False, False),
        ("rate", "ratio_of_sums", "stock", True, False),
        ("rate", "ratio_of_sums", "flow", True, False),
        ("rate", "district_only", "flow", True, False),
    ],
)
def test_only_what_builds_up_follows_a_schedule(kind, aggregation, accumulation, has_denominator, expected):
    found = builds_up(
        kind=kind, aggregation=aggregation, accumulation=accumulation, has_denominator=has_denominator
    )
    assert found is expected


@pytest.mark.parametrize(
    ("kind", "checkpoints", "n_mistakes"),
    [
        ("even", (), 0),
        ("due_quarters", (), 0),
        ("checkpoints", (0, 0, 9, 12), 0),
        ("checkpoints", (0, 5, 3, 12), 1),
        ("checkpoints", (-1, 0, 3, 12), 1),
        ("checkpoints", (0, 0, 0, 0), 1),
        ("checkpoints", (0, None, 3, 12), 1),
        ("checkpoints", (), 1),
    ],
)
def test_mistakes_in_a_schedule(kind, checkpoints, n_mistakes):
    numbers = [None if number is None else D(number) for number in checkpoints]
    assert len(list(schedule_mistakes(kind, numbers))) == n_mistakes


@pytest.fixture
def target(db):
    indicator = IndicatorFactory(kind="count", aggregation="sum", accumulation="flow", unit="次")
    return TargetFactory(indicator=indicator)


@pytest.fixture
def leader(target):
    return UserFactory(role="leader", region=target.indicator.plan.region)


def set_schedule(target, by, **options):
    given = {"kind": "due_quarters", "reason": "局务会议", "effective_from": THIRD, **options}
    with clock.held_at(JULY):
        return schedule_set(target=target, by=by, **given)


def test_a_schedule_is_followed_by_the_next_and_recorded(target, leader):
    first = set_schedule(target, leader)
    second = set_schedule(target, leader, kind="checkpoints", checkpoints=[D(0), D(0), D(9), D(12)])
    assert [(one.number, one.kind) for one in (first, second)] == [(1, "due_quarters"), (2, "checkpoints")]
    assert list(second.history.values_list("checkpoints", "reason")) == [([0, 0, 9, 12], "局务会议")]
    assert first.checkpoints == []


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"kind": "checkpoints"}, "checkpoints"),
        ({"effective_from": dt.date(2025, 6, 30)}, "effective_from"),
        ({"kind": "soon"}, "kind"),
    ],
)
def test_what_a_schedule_needs(target, leader, options, field):
    with pytest.raises(ValidationError) as caught:
        set_schedule(target, leader, **options)
    assert list(caught.value.message_dict) == [field]


def test_a_rate_has_no_schedule(target, leader):
    target = TargetFactory(indicator=IndicatorFactory(area=target.indicator.area, kind="rate"))
    with pytest.raises(ValidationError):
        set_schedule(target, leader)


def test_only_those_who_decide_targets_set_schedules(target, leader):
    strangers = [
        UserFactory(role="auditor", region=leader.region),
        UserFactory(role="leader", region=RegionFactory(code="430204")),
    ]
    for stranger in strangers:
        with pytest.raises(PermissionDenied):
            set_schedule(target, stranger)


def test_the_database_wants_four_checkpoints(target, leader):
    for kind, checkpoints in (("checkpoints", [1, 2]), ("even", [1, 2, 3, 4])):
        with pytest.raises(IntegrityError), transaction.atomic():
            TargetSchedule.objects.create(
                target=target,
                number=9,
                kind=kind,
                checkpoints=checkpoints,
                effective_from=THIRD,
                reason="示例",
                set_by=leader,
            )


def thresholds(plan, by, **options):
    given = {"on_track_ratio": D("0.9"), "at_risk_ratio": D("0.7"), "step_tolerance_days": 30, **options}
    return thresholds_set(plan=plan, by=by, **given)


def test_the_lights_thresholds_are_settings(db):
    plan = PlanFactory()
    leader = UserFactory(role="leader", region=plan.region)
    policy = thresholds(plan, leader)
    policy.refresh_from_db()
    kept = (policy.on_track_ratio, policy.at_risk_ratio, policy.step_tolerance_days)
    assert kept == (D("0.9"), D("0.7"), 30)
    with pytest.raises(ValidationError) as caught:
        thresholds(plan, leader, at_risk_ratio=D("0.95"))
    assert list(caught.value.message_dict) == ["at_risk_ratio"]
    with pytest.raises(PermissionDenied):
        thresholds(plan, UserFactory(role="auditor", region=plan.region))
