import re

import pytest
from django.urls import reverse

from apps.accounts import services
from apps.accounts.enums import Role
from apps.accounts.models import ResetCode, User
from tests.accounts.conftest import STRONG
from tests.factories import SchoolFactory, UserFactory

PASSWORD = "password"


def log_in(client, username, password=PASSWORD):
    return client.post(reverse("accounts:login"), {"username": username, "password": password})


def test_login_ignores_the_case_of_the_user_name(client, reporter):
    answer = log_in(client, "REPORTER")
    assert (answer.status_code, answer["Location"]) == (302, "/")


@pytest.mark.parametrize(("username", "password"), [("reporter", "wrong"), ("nobody", PASSWORD)])
def test_a_failed_login_does_not_tell_what_was_wrong(client, reporter, username, password):
    answer = log_in(client, username, password)
    assert answer.status_code == 200
    assert answer.context["form"].non_field_errors() == ["用户名或密码错误。"]


def test_a_deactivated_person_is_out_at_once(client, administrator, reporter):
    log_in(client, "reporter")
    assert client.get(reverse("accounts:password")).status_code == 200
    services.user_set_active(user=reporter, active=False, by=administrator)
    assert client.get(reverse("accounts:password"))["Location"] == "/login/?next=/password/"
    assert log_in(client, "reporter").status_code == 200


def test_logout_is_a_post(client, reporter):
    client.force_login(reporter)
    assert client.get(reverse("accounts:logout")).status_code == 405
    assert client.post(reverse("accounts:logout"))["Location"] == "/login/"
    assert client.get(reverse("accounts:password")).status_code == 302


def test_whoever_must_change_the_password_gets_nowhere_else(client, reporter):
    User.objects.update(must_change_password=True)
    log_in(client, "reporter")
    assert client.get("/")["Location"] == "/password/"
    assert client.get("/password/").status_code == 200
    assert client.get("/dictionary/")["Location"] == "/password/"
    assert client.get("/healthz").status_code == 200
    answer = client.post("/password/", {"old_password": PASSWORD, "new_password": STRONG, "again": STRONG})
    assert answer["Location"] == "/"
    reporter.refresh_from_db()
    assert (reporter.check_password(STRONG), reporter.must_change_password) == (True, False)
    assert client.get("/password/").status_code == 200


@pytest.mark.parametrize(
    ("old", "new", "again", "field"),
    [
        ("wrong", STRONG, STRONG, "old_password"),
        (PASSWORD, STRONG, STRONG + "x", "again"),
        (PASSWORD, "short1", "short1", "new_password"),
        (PASSWORD, PASSWORD, PASSWORD, "new_password"),
    ],
)
def test_a_password_change_says_what_is_wrong(client, reporter, old, new, again, field):
    client.force_login(reporter)
    answer = client.post("/password/", {"old_password": old, "new_password": new, "again": again})
    assert list(answer.context["form"].errors) == [field]


def test_password_advice_is_chinese(client, reporter):
    client.force_login(reporter)
    answer = client.post("/password/", {"old_password": PASSWORD, "new_password": "1", "again": "1"})
    text = " ".join(answer.context["form"].errors["new_password"]) + str(
        answer.context["form"].fields["new_password"].help_text
    )
    assert re.findall(r"[A-Za-z]{2,}", re.sub(r"<[^>]+>", "", text)) == []


def test_a_password_change_ends_other_sessions(client, reporter):
    from django.test import Client

    other = Client()
    other.force_login(reporter)
    client.force_login(reporter)
    client.post("/password/", {"old_password": PASSWORD, "new_password": STRONG, "again": STRONG})
    assert other.get("/password/").status_code == 302
    assert client.get("/password/").status_code == 200


def test_a_code_from_the_administrator_opens_the_account(client, administrator, reporter):
    client.force_login(administrator)
    answer = client.post(reverse("accounts:user-code", args=[reporter.pk]))
    code = answer.context["code"]
    assert "no-store" in answer["Cache-Control"]
    client.logout()
    data = {"username": "reporter", "code": code, "new_password": STRONG, "again": STRONG}
    assert client.post("/reset/", data)["Location"] == "/login/"
    assert log_in(client, "reporter", STRONG)["Location"] == "/"


def test_a_wrong_code_is_refused_in_words(client, administrator, reporter):
    services.reset_code_issue(user=reporter, by=administrator)
    data = {"username": "reporter", "code": "AAAA-2222", "new_password": STRONG, "again": STRONG}
    answer = client.post("/reset/", data)
    assert list(answer.context["form"].errors) == ["code"]
    assert ResetCode.objects.get().failures == 1


def test_the_list_holds_the_region_only(client, administrator, reporter, elsewhere):
    UserFactory(role=Role.LEADER, region=elsewhere)
    client.force_login(administrator)
    assert list(client.get("/users/").context["page"]) == [administrator, reporter]


def test_the_list_is_narrowed(client, administrator, reporter, school, district):
    other = UserFactory(
        username="zhang", name="张三", organisation=SchoolFactory(region=district, name="示例二小")
    )
    User.objects.filter(pk=other.pk).update(is_active=False)
    client.force_login(administrator)

    def found(query):
        return [user.username for user in client.get(f"/users/?{query}").context["page"]]

    assert found("q=一小") == ["reporter"]
    assert found("q=ZHANG") == ["zhang"]
    assert found("role=administrator") == ["admin"]
    assert found(f"organisation={school.pk}") == ["reporter"]
    assert found("state=inactive") == ["zhang"]
    assert found("role=nonsense") == ["admin", "reporter", "zhang"]


def test_the_list_costs_the_same_at_one_and_three(client, administrator, school, django_assert_num_queries):
    client.force_login(administrator)
    UserFactory(organisation=school)
    client.get("/users/")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get("/users/")
    UserFactory(organisation=school)
    UserFactory(organisation=school)
    with django_assert_num_queries(len(one)):
        assert len(client.get("/users/").context["page"].object_list) == 4


def test_a_new_account_gets_its_first_code(client, administrator, school):
    client.force_login(administrator)
    answer = client.post(
        "/users/new/", {"username": "li.si", "name": "李四", "role": "reporter", "organisation": school.pk}
    )
    user = User.objects.get(username="li.si")
    assert (user.organisation, user.region, user.has_usable_password()) == (school, school.region, False)
    assert services.reset_code_redeem(username="li.si", code=answer.context["code"], password=STRONG) == user


@pytest.mark.parametrize(
    ("role", "place", "fields"),
    [
        ("reporter", "office", ["organisation"]),
        ("reporter", None, ["organisation"]),
        ("office", "school", ["organisation"]),
        ("leader", "office", ["organisation"]),
        ("leader", None, []),
        ("principal", "school", []),
        ("office", "office", []),
    ],
)
def test_role_and_organisation_must_fit(client, administrator, school, office, role, place, fields):
    client.force_login(administrator)
    places = {"school": school.pk, "office": office.pk, None: ""}
    answer = client.post(
        "/users/new/", {"username": "new", "name": "新", "role": role, "organisation": places[place]}
    )
    errors = answer.context["form"].errors if answer.context and "form" in answer.context else {}
    assert list(errors) == fields
    assert User.objects.filter(username="new").exists() == (fields == [])


@pytest.mark.parametrize("username", ["REPORTER", "有中文", "with space"])
def test_user_names_are_plain_and_unique(client, administrator, reporter, username):
    client.force_login(administrator)
    answer = client.post("/users/new/", {"username": username, "name": "新", "role": "leader"})
    assert list(answer.context["form"].errors) == ["username"]


def test_a_school_of_another_district_cannot_be_chosen(client, administrator, elsewhere):
    client.force_login(administrator)
    other = SchoolFactory(region=elsewhere)
    answer = client.post(
        "/users/new/", {"username": "new", "name": "新", "role": "reporter", "organisation": other.pk}
    )
    assert next(iter(answer.context["form"].errors)) == "organisation"


def test_an_account_is_switched_off_and_on(client, administrator, reporter):
    client.force_login(administrator)
    address = reverse("accounts:user-active", args=[reporter.pk])
    client.post(address, {"active": "0"})
    reporter.refresh_from_db()
    assert reporter.is_active is False
    client.post(address, {"active": "1"})
    reporter.refresh_from_db()
    assert reporter.is_active is True


def test_administrators_keep_their_own_account(client, administrator):
    client.force_login(administrator)
    assert (
        client.post(reverse("accounts:user-active", args=[administrator.pk]), {"active": "0"}).status_code
        == 403
    )
