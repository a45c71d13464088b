"""Rules about figures where several districts share the facts: nobody changes what holds in another."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from apps.collection.models import RuleFiring
from apps.collection.rules.record import Record, records
from apps.plans.models import ValidationRule
from apps.plans.rules.services import rule_add, rule_change
from tests.factories import (
    AreaFactory,
    ElementFactory,
    IndicatorFactory,
    PlanFactory,
    RegionFactory,
    UserFactory,
)
from tests.support.returns import submit

BESIDE, BELOW = "430204", "430205"


@pytest.fixture
def asked_too(district):
    """A plan beside or below ours, which asks facts of ours; returns its administrator."""

    def make(code, *elements, parent=None):
        region = RegionFactory(code=code, name="示例邻区", parent=parent)
        IndicatorFactory(area=AreaFactory(plan=PlanFactory(region=region)), elements=list(elements))
        return UserFactory(role="administrator", region=region)

    return make


@pytest.fixture
def administrator(district):
    return UserFactory(role="administrator", region=district.plan.region)


def changed(rule, by):
    given = {"limit": rule.limit, "least_change": Decimal(0), "severity": "soft", "message": ""}
    try:
        rule_change(rule=rule, is_active=True, reason="会议决定", by=by, **given)
    except PermissionDenied:
        return False
    return True


def looked_at(by, *arguments, name="collection:rule", **data):
    client = Client()
    client.force_login(by)
    address = reverse(name, args=arguments)
    return client.post(address, data) if data else client.get(address)


def rule_of_myopia():
    return ValidationRule.objects.get(kind="at_most")


def test_a_fact_that_a_district_beside_asks_too_has_rules_that_neither_changes(
    district, asked_too, administrator
):
    neighbour = asked_too(BESIDE, district.elements["myopic"])
    rule = rule_of_myopia()
    assert [changed(rule, by) for by in (district.health_user, administrator, neighbour)] == [False] * 3
    with pytest.raises(PermissionDenied):
        rule_add(kind="above", element=rule.element, limit=Decimal(9), reason="示例", by=administrator)
    page = looked_at(administrator, rule.pk)
    assert page.context["form"] is None
    assert "请由上一级地区的系统管理员修改" in page.content.decode()
    assert looked_at(administrator, rule.pk, reason="示例").status_code == 403


def test_its_own_facts_a_district_goes_on_with(district, asked_too, administrator):
    asked_too(BESIDE, district.elements["visits"])
    assert [changed(rule_of_myopia(), by) for by in (district.health_user, administrator)] == [True, True]


def test_rules_for_every_figure_are_changed_where_there_is_one_district_alone(
    district, asked_too, administrator
):
    general = ValidationRule.objects.get(kind="not_falling")
    assert changed(general, administrator)
    neighbour = asked_too(BESIDE, ElementFactory())
    assert [changed(general, by) for by in (administrator, neighbour)] == [False, False]


def test_whose_region_is_above_them_all_changes_what_they_share(district, asked_too, administrator):
    below = asked_too(BELOW, district.elements["myopic"], parent=district.plan.region)
    general = ValidationRule.objects.get(kind="not_falling")
    assert [changed(rule, administrator) for rule in (rule_of_myopia(), general)] == [True, True]
    assert [changed(rule, below) for rule in (rule_of_myopia(), general)] == [False, False]


def test_the_list_offers_what_may_be_changed(district, asked_too, administrator):
    asked_too(BESIDE, district.elements["myopic"])
    for reader in (administrator, district.health_user):
        rows = looked_at(reader, name="collection:rules").context["rows"]
        assert {row.rule.element.code for row in rows if row.may_edit} == {"pupils"}


def test_the_form_for_a_new_rule_says_why_not(district, asked_too, administrator):
    asked_too(BESIDE, district.elements["myopic"])
    page = looked_at(administrator, name="collection:rule_new")
    offered = set(page.context["form"].fields["element"].queryset)
    assert (district.elements["myopic"] in offered, district.elements["pupils"] in offered) == (False, True)
    given = {"kind": "jump_previous", "limit": "5", "severity": "soft", "reason": "示例"}
    refused = looked_at(administrator, name="collection:rule_new", **given)
    assert refused.context["form"].errors["element"][0].startswith("其他区县的填报也用到这条规则")
    assert refused.context["form"]["reason"].value() == "示例"


def test_another_districts_rules_and_record_are_not_seen(district, asked_too, administrator):
    theirs = asked_too(BESIDE, ElementFactory())
    rule = rule_of_myopia()
    RuleFiring.objects.create(rule=rule, submission=submit(district, 1))
    assert records(administrator)[rule.pk] == Record(fired=1)
    assert records(theirs) == {}
    assert looked_at(theirs, rule.pk).status_code == 404
    listed = looked_at(theirs, name="collection:rules").context["rows"]
    assert {row.rule.element for row in listed} == {None}


def test_a_shared_fact_is_read_only_in_the_administration(district, asked_too, administrator):
    fact = district.elements["myopic"]
    given = {"is_estimate": "on"}
    assert (
        looked_at(administrator, fact.pk, name="admin:plans_dataelement_change", **given).status_code == 302
    )
    asked_too(BESIDE, fact)
    assert (
        looked_at(administrator, fact.pk, name="admin:plans_dataelement_change", **given).status_code == 403
    )
    assert looked_at(administrator, fact.pk, name="admin:plans_dataelement_change").status_code == 200
