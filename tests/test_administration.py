"""The administration: for administrators only, through services, in Chinese."""

import datetime as dt
import re

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext, ngettext, override

from apps.collection.models import Period
from apps.organisations.models import OrganisationEvent
from tests.support.doors import WHO, make_world
from tests.support.foreign_strings import theme_strings
from tests.test_english_free import english_in

MODELS = sorted((model._meta.app_label, model._meta.model_name) for model in admin.site._registry)
OURS = [pair for pair in MODELS if pair[0] not in ("auth", "sites")]


@pytest.fixture
def world(db):
    return make_world()


@pytest.fixture
def administrator(world, client):
    client.force_login(world.people["administrator"])
    return world.people["administrator"]


def address(model, page="changelist", *args):
    return reverse(f"admin:{'_'.join(model)}_{page}", args=args)


def test_only_administrators_get_in(world):
    answers = {}
    for who in WHO:
        client = Client()
        if who != "anonymous":
            client.force_login(world.people[who])
        pages = [reverse("admin:index"), *(address(model) for model in MODELS)]
        answers[who] = {client.get(page, follow=True).status_code for page in pages}
    inside = {who for who, found in answers.items() if found == {200}}
    assert inside == {"administrator", "anonymous"}  # the anonymous see the login page
    assert {found for who in WHO[1:] if who != "administrator" for found in answers[who]} == {403}


def test_the_login_is_the_products_own(world, client):
    response = client.get(reverse("admin:index"), follow=True)
    assert response.redirect_chain[-1][0].startswith("/login/?next=")
    assert (
        client.post("/admin/login/", {"username": "administrator", "password": "password"}).status_code == 302
    )
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("model", OURS, ids=".".join)
def test_pages_hold_no_english(administrator, world, client, model):
    pages = [address(model)]
    first = admin.site._registry[
        next(m for m in admin.site._registry if (m._meta.app_label, m._meta.model_name) == model)
    ]
    row = first.model._default_manager.first()
    pages += [address(model, "change", row.pk)] if row else []
    pages += [address(model, "add")] if first.has_add_permission(client.get(pages[0]).wsgi_request) else []
    found = {}
    for page in pages:
        response = client.get(page)
        html = re.sub(
            r'<span class="[^"]*material-symbols-outlined[^"]*".*?</span>',
            "",
            response.content.decode(),
            flags=re.S,
        )
        if words := [word for word in english_in(html) if word not in NAMES]:
            found[page] = words
    assert found == {}


# Examples, codes and names of the test's own rows.
NAMES = {
    *("Example", "District", "indicator", "area", "fact", "reporter", "OFFICE", "shili", "shilixuexiao"),
    *("budget", "certified", "myopic", "placed", "pupils", "screened", "visits"),
    *("esc", "Control", "Command", "Mac"),  # keys
    *("value", "label", "en"),  # keys of a data element's choices
}


def test_the_theme_is_translated():
    with override("zh-hans"):
        english = {
            text
            for text in theme_strings()
            if re.search(r"[A-Za-z]{2}", re.sub(r"%\(\w+\)s", "", text))
            and gettext(text) == text
            and ngettext(text, text, 2) == text
        }
    assert english == set()


def test_nobody_adds_or_deletes_what_services_do_not(administrator, world, client):
    adds = {".".join(model) for model in MODELS if client.get(address(model, "add")).status_code == 200}
    assert adds == {"organisations.organisationevent", "plans.targetrevision"}
    school = world.ours.school
    assert (
        client.post(
            address(("organisations", "organisation"), "delete", school.pk), {"post": "yes"}
        ).status_code
        == 403
    )


def dates(**changes):
    return {"opens_on": "2025-06-20", "due_on": "2025-07-12", "closes_on": "2025-07-31", **changes}


def test_dates_of_a_period_are_set_by_the_service(administrator, world, client):
    period = world.ours.periods[2]
    page = address(("collection", "period"), "change", period.pk)
    refused = client.post(page, dates(due_on="2025-06-01"))
    assert refused.status_code == 200
    assert Period.objects.get(pk=period.pk).due_on == dt.date(2025, 7, 10)
    assert client.post(page, dates(quarter="3")).status_code == 302
    period.refresh_from_db()
    assert (period.due_on, period.quarter) == (dt.date(2025, 7, 12), 2)


def test_a_closed_period_keeps_its_dates(administrator, world, client):
    period = world.ours.periods[1]
    Period.objects.filter(pk=period.pk).update(closes_on="2025-04-01", due_on="2025-04-01")
    response = client.post(address(("collection", "period"), "change", period.pk), dates())
    assert response.status_code == 200


def test_events_of_schools_are_recorded_by_services(administrator, world, client):
    school = world.ours.school
    event = {"organisation": school.pk, "kind": "renamed", "happened_on": "2025-04-01", "name": "示例新名"}
    page = address(("organisations", "organisationevent"), "add")
    assert client.post(page, {**event, "name": school.name}).status_code == 200
    assert client.post(page, {**event, "organisation": world.far_school.pk}).status_code == 200
    assert client.post(page, {**event, "kind": "opened"}).status_code == 200
    assert OrganisationEvent.objects.count() == 0
    assert client.post(page, event).status_code == 302
    school.refresh_from_db()
    assert (school.name, school.events.get().recorded_by) == ("示例新名", administrator)
    closing = {"organisation": world.other_school.pk, "kind": "closed", "happened_on": "2025-04-02"}
    assert client.post(page, closing).status_code == 302
    owed = world.ours.periods[2].assignments.filter(organisation=world.other_school, withdrawn_on=None)
    assert not owed.exists()


def test_accounts_are_changed_by_the_service(administrator, world, client):
    person = world.people["office"]
    page = address(("accounts", "user"), "change", person.pk)
    given = {"name": "示例改名", "role": "office", "organisation": world.ours.school.pk}
    assert client.post(page, given).status_code == 200
    assert (
        client.post(page, {**given, "organisation": world.ours.staff.pk, "is_active": ""}).status_code == 302
    )
    person.refresh_from_db()
    assert (person.name, person.organisation, person.is_active) == ("示例改名", world.ours.staff, True)


def test_single_indicators_are_switched_off_and_on(administrator, world, client):
    plan, visits = world.ours.plan, world.ours.indicators["visits"]
    page = reverse("dashboards:switches")
    costs = {row.indicator.pk: row for row in client.get(page).context["rows"]}
    teachers = costs[world.ours.indicators["teachers"].pk]
    assert (costs[visits.pk].n_school_facts, teachers.n_school_facts, teachers.n_shared_facts) == (1, 1, 1)
    asked = [row.indicator.code for row in costs.values() if row.indicator != visits]
    client.post(page, {"asked": asked})
    plan.policy.refresh_from_db()
    assert plan.policy.muted_codes == [visits.code]
    owed = {
        "element": world.ours.elements["visits"],
        "withdrawn_on": None,
        "organisation": world.other_school,
    }
    assert not world.ours.periods[2].assignments.filter(**owed).exists()
    client.post(page, {"asked": [*asked, visits.code]})
    assert world.ours.periods[2].assignments.filter(**owed).exists()
