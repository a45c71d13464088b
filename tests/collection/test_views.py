import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps.collection.models import Evidence, Submission
from apps.collection.services import evidence_add, values_save
from apps.core.models import BusinessClock
from apps.reviews.services import FactReturn, review_return
from tests.factories import SchoolFactory, UserFactory
from tests.support.files import PDF
from tests.support.returns import (
    IN_QUARTER_2,
    QUARTER_1,
    QUARTER_2,
    accept_all,
    entries,
    make_district,
    review_of,
    submit,
    write,
)


@pytest.fixture(autouse=True)
def _fixed_date(db):
    BusinessClock.objects.create(fixed_date=IN_QUARTER_2)


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def form_url(quarter=2):
    return reverse("collection:form", args=[2025, quarter])


def typed(district, facts, version="", **more):
    """Return what a browser sends for the school's form."""
    data = {"version": version, "action": "save", **more}
    for code, text in facts.items():
        element = district.elements[code]
        data[f"f-{element.pk}-{'primary' if element.per_stage else 'whole'}"] = text
    return data


def name(district, code, letter="f", stage="whole"):
    return f"{letter}-{district.elements[code].pk}-{stage}"


def test_the_whole_way_of_a_reporter_without_scripts(district):
    client = browser(district.reporter)
    assert client.get(reverse("collection:list")).status_code == 200
    assert client.get(form_url()).status_code == 200
    assert Submission.objects.count() == 0
    half = typed(district, {**QUARTER_2, "visits": ""})
    assert client.post(form_url(), half).status_code == 302
    submission = Submission.objects.get()
    refused = client.post(form_url(), typed(district, {}, submission.version, action="submit"), follow=True)
    assert refused.redirect_chain[-1][0] == f"{form_url()}?check=1"
    assert f'href="#{name(district, "visits")}"' in refused.content.decode()
    done = client.post(form_url(), typed(district, {"visits": "25"}, submission.version, action="submit"))
    submission.refresh_from_db()
    assert (done.url, submission.status) == (
        reverse("collection:submission", args=[submission.pk]),
        "submitted",
    )
    assert client.get(done.url).status_code == 200
    assert client.get(form_url()).url == done.url


def test_what_cannot_be_read_comes_back_as_typed_and_the_rest_is_saved(district):
    response = browser(district.reporter).post(
        form_url(), typed(district, {"pupils": "９１０人", "certified": "约60"})
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert 'value="约60"' in page
    assert Submission.objects.get().values.get(element__code="pupils").number == 910
    again = browser(district.reporter).get(form_url()).content.decode()
    assert 'value="约60"' in again
    assert 'value="910"' in again


def test_a_last_accepted_value_is_carried_over_by_the_button(district):
    accept_all(district, submit(district, 1))
    key = name(district, "pupils").removeprefix("f-")
    response = browser(district.reporter).post(
        form_url(), typed(district, {"pupils": "", "placed": "7"}, carry=key)
    )
    values = dict(Submission.objects.get(period__quarter=2).values.values_list("element__code", "number"))
    assert (response.url, values) == (f"{form_url()}#field-{key}", {"pupils": 900, "placed": 7})


def test_all_blank_facts_are_carried_over_at_once(district):
    accept_all(district, submit(district, 1))
    browser(district.reporter).post(
        form_url(), typed(district, {**dict.fromkeys(QUARTER_1, ""), "placed": "7"}, carry="all")
    )
    values = dict(Submission.objects.get(period__quarter=2).values.values_list("element__code", "number"))
    assert values == {"pupils": 900, "placed": 7, "certified": 60, "visits": 10}


def test_the_form_shows_the_rate_and_the_last_value(district):
    accept_all(district, submit(district, 1))
    write(district, 2, QUARTER_2)
    page = browser(district.reporter).get(form_url()).content.decode()
    assert "12 / 40 = 30.0%" in page
    assert "900 人" in page


def test_a_nine_year_school_fills_each_stage(district):
    client = browser(UserFactory(organisation=district.nine_year))
    data = {
        name(district, "myopic", stage="primary"): "10",
        name(district, "myopic", stage="junior"): "20",
        "version": "",
        "action": "save",
    }
    assert client.post(form_url(), data).status_code == 302
    rows = Submission.objects.get().values.values_list("stage", "number")
    assert dict(rows) == {"primary": 10, "junior": 20}


def test_somebody_else_s_change_shows_both_figures(district):
    submission = write(district, 2, {"pupils": "900"})
    seen = submission.version
    values_save(submission=submission, entries=entries(district, {"pupils": "905"}), by=district.principal)
    response = browser(district.reporter).post(form_url(), typed(district, {"pupils": "910"}, seen))
    page = response.content.decode()
    assert response.status_code == 409
    assert 'value="910"' in page
    assert "905 人" in page
    assert district.principal.name in page
    assert submission.values.get().number == 905


def test_not_applicable_by_the_checkbox(district):
    data = typed(district, {"visits": ""})
    data |= {name(district, "visits", "n"): "1", name(district, "visits", "r"): "未开设"}
    browser(district.reporter).post(form_url(), data)
    value = Submission.objects.get().values.get()
    assert (value.not_applicable, value.reason) == (True, "未开设")


def test_returned_facts_are_marked_with_the_office_s_reason(district):
    submission = submit(district, 2)
    review_return(
        review=review_of(submission, district.health),
        returns=[FactReturn(district.elements["placed"].pk, "whole", "other", "请按学籍核对")],
        by=district.health_user,
    )
    page = browser(district.reporter).get(form_url()).content.decode()
    assert "请按学籍核对" in page
    assert f'name="{name(district, "placed")}"' in page
    assert f'name="{name(district, "visits")}"' not in page


def test_the_principal_signs_or_sends_back(db):
    district = make_district(principal_sign_off=True)
    submission = submit(district, 2)
    client = browser(district.principal)
    page = client.get(reverse("collection:submission", args=[submission.pk])).content.decode()
    assert reverse("collection:step", args=[submission.pk, "sign"]) in page
    client.post(reverse("collection:step", args=[submission.pk, "send-back"]), {"note": "请核对"})
    submission.refresh_from_db()
    assert submission.status == "draft"
    browser(district.reporter).post(form_url(), typed(district, {}, submission.version, action="submit"))
    refused = browser(district.reporter).post(reverse("collection:step", args=[submission.pk, "sign"]))
    client.post(reverse("collection:step", args=[submission.pk, "sign"]))
    submission.refresh_from_db()
    assert (refused.status_code, submission.status) == (403, "submitted")


def test_strangers_get_404_and_readers_who_write_403(district):
    submission = submit(district, 2)
    url = reverse("collection:submission", args=[submission.pk])
    stranger = UserFactory(organisation=SchoolFactory(region=district.plan.region))
    leader = UserFactory(role="leader", region=district.plan.region)
    assert browser(stranger).get(url).status_code == 404
    assert browser(leader).get(url).status_code == 200
    assert browser(leader).get(form_url()).status_code == 403
    assert browser(district.health_user).get(url).status_code == 200
    step = reverse("collection:step", args=[submission.pk, "withdraw"])
    assert browser(stranger).post(step).status_code == 404
    assert browser(leader).post(step).status_code == 403
    assert Client().get(url).status_code == 302


def test_small_figures_of_one_school_are_for_the_responsible_office(district):
    element = district.elements["myopic"]
    element.privacy = "small_cell"
    element.save()
    submission = submit(district, 2)
    url = reverse("collection:submission", args=[submission.pk])
    leader = UserFactory(role="leader", region=district.plan.region)
    shown = {
        user.role + str(user.pk == district.staff_user.pk): "<strong>12 人</strong>"
        in browser(user).get(url).content.decode()
        for user in (district.reporter, district.health_user, district.staff_user, leader)
    }
    assert shown == {"reporterFalse": True, "officeFalse": True, "officeTrue": False, "leaderFalse": False}


def test_a_quarter_of_another_region_or_an_unknown_one_is_404(district):
    assert browser(district.reporter).get(reverse("collection:form", args=[2024, 2])).status_code == 404
    assert browser(district.reporter).get(reverse("collection:form", args=[2025, 5])).status_code == 404


def test_before_it_opens_the_form_says_when(district):
    page = browser(district.reporter).get(form_url(3)).content.decode()
    assert "2025-09-20" in page
    assert "<textarea" not in page
    assert 'name="version"' not in page


def test_evidence_is_sent_as_a_download_to_those_concerned_only(district, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    submission = write(district, 2, QUARTER_2)
    file = evidence_add(
        submission=submission, upload=SimpleUploadedFile("汇总.pdf", PDF), by=district.reporter
    )
    evidence_add(submission=submission, upload=SimpleUploadedFile("again.pdf", PDF), by=district.reporter)
    assert Evidence.objects.count() == 1
    url = reverse("collection:evidence", args=[file.pk])
    response = browser(district.reporter).get(url)
    assert b"".join(response.streaming_content) == PDF
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith("attachment")
    stranger = UserFactory(organisation=SchoolFactory(region=district.plan.region))
    leader = UserFactory(role="leader", region=district.plan.region)
    codes = [browser(user).get(url).status_code for user in (stranger, leader, district.health_user)]
    assert codes == [404, 404, 404]
    browser(district.reporter).post(form_url(), typed(district, {}, submission.version, action="submit"))
    reviewer = browser(district.health_user).get(url)
    assert b"".join(reviewer.streaming_content) == PDF
    assert (reviewer.status_code, browser(district.finance_user).get(url).status_code) == (200, 404)


def test_a_file_is_removed_while_writing(district, settings, tmp_path, django_capture_on_commit_callbacks):
    settings.MEDIA_ROOT = tmp_path
    submission = write(district, 2, QUARTER_2)
    file = evidence_add(submission=submission, upload=SimpleUploadedFile("a.pdf", PDF), by=district.reporter)
    with django_capture_on_commit_callbacks(execute=True):
        browser(district.reporter).post(
            form_url(), typed(district, {}, submission.version, remove=str(file.pk))
        )
    assert (Evidence.objects.count(), [path for path in tmp_path.rglob("*") if path.is_file()]) == (0, [])


@pytest.mark.parametrize("count", [1, 3])
def test_the_form_takes_the_same_queries_for_more_facts(district, django_assert_max_num_queries, count):
    write(district, 2, dict(list(QUARTER_2.items())[:count]))
    client = browser(district.reporter)
    client.get(form_url())  # the process has read rules and duties, as nearly always
    with django_assert_max_num_queries(14) as queries:
        client.get(form_url())
    assert len(queries) == 14
