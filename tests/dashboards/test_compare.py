"""Comparison: with a year before, between groups, among schools; league tables for switched-on roles only."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from apps.accounts.enums import Role
from apps.collection.calendar import quarter_dates
from apps.collection.models import Period
from apps.core import clock
from apps.core.models import BusinessClock
from apps.dashboards import comparing, league, levers, selectors
from apps.plans.enums import Privacy
from apps.plans.models import Indicator
from apps.plans.setting_up import league_roles_set
from tests.dashboards.test_levers import person, scope_of, words
from tests.factories import AreaFactory, PlanFactory, RegionFactory, UserFactory
from tests.rollups.district import District

pytestmark = pytest.mark.django_db
TODAY = dt.date(2025, 12, 15)
FACTS = [(10, 100), (30, 100), (30, 100), (45, 90), (60, 100)]


@pytest.fixture
def district(db):
    """Five primary schools in Q2 and Q4 of a rate that should be at least 60 %."""
    BusinessClock.objects.create(fixed_date=TODAY)
    with clock.held_at(TODAY):
        district = District()
        district.rate = district.indicator(
            "good", "tested", code="RATE", unit="%", decimals=1, due_quarters=[2, 4]
        )
        district.target(district.rate, "at_least", 60)
        district.schools = [
            district.school(ownership="private" if place % 2 else "public") for place in range(5)
        ]
        for school, (good, tested) in zip(district.schools, FACTS, strict=True):
            district.report(school, 2, good=good - 5, tested=tested)
            district.report(school, 4, good=good, tested=tested)
        district.refresh()
        yield district


@pytest.fixture
def leader(district):
    return person(district, Role.LEADER)


def page_of(district, user, quarter=4):
    scope = scope_of(district, user, quarter)
    return comparing.compare_page(scope, selectors.indicators_in(scope).get(code="RATE"))


def last_years(district, *, numerator="good"):
    """Last year's district: the same schools with one more of each hundred, in Q4."""
    before = District.__new__(District)
    before.region, before.user, before.office = district.region, district.user, district.office
    before.plan = PlanFactory(region=district.region, year=2024)
    before.area = AreaFactory(plan=before.plan, lead_office=district.office)
    before.periods = {
        one: Period.objects.create(plan=before.plan, quarter=one, **vars(quarter_dates(2024, one)))
        for one in (1, 2, 3, 4)
    }
    rate = before.indicator(numerator, "tested", code="RATE", unit="%", decimals=1, due_quarters=[2, 4])
    for school, (good, tested) in zip(district.schools, FACTS, strict=True):
        before.report(school, 4, **{numerator: good + 1}, tested=tested)
    before.refresh()
    return rate


def test_last_years_stored_figure_of_the_same_quarter_comes_first(district, leader):
    last_years(district)
    district.baseline(district.rate, 1, 100)
    year = page_of(district, leader).year_on_year
    assert year.before == Fraction(180, 490) * 100
    assert year.change == Fraction(-5, 490) * 100
    assert (year.date, year.change_text) == (dt.date(2024, 12, 31), "比上年同期减少 1.0 个百分点")


def test_another_formula_is_no_comparison(district, leader):
    last_years(district, numerator="better")
    year = page_of(district, leader).year_on_year
    assert (year.before, year.why_not) == (None, "上年度没有同口径的指标。没有锁定的基线。")


def test_a_baseline_serves_its_own_quarter_only(district, leader):
    district.baseline(district.rate, 30, 100)
    year = page_of(district, leader).year_on_year
    assert (year.before, year.source) == (30, "锁定的基线")
    early = page_of(district, leader, quarter=2).year_on_year
    assert (early.before, early.why_not) == (
        None,
        "系统中没有上年度的工作要点。锁定的基线日期为 2024-12-31，不是同一季度。",
    )


def test_what_moved_the_rate_is_told_since_last_year_where_it_is_stored(district, leader):
    last_years(district)
    scope = scope_of(district, leader)
    page = levers.levers_page(scope, selectors.indicators_in(scope).get(code="RATE"))
    assert page.movements[0].lead.startswith("与上年同期（2024-12-31）相比：−1.02")


def test_groups_stand_on_one_scale_with_four_quarters(district, leader):
    (group,) = page_of(district, leader).multiples
    assert [one.name for one in group.pictures] == ["公办", "民办"]
    assert [len(one.points) for one in group.pictures] == [3, 3]  # Q2, carried in Q3, Q4
    assert [point.is_hollow for point in group.pictures[0].points] == [False, True, False]
    tops = [one.points[-1].y for one in group.pictures]
    assert tops[0] > tops[1]  # 33.3 % lies below 39.5 %, and down is up in a picture
    assert [cell.text for cell in group.table.rows[0]] == ["公办", "尚未到期", "28.3%", "28.3%", "33.3%"]


def test_schools_lie_below_within_or_above_the_middle_half(district, leader):
    page = page_of(district, leader)
    assert [cell.text for cell in page.halves_table.rows[0]] == ["整个单位", "5", "30.0%", "30.0%", "50.0%"]
    placed = {row[0].text: row[3].text for row in page.places_table.rows}
    assert [placed[school.name] for school in district.schools] == [
        "低于中间一半",
        "在中间一半之内",
        "在中间一半之内",
        "在中间一半之内",
        "高于中间一半",
    ]


def league_address():
    return reverse("dashboards:league", args=[2025, "RATE"]) + "?quarter=4"


@pytest.mark.parametrize("role", [Role.OFFICE, Role.DEPUTY, Role.LEADER, Role.ADMINISTRATOR, Role.AUDITOR])
def test_league_tables_are_off_until_the_bureau_switches_a_role_on(client, district, role):
    user = person(district, role, **({"organisation": district.office} if role == Role.OFFICE else {}))
    client.force_login(user)
    compare = reverse("dashboards:compare", args=[2025, "RATE"]) + "?quarter=4"
    assert client.get(league_address()).status_code == 403
    assert league_address() not in client.get(compare).content.decode()
    league_roles_set(plan=district.plan, roles=[role], by=person(district, Role.ADMINISTRATOR))
    assert client.get(league_address()).status_code == 200
    assert league_address() in client.get(compare).content.decode()
    others = [one for one in (Role.LEADER, Role.DEPUTY) if one != role]
    client.force_login(person(district, others[0]))
    assert client.get(league_address()).status_code == 403


def test_schools_never_get_league_tables(district):
    administrator = person(district, Role.ADMINISTRATOR)
    stranger = UserFactory(role=Role.ADMINISTRATOR, region=RegionFactory(code="430202", name="另一区"))
    with pytest.raises(ValidationError):
        league_roles_set(plan=district.plan, roles=[Role.REPORTER], by=administrator)
    with pytest.raises(PermissionDenied):
        league_roles_set(plan=district.plan, roles=[Role.LEADER], by=stranger)


def test_who_switched_it_on_is_kept(district):
    league_roles_set(plan=district.plan, roles=[Role.LEADER], by=person(district, Role.ADMINISTRATOR))
    history = type(district.plan.policy).pgh_event_model
    assert history.objects.order_by("pgh_id").last().league_roles == ["leader"]


def tables(district, user):
    scope = scope_of(district, user)
    return league.league_page(scope, selectors.indicators_in(scope).get(code="RATE"))


def test_equal_values_share_a_place(district, leader):
    district.owe(district.school(), 4, ["good", "tested"])
    (stage,) = tables(district, leader).stages
    assert [(row[1].text, row[2].text) for row in stage.table.rows] == [
        ("1", "60.0%"),
        ("2", "50.0%"),
        ("3", "30.0%"),
        ("3", "30.0%"),
        ("5", "10.0%"),
        ("—", "尚未审核通过"),
    ]
    assert (stage.n_reported, stage.n_due) == (5, 6)


def test_fewer_is_better_of_an_upper_limit(district, leader):
    district.rate.target.revisions.update(operator="at_most")
    (stage,) = tables(district, leader).stages
    assert stage.table.rows[0][2].text == "10.0%"


def test_a_range_has_no_best(district, leader):
    district.rate.target.revisions.update(operator="within_range", value_max=Decimal(80))
    page = tables(district, leader)
    assert (page.stages, page.why_not) == ([], "此处不排名次：多或少都谈不上更好。")


def test_small_cells_have_no_place(district, leader):
    Indicator.objects.update(privacy=Privacy.SMALL_CELL)
    district.accept(district.schools[0], 4, good=4, tested=100)
    district.refresh()
    (stage,) = tables(district, leader).stages
    hidden = [row for row in stage.table.rows if row[1].text == "—"]
    # The next smallest goes with it, and a third: the two are of different ownership, whose sums are shown.
    assert len(hidden) == 3
    assert {cell.text for row in hidden for cell in row[2:]} == {"人数过少，不予显示", "—"}


def test_nobody_gets_the_league_of_a_restricted_indicator_of_another_office(client, district):
    Indicator.objects.update(privacy=Privacy.RESTRICTED)
    league_roles_set(plan=district.plan, roles=[Role.AUDITOR], by=person(district, Role.ADMINISTRATOR))
    client.force_login(person(district, Role.AUDITOR))
    assert client.get(league_address()).status_code == 404


def test_the_settings_page_switches_it(client, district):
    client.force_login(person(district, Role.ADMINISTRATOR))
    address = reverse("dashboards:settings")
    assert "校际排名表" in words(client.get(address))
    thresholds = {"on_track_ratio": "100", "at_risk_ratio": "80", "step_tolerance_days": "30"}
    client.post(address, {**thresholds, "league_roles": ["leader", "deputy"]})
    district.plan.policy.refresh_from_db()
    assert district.plan.policy.league_roles == ["deputy", "leader"]


def test_the_page_costs_the_same_for_more_schools(client, district, leader, django_assert_max_num_queries):
    client.force_login(leader)
    address = reverse("dashboards:compare", args=[2025, "RATE"]) + "?quarter=4"
    client.get(address)
    with django_assert_max_num_queries(50) as few:
        client.get(address)
    more = district.school()
    district.report(more, 4, good=5, tested=10)
    district.refresh()
    with django_assert_max_num_queries(len(few)):
        client.get(address)
