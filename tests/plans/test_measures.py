import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from apps.core import clock
from apps.plans.enums import MeasureStatus as Status
from apps.plans.measures.services import measure_assign, measure_note, measure_transition
from apps.plans.measures.steps import step_add, step_change, step_mark
from apps.plans.measures.workflow import STEPS, Actor
from apps.plans.models import Measure, MeasureUpdate
from tests.dashboards.factories import MeasureFactory
from tests.factories import AreaFactory, OfficeFactory, PlanFactory, RegionFactory, SchoolFactory, UserFactory

TODAY = dt.date(2025, 6, 20)


@pytest.fixture(autouse=True)
def today(db):
    with clock.held_at(TODAY):
        yield TODAY


@pytest.fixture
def measure():
    lead = OfficeFactory(name="牵头")
    return MeasureFactory(area=AreaFactory(plan=PlanFactory(), lead_office=lead), lead_office=lead)


@pytest.fixture
def people(measure):
    policy = measure.area.plan.policy
    deputy, other_deputy = UserFactory(role="deputy"), UserFactory(role="deputy")
    deputy.offices_led.add(measure.lead_office)
    far = RegionFactory(code="430204", name="示例二区", parent=RegionFactory(code="000000", name="中国"))
    far_deputy = UserFactory(role="deputy", region=far)
    far_deputy.offices_led.add(measure.lead_office)
    return {
        "lead": UserFactory(role="office", organisation=measure.lead_office),
        "cross": UserFactory(role="office", organisation=policy.cross_review_office),
        "second": UserFactory(role="office", organisation=policy.second_review_office),
        "stranger": UserFactory(role="office", organisation=OfficeFactory()),
        "deputy": deputy,
        "other deputy": other_deputy,
        "far deputy": far_deputy,
        "leader": UserFactory(role="leader"),
        "far leader": UserFactory(role="leader", region=far),
        "administrator": UserFactory(role="administrator"),
        "auditor": UserFactory(role="auditor"),
        "reporter": UserFactory(organisation=SchoolFactory()),
        "principal": UserFactory(role="principal", organisation=SchoolFactory()),
    }


MAY = {
    Actor.LEAD: {"lead"},
    Actor.CHECKER: {"cross", "deputy"},
    Actor.BUREAU: {"deputy", "leader", "administrator"},
}


def put(measure, status):
    """Put a measure into a status, whatever the way."""
    said = status in (Status.COMPLETED, Status.CLOSED)
    Measure.objects.filter(pk=measure.pk).update(status=status, completed_on=TODAY if said else None)
    measure.refresh_from_db()


def attempt(measure, to, by):
    """Return whether the step was taken; nothing of it stays."""
    try:
        with transaction.atomic():
            measure_transition(measure=measure, to=to, by=by, note="示例")
            transaction.set_rollback(True)
    except PermissionDenied:
        return "denied"
    except ValidationError:
        return "impossible"
    return "taken"


@pytest.mark.parametrize("before", Status)
def test_every_step_and_every_person(measure, people, before):
    put(measure, before)
    found = {to: {who: attempt(measure, to, user) for who, user in people.items()} for to in Status}
    expected = {
        to: {
            who: "impossible"
            if to not in STEPS[before]
            else "taken"
            if who in MAY[STEPS[before][to].actor]
            else "denied"
            for who in people
        }
        for to in Status
    }
    assert found == expected


def test_a_measure_goes_its_way_and_everything_is_told(measure, people):
    go = lambda to, who, **more: measure_transition(measure=measure, to=to, by=people[who], **more)  # noqa: E731
    go("in_progress", "lead")
    go("completed", "lead", note="已完成", completed_on=dt.date(2025, 6, 18))
    assert (measure.status, measure.completed_on) == ("completed", dt.date(2025, 6, 18))
    go("returned", "cross", note="缺少总结")
    assert (measure.status, measure.completed_on) == ("returned", None)
    go("completed", "lead", note="已补充")
    go("closed", "deputy")
    assert (measure.status, measure.completed_on) == ("closed", TODAY)
    told = MeasureUpdate.objects.values_list("from_status", "to_status", "by", "note", "business_date")
    assert list(told) == [
        ("not_started", "in_progress", people["lead"].pk, "", TODAY),
        ("in_progress", "completed", people["lead"].pk, "已完成", TODAY),
        ("completed", "returned", people["cross"].pk, "缺少总结", TODAY),
        ("returned", "completed", people["lead"].pk, "已补充", TODAY),
        ("completed", "closed", people["deputy"].pk, "", TODAY),
    ]
    history = Measure.history.rel.related_model.objects.filter(pgh_obj=measure).order_by("pgh_id")
    assert list(history.values_list("status", flat=True)) == [
        "not_started",
        "in_progress",
        "completed",
        "returned",
        "completed",
        "closed",
    ]


@pytest.mark.parametrize(
    ("before", "to", "who"),
    [
        (before, to, next(iter(sorted(MAY[step.actor]))))
        for before, steps in STEPS.items()
        for to, step in steps.items()
        if step.needs_note
    ],
)
def test_a_step_that_needs_words_is_refused_without(measure, people, before, to, who):
    put(measure, before)
    with pytest.raises(ValidationError) as refusal:
        measure_transition(measure=measure, to=to, by=people[who], note="  ")
    assert (
        refusal.value.message_dict == {"note": ["请说明完成情况或原因。"]}
        or "note" in refusal.value.message_dict
    )
    assert MeasureUpdate.objects.count() == 0


def test_the_measure_of_the_checking_office_goes_to_the_second_one(measure, people):
    Measure.objects.update(lead_office=measure.area.plan.policy.cross_review_office)
    put(measure, Status.COMPLETED)
    assert attempt(measure, "closed", people["cross"]) == "denied"
    assert attempt(measure, "closed", people["second"]) == "taken"
    assert list(Measure.objects.checked_by(people["second"])) == [measure]
    assert list(Measure.objects.checked_by(people["cross"])) == []


def test_nobody_closes_what_they_reported_before_they_changed_offices(measure, people):
    measure_transition(measure=measure, to="completed", by=people["lead"], note="已完成")
    mover = people["lead"]
    mover.organisation = measure.area.plan.policy.cross_review_office
    mover.save()
    assert attempt(measure, "closed", mover) == "denied"
    assert attempt(measure, "closed", people["cross"]) == "taken"


@pytest.mark.parametrize("date", [dt.date(2025, 6, 21), dt.date(2024, 12, 31)])
def test_a_completion_lies_in_the_year_and_not_ahead(measure, people, date):
    with pytest.raises(ValidationError):
        measure_transition(measure=measure, to="completed", by=people["lead"], note="好", completed_on=date)


def test_the_database_holds_completion_and_its_day_together(measure):
    with pytest.raises(IntegrityError), transaction.atomic():
        Measure.objects.filter(pk=measure.pk).update(status="completed")
    with pytest.raises(IntegrityError), transaction.atomic():
        Measure.objects.filter(pk=measure.pk).update(completed_on=TODAY)


def test_a_note_keeps_the_status_and_is_the_lead_offices(measure, people):
    update = measure_note(measure=measure, note=" 已部署 ", by=people["lead"])
    assert (update.is_note, update.note, measure.status) == (True, "已部署", "not_started")
    for who in set(people) - {"lead"}:
        with pytest.raises(PermissionDenied):
            measure_note(measure=measure, note="好", by=people[who])
    with pytest.raises(ValidationError):
        measure_note(measure=measure, note=" ", by=people["lead"])
    put(measure, Status.CLOSED)
    with pytest.raises(ValidationError):
        measure_note(measure=measure, note="好", by=people["lead"])


def test_steps_are_planned_done_and_hold_up_a_report(measure, people):
    lead, administrator = people["lead"], people["administrator"]
    first = step_add(measure=measure, name="方案", by=administrator, due_on=dt.date(2025, 5, 1))
    second = step_add(measure=measure, name="总结", by=lead)
    assert [(step.position, step.name, step.due_on) for step in measure.steps.all()] == [
        (1, "方案", dt.date(2025, 5, 1)),
        (2, "总结", None),
    ]
    step_mark(step=first, status="done", by=lead)
    measure.refresh_from_db()
    assert (first.done_on, measure.status) == (TODAY, "in_progress")
    with pytest.raises(ValidationError):
        measure_transition(measure=measure, to="completed", by=lead, note="好")
    step_change(step=second, name="检查总结", due_on=dt.date(2025, 7, 1), by=lead)
    step_mark(step=second, status="dropped", by=lead)
    measure_transition(measure=measure, to="completed", by=lead, note="好")
    with pytest.raises(ValidationError):
        step_mark(step=second, status="open", by=lead)


def test_steps_are_not_for_others(measure, people):
    step = step_add(measure=measure, name="方案", by=people["lead"])
    for who in set(people) - {"lead", "administrator"}:
        with pytest.raises(PermissionDenied):
            step_add(measure=measure, name="方案", by=people[who])
        with pytest.raises(PermissionDenied):
            step_change(step=step, name="方案", due_on=None, by=people[who])
    for who in set(people) - {"lead"}:
        with pytest.raises(PermissionDenied):
            step_mark(step=step, status="done", by=people[who])
    with pytest.raises(ValidationError):
        step_add(measure=measure, name="方案", due_on=dt.date(2026, 1, 1), by=people["lead"])


def test_the_administrator_assigns(measure, people):
    office, support = OfficeFactory(), OfficeFactory()
    measure_assign(
        measure=measure,
        lead_office=office,
        supporting_offices=[support],
        lead_leader=people["deputy"],
        due_on=dt.date(2025, 9, 30),
        by=people["administrator"],
    )
    assert (measure.lead_office, measure.due_on) == (office, dt.date(2025, 9, 30))
    assert measure.leader == people["deputy"]
    assert list(measure.supporting_offices.all()) == [support]
    for who in set(people) - {"administrator"}:
        with pytest.raises(PermissionDenied):
            measure_assign(
                measure=measure,
                lead_office=office,
                supporting_offices=[],
                lead_leader=None,
                due_on=None,
                by=people[who],
            )


def test_without_a_leader_of_its_own_a_measure_has_that_of_its_area(measure, people):
    measure.area.lead_leader = people["leader"]
    assert measure.leader == people["leader"]
    measure.lead_leader = people["deputy"]
    assert measure.leader == people["deputy"]


def test_an_assignment_that_cannot_be_is_refused(measure, people):
    far = OfficeFactory(region=RegionFactory(code="430204", name="示例二区"))
    closed = OfficeFactory(closed_on=dt.date(2025, 1, 1))
    lead = measure.lead_office
    for wrong in (
        {"lead_office": far},
        {"lead_office": closed},
        {"lead_office": SchoolFactory()},
        {"supporting_offices": [lead]},
        {"lead_leader": people["lead"]},
        {"lead_leader": people["far deputy"]},
        {"due_on": dt.date(2026, 1, 1)},
    ):
        same = {"lead_office": lead, "supporting_offices": [], "lead_leader": None, "due_on": None}
        wanted = same | wrong
        with pytest.raises(ValidationError):
            measure_assign(measure=measure, by=people["administrator"], **wanted)
    put(measure, Status.COMPLETED)
    with pytest.raises(ValidationError):
        measure_assign(
            measure=measure,
            lead_office=OfficeFactory(),
            supporting_offices=[],
            lead_leader=None,
            due_on=None,
            by=people["administrator"],
        )


def test_who_sees_measures(measure, people):
    sees = {who for who, user in people.items() if Measure.objects.visible_to(user).exists()}
    assert sees == set(people) - {"reporter", "principal", "far deputy", "far leader"}


def test_what_is_overdue(measure):
    Measure.objects.update(due_on=dt.date(2025, 6, 19))
    assert list(Measure.objects.overdue_on(TODAY)) == [measure]
    assert list(Measure.objects.overdue_on(dt.date(2025, 6, 19))) == []
    put(measure, Status.COMPLETED)
    assert list(Measure.objects.overdue_on(TODAY)) == []
