"""What it takes: contributions, levers and what-if on real roll-ups, and what each reader sees of them."""

from __future__ import annotations

import datetime as dt
import re
from fractions import Fraction

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from apps.accounts.enums import Role
from apps.core import clock
from apps.core.models import BusinessClock
from apps.dashboards import levers, levers_parts, levers_since, selectors
from apps.plans.enums import Privacy
from apps.plans.models import Indicator
from apps.rollups.models import Judgement, Result
from tests.factories import UserFactory
from tests.rollups.district import District

pytestmark = pytest.mark.django_db
TODAY = dt.date(2025, 12, 15)


@pytest.fixture(autouse=True)
def _today(db):
    BusinessClock.objects.create(fixed_date=TODAY)
    with clock.held_at(TODAY):
        yield


@pytest.fixture
def district():
    """Q2 → Q4: a public school does better, a private one stands still, one closed and one opened."""
    district = District()
    district.rate = district.indicator(
        "good",
        "tested",
        code="RATE",
        numerator_label="合格人数",
        unit="%",
        decimals=1,
        due_quarters=[2, 4],
        reporter="school",
    )
    district.target(district.rate, "at_least", 60)
    public, private = district.school(), district.school(ownership="private", setting="rural")
    gone = district.school(closed_on=dt.date(2025, 8, 31))
    new = district.school(ownership="private", opened_on=dt.date(2025, 9, 1))
    district.schools = {"public": public, "private": private, "gone": gone, "new": new}
    for quarter, facts in (
        (2, {public: (40, 100), private: (50, 100), gone: (10, 50)}),
        (4, {public: (60, 100), private: (50, 100), new: (30, 60)}),
    ):
        for school, (good, tested) in facts.items():
            district.report(school, quarter, good=good, tested=tested)
    district.refresh()
    return district


def person(district, role, **options):
    return UserFactory(role=role, region=district.region, **options)


@pytest.fixture
def leader(district):
    return person(district, Role.LEADER)


@pytest.fixture
def owner(district):
    return person(district, Role.OFFICE, organisation=district.office)


def scope_of(district, user, quarter=4):
    return selectors.scope_of(user, plan=selectors.plan_of(user, year=2025), quarter=quarter)


def page_of(district, user, quarter=4, **options):
    scope = scope_of(district, user, quarter)
    return levers.levers_page(scope, selectors.indicators_in(scope).get(code="RATE"), **options)


def movements(district, user):
    scope = scope_of(district, user)
    indicator = selectors.indicators_in(scope).get(code="RATE")
    standing = levers.standing_in(scope, indicator)
    units = levers_parts.units_in(scope, standing.definition, 4)
    partitions = levers_parts.partitions_of(scope, indicator, units)
    found = levers_since.movements_of(scope, standing, partitions, units)
    return {movement.partition.kind: movement for movement in found}


def words(response):
    return " ".join(strip_tags(response.content.decode()).split())


CHANGE = (Fraction(140, 260) - Fraction(100, 250)) * 100


def test_contributions_add_up_to_the_change_and_schools_that_came_or_went_are_told_apart(district, leader):
    found = movements(district, leader)
    assert set(found) == {"ownership", "setting"}  # one stage alone tells nothing
    for movement in found.values():
        assert movement.whole.total == CHANGE
        assert movement.whole.reporting == 0
        assert [school.pk for school in movement.came] == [district.schools["new"].pk]
        assert [school.pk for school in movement.went] == [district.schools["gone"].pk]
    by_ownership = found["ownership"].contributions
    assert by_ownership["private"].rate == 0
    assert by_ownership["public"].rate == (Fraction(100, 250) + Fraction(100, 260)) / 2 * 20


def test_a_school_that_did_not_report_is_no_closed_one(district, leader):
    late = district.school()
    district.report(late, 2, good=10, tested=100)
    district.owe(late, 4, ["good", "tested"])
    district.refresh()
    whole = movements(district, leader)["setting"].whole
    assert whole.reporting != 0
    assert whole.total == (Fraction(140, 260) - Fraction(110, 350)) * 100


def test_the_first_due_quarter_has_nothing_to_compare(district, leader):
    page = page_of(district, leader, quarter=2)
    assert page.movements == []
    assert page.standing.need.amount == 50


def test_a_baseline_by_part_comes_first_and_is_named(district, leader):
    district.baseline(district.rate, 90, 200)
    for value, numerator in (("public", 50), ("private", 40)):
        district.baseline(district.rate, numerator, 100, slice_kind="ownership", slice_value=value)
    movement = movements(district, leader)["ownership"]
    assert movement.since == "锁定的基线（2024-12-31）"
    assert movement.whole.total == (Fraction(140, 260) - Fraction(90, 200)) * 100
    assert movements(district, leader)["setting"].since == "第二季度（2025-06-30）"


def test_baselines_of_parts_that_are_not_the_whole_serve_nothing(district, leader):
    district.baseline(district.rate, 91, 200)
    for value, numerator in (("public", 50), ("private", 40)):
        district.baseline(district.rate, numerator, 100, slice_kind="ownership", slice_value=value)
    assert movements(district, leader)["ownership"].since == "第二季度（2025-06-30）"


def test_a_quotient_without_parts_is_told_by_its_two_numbers(district, leader):
    cases = district.indicator(
        "handled",
        "confirmed",
        code="CASES",
        unit="%",
        due_quarters=[4],
        office=("handled", "confirmed"),
        reporter="office",
        aggregation="district_only",
    )
    district.baseline(cases, 8, 10)
    district.report(district.office, 4, handled=9, confirmed=10)
    district.refresh()
    scope = scope_of(district, leader)
    page = levers.levers_page(scope, selectors.indicators_in(scope).get(code="CASES"))
    assert [cell.text for cell in page.movements[0].table.rows[-1]] == [
        "合计＝全区变化",
        "+10.00",
        "80.0%",
        "90.0%",
    ]
    assert page.obstacle_to_parts.startswith("不适用：本指标由股室按全区填报")
    assert [row.name for row in page.what_if.rows] == ["全区合计"]


def test_levers_say_what_each_group_alone_would_have_to_reach(district, leader):
    page = page_of(district, leader)
    assert page.need_text == "还需增加 16 人：合格人数"
    rows = {row[0].text: [cell.text for cell in row[1:]] for row in page.group_levers[0].rows}
    assert rows == {
        "公办": ["60.0%", "60 ÷ 100", "76.0%", "增加 16 人"],
        "民办": ["50.0%", "80 ÷ 160", "60.0%", "增加 16 人"],
    }


def test_schools_are_for_the_owning_office_only(district, leader, owner):
    other = person(district, Role.OFFICE, organisation=district.office_of(district.region))
    deputy = person(district, Role.DEPUTY)
    deputy.offices_led.add(district.office)
    for user in (leader, other, deputy, person(district, Role.ADMINISTRATOR), person(district, Role.AUDITOR)):
        page = page_of(district, user, by="school")
        assert page.school_levers is None
        assert page.what_if.kind == "ownership"
    page = page_of(district, owner, by="school")
    codes = sorted(district.schools[name].code for name in ("public", "private", "new"))
    by_code = {school.code: school.name for school in district.schools.values()}
    assert [row[0].text for row in page.school_levers.rows] == [by_code[code] for code in codes]
    assert page.what_if.kind == "school"


@pytest.mark.parametrize("cells", [(4, 100), (96, 100)])
def test_one_small_group_hides_every_way_that_would_tell_it(district, leader, owner, cells):
    Indicator.objects.update(privacy=Privacy.SMALL_CELL)
    district.accept(district.schools["private"], 4, good=cells[0], tested=cells[1])
    district.accept(district.schools["new"], 4, good=0, tested=0)
    district.refresh()
    for user in (leader, owner):
        page = page_of(district, user, by="ownership")
        assert page.partitions == []
        assert page.movements == []
        assert page.what_if.kind == "all"  # the total they see anyway
    outsider = page_of(district, person(district, Role.ADMINISTRATOR))
    assert outsider.is_open  # the total itself is large: slices are hidden, it is not


def test_a_hidden_total_has_no_page_to_take_it_apart(client, district):
    Indicator.objects.update(privacy=Privacy.SMALL_CELL)
    for name in ("public", "private", "new"):
        district.accept(district.schools[name], 4, good=1, tested=100)
    district.refresh()
    client.force_login(person(district, Role.ADMINISTRATOR))
    response = client.get(reverse("dashboards:levers", args=[2025, "RATE"]) + "?quarter=4")
    assert "涉及人数较少，此数已隐去" in words(response)
    assert "what-if" not in response.content.decode().replace("what-if-", "")


def test_an_earlier_small_cell_is_not_told_by_what_moved(district, leader):
    Indicator.objects.update(privacy=Privacy.SMALL_CELL)
    district.accept(district.schools["private"], 2, good=4, tested=100)
    district.refresh()
    page = page_of(district, leader)
    assert "ownership" in [one.kind for one in page.partitions]
    assert page.movements == []


def post(client, **fields):
    return client.post(reverse("dashboards:levers", args=[2025, "RATE"]) + "?quarter=4&by=ownership", fields)


SENT = {"n-public": "76", "d-public": "100", "n-private": "80", "d-private": "160"}


def test_what_if_is_judged_by_the_same_rules_and_saves_nothing(client, district, leader):
    client.force_login(leader)
    before = list(Result.objects.values()), list(Judgement.objects.values())
    response = post(client, **SENT)
    outcome = response.context["page"].what_if.outcome
    assert (outcome.status, outcome.value) == ("achieved", 60)
    assert response.context["page"].reading.status == "at_risk"  # better, but too slowly to arrive
    assert (list(Result.objects.values()), list(Judgement.objects.values())) == before
    one_less = post(client, **{**SENT, "n-public": "75"}).context["page"].what_if
    assert one_less.outcome.status == response.context["page"].reading.status  # missed by one child
    assert one_less.need_text == "还需增加 1 人：合格人数"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "请填写数字，没有的填 0。"),
        ("约70", "“约70”不是准确数"),
        ("76%", "此处应填数量，不是百分比"),
        ("101", "超过了总数 100"),
        ("-3", "小于"),
    ],
)
def test_bad_input_is_told_at_its_field_and_the_rest_survives(client, district, leader, typed, said):
    client.force_login(leader)
    response = post(client, **{**SENT, "n-public": typed, "n-private": "７７"})
    panel = response.context["page"].what_if
    public, private = panel.rows
    assert (panel.outcome, panel.n_errors) == (None, 1)
    assert said in public.numerator.error
    assert (public.numerator.text, private.numerator.text, private.numerator.number) == (typed, "７７", 77)
    page = response.content.decode()
    assert re.search(r'name="n-public"[^>]*aria-invalid="true" aria-describedby="n-public-error"', page)
    assert 'value="７７"' in page


def test_shares_of_schools_count_schools(district, leader):
    share = district.indicator(
        "done", code="SHARE", unit="是/否", kind="boolean", aggregation="share_true", due_quarters=[4]
    )
    district.target(share, "equal", 100)
    for name, done in (("public", 1), ("private", 0), ("new", 0)):
        district.report(district.schools[name], 4, done=done)
    district.refresh(share)
    scope = scope_of(district, leader)
    page = levers.levers_page(
        scope, selectors.indicators_in(scope).get(code="SHARE"), by="ownership", sent={"n-private": "2"}
    )
    assert page.standing.need.amount == 2
    assert page.need_text.startswith("还需增加 2 所")
    assert page.what_if.outcome.status == "achieved"


def test_flows_are_what_the_year_has_brought(district, leader):
    count = district.indicator("events", code="EVENTS", unit="场", aggregation="sum", accumulation="flow")
    district.target(count, "at_least", 20)
    for quarter in (1, 2, 3, 4):
        for name in ("public", "private"):
            district.report(district.schools[name], quarter, events=quarter)
    district.report(district.schools["gone"], 2, events=3)
    district.refresh(count)
    scope = scope_of(district, leader)
    page = levers.levers_page(scope, selectors.indicators_in(scope).get(code="EVENTS"))
    assert page.is_in_step
    assert page.standing.whole.numerator == 23
    assert [cell.text for cell in page.movements[0].table.rows[-1]][1] == "+8.0"


def test_the_card_of_the_indicator_page_leads_here(client, district, leader):
    client.force_login(leader)
    response = client.get(reverse("dashboards:indicator", args=[2025, "RATE"]) + "?quarter=4")
    assert "还需增加 16 人" in words(response)
    assert reverse("dashboards:levers", args=[2025, "RATE"]) + "?quarter=4" in response.content.decode()


def test_the_page_costs_the_same_for_more_schools(client, district, owner, django_assert_max_num_queries):
    client.force_login(owner)
    address = reverse("dashboards:levers", args=[2025, "RATE"]) + "?quarter=4"
    client.get(address)
    with django_assert_max_num_queries(60) as few:
        client.get(address)
    for _ in range(2):
        more = district.school()
        for quarter in (2, 4):
            district.report(more, quarter, good=5, tested=10)
    district.refresh()
    with django_assert_max_num_queries(len(few)):
        client.get(address)


@pytest.mark.parametrize(
    ("fields", "operator", "said"),
    [
        ({"kind": "dispersion", "aggregation": "weighted_cv", "unit": "系数"}, "at_most", "差异系数不能相加"),
        ({"kind": "milestone", "aggregation": "district_only", "unit": "%"}, "completed", "按步骤推进"),
    ],
)
def test_what_is_no_sum_says_why_it_does_not_apply(client, district, leader, fields, operator, said):
    other = district.indicator("good", "tested", code="OTHER", due_quarters=[4], **fields)
    district.target(other, operator, None if operator == "completed" else 1)
    district.refresh(other)
    client.force_login(leader)
    address = reverse("dashboards:levers", args=[2025, "OTHER"]) + "?quarter=4"
    response = client.get(address)
    assert said in words(response)
    assert response.context["page"].what_if is None
    assert client.post(address, {"n-all": "1"}).context["page"].what_if is None


def test_a_line_for_each_school_is_not_reached_by_their_total(district, leader):
    district.rate.target.revisions.update(level="school")
    district.refresh()
    page = page_of(district, leader)
    assert page.what_if is None
    assert page.obstacle_to_supposing == page.obstacle_to_levers
    assert page.obstacle_to_levers.startswith("不适用：目标是对每所学校的要求")
    assert page.movements


def test_what_is_accepted_is_never_refused_and_growth_may_exceed_its_base(district, leader):
    growth = district.indicator(
        "more",
        "base",
        code="GROWTH",
        kind="amount",
        due_quarters=[4],
        office=("more", "base"),
        reporter="office",
        aggregation="district_only",
    )
    district.report(district.office, 4, more=12, base=10)
    district.refresh(growth)
    scope = scope_of(district, leader)
    indicator = selectors.indicators_in(scope).get(code="GROWTH")
    assert levers.levers_page(scope, indicator, sent={}).what_if.outcome.value == 120
    assert levers.levers_page(scope, indicator, sent={"n-all": "13"}).what_if.outcome.value == 130
