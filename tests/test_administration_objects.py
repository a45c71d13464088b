"""Objects of the administration by number: every registered model × page × role, and another district."""

from __future__ import annotations

from unittest import mock

import pytest
from django.contrib import admin
from django.db import transaction
from django.test import Client
from django.urls import reverse

from apps.accounts.enums import Role
from apps.organisations.models import Organisation, OrganisationEvent
from apps.plans.models import Baseline
from tests.factories import UserFactory
from tests.support.doors import make_world

pytestmark = pytest.mark.django_db

MODELS = {f"{model._meta.app_label}_{model._meta.model_name}": model for model in admin.site._registry}
PAGES = ("change", "delete", "history")
# Data elements are common to all districts; who does not ask one reads it only.
COMMON = {"plans_dataelement"}
# Nothing is deleted; what is in them is read, or written by a service.
CHANGED = {"accounts_user", "collection_period", "plans_measure"} | {
    *("plans_planpolicy", "plans_taskarea", "plans_dataelement", "plans_indicator")
}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    nothing = mock.patch("django.template.backends.django.Template.render", return_value="")
    drawn = mock.patch("django.template.response.SimpleTemplateResponse.rendered_content", "")
    with django_db_blocker.unblock(), nothing, drawn, transaction.atomic():
        found = make_world()
        ours, administrator = found.ours, found.people["administrator"]
        OrganisationEvent.objects.create(
            organisation=ours.school, kind="renamed", happened_on="2025-04-01", recorded_by=administrator
        )
        Baseline.objects.create(
            indicator=ours.indicators["teachers"],
            region=ours.plan.region,
            numerator=1,
            denominator=2,
            as_of="2024-12-31",
        )
        found.clients = {}
        for who, person in (found.people | {"far": _far_administrator(found)}).items():
            found.clients[who] = Client()
            found.clients[who].force_login(person)
        yield found
        transaction.set_rollback(True)


def _far_administrator(world):
    return UserFactory(role="administrator", region=world.far_school.region)


def row_of(world, model):
    """Return a row of our district: the first one, but for organisations, of which the world has far ones."""
    if model is Organisation:
        return world.ours.school
    if model._meta.model_name == "user":
        return world.people["office"]
    if model._meta.model_name in ("annualplan", "planpolicy"):
        return world.ours.plan if model._meta.model_name == "annualplan" else world.ours.plan.policy
    if model._meta.model_name == "measure":
        return world.measure
    if model._meta.model_name == "taskarea":
        return world.measure.area
    return model._default_manager.order_by("pk").first()


def answers(world, who, name):
    """Return what a person gets at each page of a row, read and written; nothing of it stays."""
    row, found = row_of(world, MODELS[name]), {}
    for page in PAGES:
        for method in ("get", "post") if page != "history" else ("get",):
            address = reverse(f"admin:{name}_{page}", args=[row.pk])
            sent = {"post": "yes"} if page == "delete" else {}
            with transaction.atomic():
                answer = getattr(world.clients[who], method)(address, sent)
                transaction.set_rollback(True)
            to = answer.headers.get("Location", "").partition("?")[0]
            found[page, method] = to or answer.status_code
    return found


@pytest.mark.parametrize("name", MODELS)
def test_nobody_but_an_administrator_reads_or_writes_any_row(world, name):
    others = [role for role in Role if role != Role.ADMINISTRATOR]
    found = {code for role in others for code in answers(world, role, name).values()}
    assert found == {"/admin/login/"}  # which refuses whoever is logged in


@pytest.mark.parametrize("name", MODELS)
def test_an_administrator_changes_what_services_take_and_deletes_nothing(world, name):
    found = answers(world, "administrator", name)
    assert (found["change", "get"], found["history", "get"]) == (200, 200)
    assert (found["change", "post"] != 403) == (name in CHANGED)
    assert {found["delete", "get"], found["delete", "post"]} == {403}


@pytest.mark.parametrize("name", sorted(MODELS.keys() - COMMON))
def test_rows_of_another_district_are_not_there(world, name):
    """The administration leads back to its first page, as it does for a number that nothing has."""
    found = answers(world, "far", name)
    assert set(found.values()) <= {"/admin/", 403, 404}
    assert found["change", "get"] == found["history", "get"] == "/admin/"


@pytest.mark.parametrize("name", sorted(COMMON))
def test_what_is_common_is_not_changed_from_another_district(world, name):
    found = answers(world, "far", name)
    assert (found["change", "get"], found["change", "post"]) == (200, 403)
