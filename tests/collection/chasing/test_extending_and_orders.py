import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from apps.collection.chasing.extending import extension_grant, period_extend
from apps.collection.chasing.orders import order_close, order_issue, suggestions_of
from apps.collection.chasing.permissions import closes_order
from apps.collection.chasing.reminding import reminders_run
from apps.collection.completeness import completeness_of
from apps.collection.due_dates import due_date_of
from apps.collection.errors import WorkflowError
from apps.collection.models import Extension, Notice, SupervisionOrder
from apps.collection.pages import period_rows
from apps.core import clock
from tests.collection.chasing.conftest import MORNING
from tests.factories import RegionFactory, UserFactory

LATER = dt.date(2025, 7, 18)


def extend(district, by, **fields):
    values = {"organisations": [district.school], "due_on": LATER, "reason": "校舍搬迁", "by": by}
    with clock.held_at(clock.read_date()):
        return extension_grant(period=district.periods[2], **values | fields)


def states(district, date):
    with clock.held_at(date):
        (counts,) = [one.counts for one in completeness_of(plan=district.plan) if one.period.quarter == 2]
        (row,) = [row for row in period_rows(district.school, district.plan, date) if row.period.quarter == 2]
    return {str(state): count for state, count in counts.items()}, str(row.state), row.days_left


def test_an_extension_moves_one_school_alone(district, today, administrator):
    extend(district, administrator)
    assert states(district, dt.date(2025, 7, 14)) == ({"late": 2, "due": 1}, "due", 4)
    assert states(district, dt.date(2025, 7, 19)) == ({"late": 3}, "late", -1)
    (notice,) = Notice.objects.filter(user=district.reporter)
    assert (notice.kind, notice.due_on, notice.text) == ("extended", LATER, "校舍搬迁")
    assert Extension.history.rel.related_model.objects.get().reason == "校舍搬迁"


def test_the_chase_begins_anew_with_the_later_date(district, today, administrator):
    extend(district, administrator)
    today(7, 11)
    reminders_run(now=MORNING)
    assert not Notice.objects.filter(user=district.reporter, kind="overdue").exists()
    today(7, 17)
    reminders_run(now=MORNING)
    steps = Notice.objects.filter(user=district.reporter).exclude(step="").values_list("step", flat=True)
    assert list(steps) == ["before-1-0718", "before-5-0718"]


def test_the_last_extension_counts_and_the_period_s_own_date_is_the_least(district, today, administrator):
    extend(district, administrator)
    extend(district, administrator, due_on=dt.date(2025, 7, 15), reason="更正")
    assert due_date_of(district.periods[2], district.school.pk) == dt.date(2025, 7, 15)
    with clock.held_at(clock.read_date()):
        period_extend(
            period=district.periods[2], due_on=dt.date(2025, 7, 16), reason="台风", by=administrator
        )
    assert district.periods[2].due_on == dt.date(2025, 7, 16)
    assert due_date_of(district.periods[2], district.school.pk) == dt.date(2025, 7, 16)
    assert Extension.objects.filter(organisation=None).get().due_before == dt.date(2025, 7, 10)


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": " "},
        {"reason": "电13812345678"},
        {"due_on": dt.date(2025, 7, 10)},
        {"due_on": dt.date(2025, 7, 1)},
        {"due_on": dt.date(2025, 8, 1)},
        {"organisations": []},
    ],
)
def test_what_an_extension_may_not_be(district, today, administrator, wrong):
    with pytest.raises(ValidationError):
        extend(district, administrator, **wrong)
    assert (Extension.objects.count(), Notice.objects.count()) == (0, 0)


def test_who_may_not_extend(district, today):
    for by in (district.reporter, district.health_user):
        with pytest.raises(PermissionDenied):
            extend(district, by)


def late(district, today):
    """Let everybody be late for eight days after two reminders; return the suggestions."""
    today(7, 11)
    reminders_run(now=MORNING)
    assert suggested(district) == []
    today(7, 18)
    reminders_run(now=MORNING)
    return suggested(district)


def suggested(district):
    date = clock.read_date()
    with clock.held_at(date):
        return suggestions_of(district.periods[2], today=date)


def issue(district, by, **fields):
    values = {
        "organisation": district.school,
        "demand": "请于限期内报送。",
        "answer_due_on": dt.date(2025, 7, 21),
    }
    with clock.held_at(clock.read_date()):
        return order_issue(period=district.periods[2], by=by, **values | fields)


def test_an_order_is_suggested_with_its_evidence_and_issued_by_a_person(district, today, deputy):
    found = late(district, today)
    assert {one.missing.organisation for one in found} == {district.school, district.finance}
    order = issue(district, deputy)
    assert (order.number, order.issued_by) == (1, deputy)
    assert all(date in order.evidence for date in ("2025-07-10", "2025-07-11", "2025-07-18"))
    assert {one.missing.organisation for one in suggested(district)} == {district.finance}
    notices = Notice.objects.filter(order=order).values_list("user", flat=True)
    assert set(notices) == {district.reporter.pk, district.principal.pk}
    with pytest.raises(WorkflowError):
        issue(district, deputy)
    with pytest.raises(IntegrityError), transaction.atomic():
        SupervisionOrder.objects.create(
            plan=order.plan,
            number=2,
            period=order.period,
            organisation=order.organisation,
            issued_by=deputy,
            issued_on=order.issued_on,
            answer_due_on=order.answer_due_on,
        )


def test_an_order_is_closed_with_a_word_and_numbers_go_on(district, today, deputy):
    late(district, today)
    order = issue(district, deputy)
    with pytest.raises(ValidationError):
        order_close(order=order, note=" ", by=deputy)
    with clock.held_at(clock.read_date()):
        order_close(order=order, note="已报送", by=deputy)
    assert (order.closed_by, order.closing_note) == (deputy, "已报送")
    with pytest.raises(WorkflowError):
        order_close(order=order, note="再次", by=deputy)
    assert issue(district, deputy).number == 2


@pytest.mark.parametrize(
    ("subject", "who"), [("return", ["issuer", "in charge", "other"]), ("overdue", ["issuer", "in charge"])]
)
def test_a_return_concerns_every_deputy_and_an_office_the_one_in_charge(district, deputy, subject, who):
    region = district.plan.region
    people = {"issuer": deputy, "in charge": UserFactory(role="deputy", region=region)}
    people["in charge"].offices_led.add(district.health)
    people |= {"other": UserFactory(role="deputy", region=region), "far": UserFactory(role="leader")}
    people["far"].region = RegionFactory(code="430204")
    order = SupervisionOrder(
        subject=subject, issued_by=deputy, organisation=district.health, period=district.periods[2]
    )
    assert [name for name, person in people.items() if closes_order(person, order)] == who


@pytest.mark.parametrize(
    "wrong", [{"demand": ""}, {"answer_due_on": dt.date(2025, 7, 1)}, {"demand": "电13812345678"}]
)
def test_what_an_order_may_not_be(district, today, deputy, wrong):
    today(7, 18)
    with pytest.raises(ValidationError):
        issue(district, deputy, **wrong)


def test_nobody_is_ordered_before_being_late_or_by_an_office(district, today, deputy):
    with pytest.raises(ValidationError):
        issue(district, deputy)
    today(7, 18)
    with pytest.raises(PermissionDenied):
        issue(district, district.health_user)
