"""The form for the seal: exactly what was handed in, with a hash that follows it."""

import hashlib

import pytest
from django.test import Client
from django.urls import reverse

from apps.collection.printing import printed_forms
from apps.collection.services import submission_submit, submission_withdraw, values_save
from apps.core.models import BusinessClock
from apps.reviews.services import FactReturn, review_return
from tests.factories import SchoolFactory, UserFactory
from tests.support.returns import (
    IN_QUARTER_2,
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


def address(submission):
    return reverse("collection:print", args=[submission.pk])


def corrected(district):
    """A return that an office sent back, with one figure corrected and handed in again."""
    submission = submit(district, 2)
    review_return(
        review=review_of(submission, district.health),
        returns=[FactReturn(district.elements["placed"].pk, "whole", "wrong_value", "请核对")],
        by=district.health_user,
    )
    values_save(submission=submission, entries=entries(district, {"placed": "3"}), by=district.reporter)
    return submission_submit(submission=submission, by=district.reporter)


def test_the_text_is_what_was_handed_in(district):
    submission = submit(district, 2)
    (form,) = printed_forms(submission)
    lines = form.text.splitlines()
    assert lines[:4] == [
        "lusong-return/1",
        f"organisation\t{district.school.code}",
        "period\t2025\t2",
        "submission\t1\t2025-07-02",
    ]
    assert 'fact\tpupils\twhole\t910\t""' in lines
    assert 'fact\tmyopic\tprimary\t12\t""' in lines
    assert len(lines) == 5 + len(QUARTER_2)
    assert form.sha256 == hashlib.sha256(form.text.encode()).hexdigest()


def test_the_same_handing_in_gives_the_same_hash_whatever_happens_later(district):
    submission = submit(district, 2)
    before = printed_forms(submission)[0].sha256
    accept_all(district, submission)
    district.school.name = "示例改名学校"
    district.school.save()
    assert printed_forms(submission)[0].sha256 == before


def test_another_handing_in_gives_another_hash_and_the_first_stays(district):
    submission = corrected(district)
    first, second = printed_forms(submission)
    placed = [
        next(fact.text for fact in form.facts if fact.element.code == "placed") for form in (first, second)
    ]
    assert (placed, first.number, second.number) == (["2", "3"], 1, 2)
    assert first.sha256 != second.sha256


def test_the_same_figures_handed_in_again_are_another_handing_in(district):
    submission = submit(district, 2)
    submission_withdraw(submission=submission, by=district.reporter)
    submission_submit(submission=submission, by=district.reporter)
    first, second = printed_forms(submission)
    assert [fact.value for fact in first.facts] == [fact.value for fact in second.facts]
    assert first.sha256 != second.sha256


def test_a_draft_after_the_handing_in_is_not_on_it(district):
    submission = submit(district, 2)
    submission_withdraw(submission=submission, by=district.reporter)
    values_save(submission=submission, entries=entries(district, {"placed": "9"}), by=district.reporter)
    (form,) = printed_forms(submission)
    assert next(fact.text for fact in form.facts if fact.element.code == "placed") == "2"


def test_the_page_has_what_a_stamp_needs(district):
    submission = corrected(district)
    page = browser(district.reporter).get(address(submission)).content.decode()
    first, second = printed_forms(submission)
    for words in ("打印盖章件", "校长（签字）", "单位公章", district.school.code, *second.sha256_groups):
        assert words in page
    assert first.sha256_groups[0] not in page
    earlier = browser(district.reporter).get(address(submission), {"number": "1"}).content.decode()
    assert first.sha256_groups[0] in earlier
    assert browser(district.reporter).get(address(submission), {"number": "9"}).status_code == 404


def test_only_its_own_people_print_it(district):
    submission = submit(district, 2)
    stranger = UserFactory(organisation=SchoolFactory(region=district.plan.region))
    codes = [browser(user).get(address(submission)).status_code for user in (district.principal, stranger)]
    assert (codes, browser(district.health_user).get(address(submission)).status_code) == ([200, 404], 404)


def test_before_it_is_handed_in_there_is_nothing_to_print(district):
    submission = write(district, 2, QUARTER_2)
    assert browser(district.reporter).get(address(submission)).status_code == 404


def test_the_principal_sees_what_changed_first_and_the_reporter_the_note(db):
    district = make_district()
    accept_all(district, submit(district, 1))
    district.plan.policy.principal_sign_off = True
    district.plan.policy.save()
    submission = submit(district, 2)
    page = browser(district.principal).get(reverse("collection:submission", args=[submission.pk]))
    changed = {row.slot.element.code for row in page.context["changed_rows"]}
    same = {row.slot.element.code for row in page.context["same_rows"]}
    assert (changed, same) == ({"myopic", "screened", "pupils", "visits"}, {"placed", "certified"})
    browser(district.principal).post(
        reverse("collection:step", args=[submission.pk, "send-back"]), {"note": "家访数请核对"}
    )
    form = browser(district.reporter).get(reverse("collection:form", args=[2025, 2])).content.decode()
    assert f"{district.principal.name}未签报，退回修改" in form
    assert "家访数请核对" in form


def test_a_school_is_compared_only_once_its_return_is_handed_in(district):
    submission = write(district, 2, QUARTER_2)
    page = reverse("collection:submission", args=[submission.pk])
    for number in range(8):
        peer = SchoolFactory(region=district.plan.region)
        hand_in(district, peer, pupils=100 * (number + 1))
    hidden = browser(district.reporter).get(page)
    submission_submit(submission=submission, by=district.reporter)
    shown = browser(district.reporter).get(page)
    (found,) = shown.context["compared"]
    assert (hidden.context["compared"], found.count, found.place) == ([], 8, "above")
    assert (found.low_text, found.middle_text, found.high_text) == ("275", "450", "625")
    assert browser(district.health_user).get(page).context["compared"] == []


def hand_in(district, school, pupils):
    """Let another school have handed in its number of pupils."""
    from apps.collection.models import DataValueRevision, Submission

    submission = Submission.objects.create(period=district.periods[2], organisation=school)
    value = submission.values.create(
        element=district.elements["pupils"], stage="whole", number=pupils, updated_by=district.reporter
    )
    DataValueRevision.objects.create(
        value=value, number_in_order=1, number=pupils, submitted_by=district.reporter
    )
