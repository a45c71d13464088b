"""The bureau's rules about figures: what each kind says, how they are edited, how their record is kept."""

import datetime as dt
import math
import statistics
from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.collection.checks import findings_of, form_flags, problems_of
from apps.collection.errors import Incomplete
from apps.collection.facts import FactValue
from apps.collection.models import Period, RuleFiring
from apps.collection.rules.between import contradictions
from apps.collection.rules.book import bind
from apps.collection.rules.peers import peers_of
from apps.collection.rules.record import Record, records
from apps.collection.rules.single import changes_much
from apps.collection.rules.spread import FEWEST, spread_of
from apps.collection.services import Entry, remark_save, submission_submit, values_save
from apps.collection.slots import Previous, Slot, rules_between, slots_of
from apps.core import clock
from apps.core.models import BusinessClock
from apps.plans.enums import RuleKind
from apps.plans.models import ValidationRule
from apps.plans.rules.services import rule_add, rule_change
from apps.reviews.services import FactReturn, review_return
from tests.factories import ElementFactory, SchoolFactory, UserFactory, warning
from tests.support.returns import (
    IN_QUARTER_1,
    IN_QUARTER_2,
    QUARTER_1,
    QUARTER_2,
    accept_all,
    entries,
    review_of,
    submit,
    write,
)

THIS_YEAR = Period(pk=1, plan_id=1, quarter=2)
LAST_YEAR = Period(pk=2, plan_id=2, quarter=2)
PEERS = spread_of([float(number) for number in range(90, 110)])


def earlier(number, period):
    return None if number is None else Previous(FactValue(number=Decimal(number)), period)


def slot(number, *, previous=None, last_year=None, peers=None, period=THIS_YEAR, **attributes):
    element = ElementFactory.build(**{"pk": 1, "code": "one", **attributes})
    made = Slot(
        element=element,
        stage="whole",
        stored=None,
        previous=Previous(FactValue(number=Decimal(previous)), period) if previous is not None else None,
        editable=True,
        last_year=Previous(FactValue(number=Decimal(last_year)), LAST_YEAR)
        if last_year is not None
        else None,
        peers=peers,
        period=THIS_YEAR,
    )
    return made, FactValue(number=Decimal(number))


def rule(kind, limit=None, **more):
    given = {"severity": "soft", "least_change": Decimal(0), **more}
    return ValidationRule(kind=kind, limit=None if limit is None else Decimal(limit), **given)


FIRES = [
    (rule("above", 5000, element_id=1), slot(5001), True),
    (rule("above", 5000, element_id=1), slot(5000), False),
    (rule("above", 5000, element_id=2), slot(5001), False),
    (rule("jump_previous", 20), slot(1081, previous=900), True),
    (rule("jump_previous", 20), slot(1080, previous=900), False),
    (rule("jump_previous", 20, least_change=Decimal(200)), slot(1081, previous=900), False),
    (rule("jump_previous", 20), slot(1, previous=0), True),
    (rule("jump_previous", 20), slot(1081), False),
    (rule("jump_previous", 20, is_active=False), slot(1081, previous=900), False),
    (rule("jump_last_year", 50), slot(151, last_year=100), True),
    (rule("jump_last_year", 50), slot(150, last_year=100), False),
    (rule("not_falling", severity="hard"), slot(9, previous=10, accumulation="year_to_date"), True),
    (rule("not_falling", severity="hard"), slot(10, previous=10, accumulation="year_to_date"), False),
    (rule("not_falling", severity="hard"), slot(9, previous=10, accumulation="stock"), False),
    (
        rule("not_falling", severity="hard"),
        slot(9, previous=10, accumulation="year_to_date", period=LAST_YEAR),
        False,
    ),
    (rule("unit_slip"), slot(120, previous=2), True),
    (rule("unit_slip"), slot(2, previous=120), True),
    (rule("unit_slip"), slot(1_000_000, previous=1000), True),
    (rule("unit_slip"), slot(9_100_000, last_year=900), True),
    (rule("unit_slip"), slot(1800, previous=900), False),
    (rule("unit_slip"), slot(0, previous=900), False),
    (rule("peer_outlier", "3.5"), slot(1000, peers=PEERS), True),
    (rule("peer_outlier", "3.5"), slot(5, peers=PEERS), True),
    (rule("peer_outlier", "3.5"), slot(112, peers=PEERS), False),
    (rule("peer_outlier", "3.5", least_change=Decimal(2000)), slot(1000, peers=PEERS), False),
    (rule("peer_outlier", "3.5"), slot(1000, peers=spread_of([1.0] * (FEWEST - 1))), False),
    (rule("peer_outlier", "3.5"), slot(1000, peers=spread_of([15.0] * 20)), False),
    (rule("jump_previous", 20), slot(1, previous=0, value_type="boolean", unit=""), False),
]


@pytest.mark.parametrize(("given_rule", "case", "fires"), FIRES)
def test_a_rule_fires_exactly_beyond_its_limit(given_rule, case, fires):
    made, value = case
    found = findings_of(made, value, bind([given_rule]))
    assert [problem.code for problem in found] == ([given_rule.kind] if fires else [])
    assert all("%(" not in problem.message for problem in found)


def test_a_rule_for_one_fact_takes_the_place_of_the_general_one():
    general, own = rule("jump_previous", 20), rule("jump_previous", 200, element_id=1)
    made, value = slot(1081, previous=900)
    assert findings_of(made, value, bind([general, own])) == []
    own.is_active = False
    assert findings_of(made, value, bind([general, own])) == []


def test_the_bureau_s_own_words_come_first():
    made, value = slot(5001)
    with override("zh-hans"):
        found = findings_of(made, value, bind([rule("above", 5000, element_id=1, message="请核对学籍")]))
    assert found[0].message == "请核对学籍"


@given(
    numbers=st.lists(st.integers(0, 10**6), min_size=FEWEST, max_size=40),
    number=st.integers(0, 10**7),
)
def test_the_score_is_that_of_iglewicz_and_hoaglin(numbers, number):
    logs = [math.log(1 + each) for each in numbers]
    center = statistics.median(logs)
    deviations = [abs(each - center) for each in logs]
    mad, mean = statistics.median(deviations), sum(deviations) / len(deviations)
    distance = math.log(1 + number) - center
    wanted = 0.6745 * distance / mad if mad else (0.7979 * distance / mean if mean else None)
    score = spread_of([float(each) for each in numbers]).score(float(number))
    assert score == (None if wanted is None else pytest.approx(wanted, rel=1e-6, abs=1e-6))


@given(before=st.integers(-1000, 1000), now=st.integers(-1000, 1000), percent=st.integers(1, 300))
def test_a_jump_is_judged_exactly(before, now, percent):
    wanted = now != before if before == 0 else abs(Fraction(now - before, before)) > Fraction(percent, 100)
    assert changes_much(rule("jump_previous", percent), Decimal(before), Decimal(now)) is wanted


def parts(**numbers):
    slots = []
    for place, (code, number) in enumerate(numbers.items(), start=1):
        element = ElementFactory.build(pk=place, code=code, name=code, unit="家")
        made = Slot(element=element, stage="whole", stored=None, previous=None, editable=True)
        made.__class__ = type("Fixed", (Slot,), {"value": FactValue(number=number)})
        slots.append(made)
    return slots


@pytest.mark.parametrize(
    ("first", "second", "whole", "broken"),
    [(3, 4, 7, False), (3, 5, 7, True), (None, 5, 1, False), (3, 5, None, False)],
)
def test_the_parts_of_a_sum_stay_within_their_whole(first, second, whole, broken):
    numbers = {
        name: None if number is None else Decimal(number)
        for name, number in (("one", first), ("two", second), ("all", whole))
    }
    slots = parts(**numbers)
    between = rule("sum_at_most", severity="hard", element=slots[0].element, other=slots[2].element)
    between.addends = ["two"]
    found = list(contradictions(slots, [between]))
    assert [each.first.element.code for each in found] == (["one"] if broken else [])


# In a return.


def problems(submission):
    slots = slots_of(period=submission.period, organisation=submission.organisation, submission=submission)
    found = problems_of(slots, rules_between(slots), submission.period)
    codes = {one.key: one.element.code for one in slots}
    return {codes[key]: [problem.code for problem in list_] for key, list_ in found.items()}


def explained(district, code, text, reason):
    return Entry(district.elements[code].pk, "whole", text, reason=reason)


def test_a_hard_rule_made_soft_asks_for_a_reason(district):
    ValidationRule.objects.filter(kind="at_most").update(severity="soft")
    submission = write(district, 2, {**QUARTER_2, "myopic": "41"})
    assert problems(submission) == {"myopic": ["reason"]}
    entry = Entry(district.elements["myopic"].pk, "primary", "41", reason="筛查后转入")
    values_save(submission=submission, entries=[entry], by=district.reporter)
    assert problems(submission) == {}


def test_nothing_changed_anywhere_asks_for_a_remark(district):
    warning("identical")
    for code in ("a1", "a2", "a3"):
        district.elements[code] = ElementFactory(code=code)
    from apps.plans.models import IndicatorElement

    for code in ("a1", "a2", "a3"):
        IndicatorElement.objects.create(
            indicator=district.indicators["inclusion"],
            element=district.elements[code],
            in_denominator=True,
        )
    from apps.collection.services import assignments_generate

    with clock.held_at(IN_QUARTER_1):
        assignments_generate(plan=district.plan)
    more = {"a1": "5", "a2": "6", "a3": "7"}
    with clock.held_at(IN_QUARTER_1):
        accept_all(district, submit(district, 1, {**QUARTER_1, **more}))
    same = {**QUARTER_1, **more, "myopic": "1", "screened": "2"}
    submission = write(district, 2, same)
    with pytest.raises(Incomplete) as refusal:
        submission_submit(submission=submission, by=district.reporter)
    assert (dict(refusal.value.problems), len(refusal.value.form_problems)) == ({}, 1)
    remark_save(submission=submission, remark="本季度无变动", by=district.reporter)
    submission.refresh_from_db()
    submission_submit(submission=submission, by=district.reporter)
    event = submission.events.last()
    assert (submission.status, event.note) == ("submitted", "本季度无变动")
    slots = slots_of(period=submission.period, organisation=submission.organisation, submission=submission)
    assert len(form_flags(slots, rules_between(slots))) == 1


def test_peers_are_what_other_schools_of_the_type_had_accepted_before(district):
    accept_all(district, submit(district, 1))
    peer = SchoolFactory(region=district.plan.region)
    other_type = SchoolFactory(region=district.plan.region, profile={"school_type": "junior"})
    elements = [district.elements["pupils"].pk]
    for school in (peer, other_type):
        found = peers_of(period=district.periods[2], organisation=school, elements=elements)
        expected = spread_of([900.0]) if school is peer else None
        spread = found.get((elements[0], "whole"))
        assert (spread is None) == (expected is None)
        if expected:
            assert (spread.count, spread.median) == (1, 900.0)
            assert spread.center == pytest.approx(expected.center)
    own = peers_of(period=district.periods[2], organisation=district.school, elements=elements)
    earlier = peers_of(period=district.periods[1], organisation=peer, elements=elements)
    assert (own, earlier) == ({}, {})


def test_last_year_s_same_quarter_is_compared(district):
    from tests.factories import PlanFactory

    warning("jump_last_year", limit=50)
    accept_all(district, submit(district, 1))
    before = PlanFactory(region=district.plan.region, year=2024)
    Period.objects.filter(pk=district.periods[1].pk).update(
        plan=before,
        quarter=2,
        starts_on=dt.date(2024, 4, 1),
        ends_on=dt.date(2024, 6, 30),
    )
    submission = write(district, 2, {**QUARTER_2, "certified": "91", "pupils": "900"})
    assert problems(submission)["certified"] == ["reason"]


# The record.


def record_of(kind):
    found = records(User.objects.filter(role="office").first())
    return found.get(ValidationRule.objects.get(kind=kind).pk, Record())


def test_a_figure_changed_after_the_warning_makes_the_rule_right(district):
    accept_all(district, submit(district, 1))
    submission = write(district, 2, {**QUARTER_2, "pupils": "1081"})
    with pytest.raises(Incomplete):
        submission_submit(submission=submission, by=district.reporter)
    assert (record_of("jump_previous").fired, record_of("jump_previous").open) == (1, 1)
    values_save(submission=submission, entries=entries(district, {"pupils": "910"}), by=district.reporter)
    submission_submit(submission=submission, by=district.reporter)
    assert record_of("jump_previous") == Record(fired=1, right=1)


def test_a_figure_accepted_with_its_reason_makes_it_a_false_alarm(district):
    accept_all(district, submit(district, 1))
    submission = write(district, 2, QUARTER_2)
    entry = explained(district, "pupils", "1081", "接收撤并校学生")
    values_save(submission=submission, entries=[entry], by=district.reporter)
    submission_submit(submission=submission, by=district.reporter)
    assert record_of("jump_previous").open == 1
    accept_all(district, submission)
    assert record_of("jump_previous") == Record(fired=1, false=1)
    firing = RuleFiring.objects.get()
    assert (firing.number, firing.reason) == (Decimal(1081), "接收撤并校学生")


def test_a_figure_that_an_office_returns_makes_it_right(district):
    accept_all(district, submit(district, 1))
    submission = write(district, 2, QUARTER_2)
    entry = explained(district, "pupils", "1081", "接收撤并校学生")
    values_save(submission=submission, entries=[entry], by=district.reporter)
    submission_submit(submission=submission, by=district.reporter)
    key = district.elements["pupils"].pk
    review_return(
        review=review_of(submission, district.health),
        returns=[FactReturn(key, "whole", "wrong_value", "请核对")],
        by=district.health_user,
    )
    assert record_of("jump_previous") == Record(fired=1, right=1)


def test_the_same_figure_fires_once_however_often_it_is_tried(district):
    accept_all(district, submit(district, 1))
    submission = write(district, 2, {**QUARTER_2, "pupils": "1081"})
    for _try in range(2):
        with pytest.raises(Incomplete):
            submission_submit(submission=submission, by=district.reporter)
    assert RuleFiring.objects.count() == 1


def test_the_reviewer_sees_what_fired_and_the_reason(district):
    accept_all(district, submit(district, 1))
    submission = write(district, 2, QUARTER_2)
    entry = explained(district, "pupils", "1081", "接收撤并校学生")
    values_save(submission=submission, entries=[entry], by=district.reporter)
    submission_submit(submission=submission, by=district.reporter)
    BusinessClock.objects.create(fixed_date=IN_QUARTER_2)
    client = Client()
    client.force_login(district.health_user)
    page = client.get(reverse("reviews:review", args=[review_of(submission, district.health).pk]))
    text = page.content.decode()
    assert "超过20%" in text
    assert "接收撤并校学生" in text


# Editing.


def administrator(district):
    return UserFactory(role="administrator", region=district.plan.region)


def change(given_rule, by, **more):
    given = {
        "limit": given_rule.limit,
        "least_change": given_rule.least_change,
        "severity": given_rule.severity,
        "message": "",
        "is_active": True,
        "reason": "会议决定",
    }
    return rule_change(rule=given_rule, by=by, **{**given, **more})


def test_an_office_edits_the_rules_of_its_own_facts_only(district):
    own = ValidationRule.objects.get(kind="at_most")
    general = ValidationRule.objects.get(kind="not_falling")
    change(own, district.health_user, is_active=False)
    own.refresh_from_db()
    assert (own.is_active, own.changed_by, own.reason) == (False, district.health_user, "会议决定")
    for by, which in (
        (district.staff_user, own),
        (district.health_user, general),
        (district.reporter, own),
    ):
        with pytest.raises(PermissionDenied):
            change(which, by)
    assert change(general, administrator(district), severity="soft").severity == "soft"


@pytest.mark.parametrize(
    ("kind", "more", "field"),
    [
        ("jump_previous", {"reason": " "}, "reason"),
        ("jump_previous", {"limit": None}, "limit"),
        ("jump_previous", {"limit": Decimal(0)}, "limit"),
        ("jump_previous", {"severity": "hard"}, "severity"),
        ("jump_previous", {"least_change": Decimal(-1)}, "least_change"),
    ],
)
def test_a_change_that_does_not_fit_is_refused(district, kind, more, field):
    with pytest.raises(ValidationError) as refusal:
        change(ValidationRule.objects.get(kind=kind), administrator(district), **more)
    assert list(refusal.value.message_dict) == [field]


def test_a_rule_that_is_there_already_is_not_added_again(district):
    by = administrator(district)
    first, second = district.elements["placed"], district.elements["pupils"]
    made = rule_add(kind="at_most", element=first, other=second, severity="hard", reason="示例", by=by)
    assert (made.element, made.other, made.changed_by) == (first, second, by)
    with pytest.raises(ValidationError):
        rule_add(kind="at_most", element=first, other=second, severity="hard", reason="示例", by=by)
    with pytest.raises(ValidationError):
        rule_add(kind="at_most", element=first, other=first, reason="示例", by=by)
    with pytest.raises(ValidationError):
        rule_add(kind="at_most", element=first, other=district.elements["myopic"], reason="示例", by=by)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "above", "limit": 1},
        {"kind": "jump_previous"},
        {"kind": "peer_outlier", "limit": 3, "severity": "hard"},
        {"kind": "at_most"},
    ],
)
def test_the_database_refuses_rules_that_say_nothing(db, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        ValidationRule.objects.create(**{"severity": "soft", **wrong})


def test_the_page_shows_and_changes_rules(district):
    BusinessClock.objects.create(fixed_date=IN_QUARTER_2)
    client = Client()
    client.force_login(administrator(district))
    page = client.get(reverse("collection:rules")).content.decode()
    assert "近视学生数 ≤ 筛查学生数" in page
    jump = ValidationRule.objects.get(kind="jump_previous")
    data = {"limit": "30", "least_change": "5", "message": "", "is_active": "on", "reason": "误报多"}
    assert client.post(reverse("collection:rule", args=[jump.pk]), data).status_code == 302
    jump.refresh_from_db()
    assert (jump.limit, jump.least_change, jump.reason) == (30, 5, "误报多")
    refused = client.post(reverse("collection:rule", args=[jump.pk]), {**data, "limit": "0"})
    assert "该类规则须有大于0的界限" in refused.content.decode()
    new = {
        "kind": "above",
        "element": district.elements["visits"].pk,
        "limit": "99",
        "severity": "soft",
        "reason": "示例",
    }
    assert client.post(reverse("collection:rule_new"), new).status_code == 302
    assert ValidationRule.objects.get(kind="above", element__code="visits").limit == 99


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_rules_takes_the_same_queries(district, django_assert_max_num_queries, count):
    BusinessClock.objects.create(fixed_date=IN_QUARTER_2)
    for code in ("placed", "certified", "visits")[:count]:
        warning("above", district.elements[code], 100)
    client = Client()
    client.force_login(administrator(district))
    with django_assert_max_num_queries(9) as queries:
        client.get(reverse("collection:rules"))
    assert len(queries) == len({query["sql"] for query in queries.captured_queries})


def test_every_kind_has_its_sentence():
    from apps.collection.rules.words import SENTENCES

    assert set(SENTENCES) == set(RuleKind)
