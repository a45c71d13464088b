"""The administration of a plan: what the files say is read, what the bureau decides is set."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.enums import Role
from apps.core.models import BusinessClock
from apps.plans.models import Indicator, Measure, ReferenceLine, Target, TargetRevision
from apps.plans.services import target_set
from tests.factories import (
    ElementFactory,
    IndicatorFactory,
    OfficeFactory,
    PlanFactory,
    RegionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
MODELS = (
    "annualplan",
    "planpolicy",
    "taskarea",
    "dataelement",
    "indicator",
    "measure",
    "targetrevision",
)


@pytest.fixture
def indicator():
    BusinessClock.objects.create(fixed_date=dt.date(2025, 5, 20))
    made = IndicatorFactory(name="甲区指标", direction="at_least", elements=[ElementFactory()])
    Target.objects.create(indicator=made, source="bureau_to_set")
    Measure.objects.create(
        area=made.area,
        code="M1",
        name="甲区举措",
        name_en="measure",
        source_quote="示例",
        quote_start=0,
        quote_end=2,
        lead_office=made.lead_office,
    )
    ReferenceLine.objects.create(indicator=made, operator="at_least", value=50, label="国家线", source="文件")
    return made


@pytest.fixture
def administrator(indicator, client):
    user = UserFactory(role=Role.ADMINISTRATOR, region=indicator.plan.region)
    client.force_login(user)
    return user


def address(model, page="changelist", *args):
    return reverse(f"admin:plans_{model}_{page}", args=args)


@pytest.mark.parametrize("model", MODELS)
def test_every_list_opens(administrator, client, model):
    assert client.get(address(model)).status_code == 200


@pytest.mark.parametrize("model", MODELS)
def test_others_are_sent_to_the_login(indicator, client, model):
    client.force_login(UserFactory(role=Role.LEADER, region=indicator.plan.region))
    assert client.get(address(model)).status_code == 302


def test_another_regions_plan_is_not_there(administrator, client):
    elsewhere = RegionFactory(code="100000")
    other = IndicatorFactory(name="乙区指标", area__plan=PlanFactory(region=elsewhere))
    page = client.get(address("indicator")).content.decode()
    assert ("甲区指标" in page, "乙区指标" in page) == (True, False)
    assert client.get(address("indicator", "change", other.pk)).status_code == 302


@pytest.mark.parametrize("model", MODELS[:-1])
def test_the_catalogue_is_neither_added_to_nor_deleted_from(administrator, client, indicator, model):
    assert client.get(address(model, "add")).status_code == 403
    assert client.post(address("indicator", "delete", indicator.pk), {"post": "yes"}).status_code == 403
    assert Indicator.objects.filter(pk=indicator.pk).exists()


def test_what_the_files_say_cannot_be_written(administrator, client, indicator):
    line = indicator.reference_lines.get()
    client.post(
        address("indicator", "change", indicator.pk),
        {
            "name": "改名",
            "reference_lines-TOTAL_FORMS": 1,
            "reference_lines-INITIAL_FORMS": 1,
            "reference_lines-0-id": line.pk,
            "reference_lines-0-indicator": indicator.pk,
            "reference_lines-0-value": 99,
            "reference_lines-0-is_confirmed": "on",
        },
    )
    indicator.refresh_from_db()
    line.refresh_from_db()
    assert (indicator.name, line.value, line.is_confirmed) == ("甲区指标", 50, True)


def test_who_does_a_measure_and_by_when_is_set_but_not_its_status(administrator, client):
    measure = Measure.objects.get()
    leader = UserFactory(role="deputy", region=administrator.region)
    asked = {
        "status": "completed",
        "name": "改名",
        "lead_leader": leader.pk,
        "lead_office": measure.lead_office_id,
        "due_on": "2025-09-30",
    }
    refused = client.post(address("measure", "change", measure.pk), asked | {"due_on": "2026-09-30"})
    assert refused.context["adminform"].form.errors == {"due_on": ["完成时限不在计划年度内。"]}
    client.post(address("measure", "change", measure.pk), asked)
    measure.refresh_from_db()
    assert (measure.status, measure.due_on, measure.name) == ("not_started", dt.date(2025, 9, 30), "甲区举措")
    assert measure.lead_leader == leader


def test_a_target_is_listed_without_the_zeros_it_is_stored_with(administrator, client, indicator):
    target_set(
        target=indicator.target,
        value=Decimal("92.5"),
        effective_from=dt.date(2025, 5, 20),
        reason="示例",
        by=administrator,
    )
    page = client.get(address("targetrevision")).content.decode()
    assert "92.5<" in page
    assert "92.5000" not in page


def new_revision(indicator, **changes):
    return {
        "target": indicator.target.pk,
        "level": "district",
        "value": "80",
        "effective_from": "2025-05-20",
        "reason": "局务会议",
        **changes,
    }


def test_a_target_is_set_by_the_service(administrator, client, indicator):
    response = client.post(address("targetrevision", "add"), new_revision(indicator))
    assert response.status_code == 302
    revision = TargetRevision.objects.get()
    assert (revision.number, revision.value, revision.operator) == (1, Decimal(80), "at_least")
    assert (revision.proposed_by, revision.confirmed_by) == (administrator, administrator)
    assert revision.confirmed_on == dt.date(2025, 5, 20)


@pytest.mark.parametrize("changes", [{"reason": " "}, {"value": ""}, {"value_max": "90"}])
def test_a_refusal_of_the_service_is_shown_in_the_form(administrator, client, indicator, changes):
    response = client.post(address("targetrevision", "add"), new_revision(indicator, **changes))
    assert response.status_code == 200
    assert response.context["errors"]
    assert TargetRevision.objects.count() == 0


def test_targets_of_another_region_are_not_offered(administrator, client, indicator):
    other = IndicatorFactory(area__plan=PlanFactory(region=RegionFactory(code="100000")))
    Target.objects.create(indicator=other, source="bureau_to_set")
    response = client.post(address("targetrevision", "add"), new_revision(other))
    assert response.status_code == 200
    assert TargetRevision.objects.count() == 0


def test_proposals_are_confirmed_from_the_list(administrator, client, indicator):
    revision = TargetRevision.objects.create(
        target=indicator.target,
        number=1,
        source="plan_implied",
        operator="at_least",
        value=90,
        effective_from=dt.date(2025, 3, 10),
        reason="文意推出",
    )
    choice = {"action": "confirm", "_selected_action": [revision.pk]}
    client.post(address("targetrevision"), choice)
    revision.refresh_from_db()
    assert (revision.confirmed_by, revision.effective_from) == (administrator, dt.date(2025, 5, 20))
    again = client.post(address("targetrevision"), choice, follow=True)
    assert len(list(again.context["messages"])) == 1


def test_a_revision_is_never_rewritten(administrator, client, indicator):
    client.post(address("targetrevision", "add"), new_revision(indicator))
    revision = TargetRevision.objects.get()
    response = client.post(
        address("targetrevision", "change", revision.pk), new_revision(indicator, value="10")
    )
    revision.refresh_from_db()
    assert (response.status_code, revision.value) == (403, 80)


def test_lists_ask_no_more_for_three_than_for_one(administrator, client, indicator):
    with CaptureQueriesContext(connection) as one:
        client.get(address("indicator"))
    for _ in range(2):
        IndicatorFactory(area=indicator.area, lead_office=OfficeFactory(region=indicator.plan.region))
    with CaptureQueriesContext(connection) as three:
        client.get(address("indicator"))
    assert len(three) == len(one)
