"""The form for the seal: exactly what was handed in, with a hash that follows it."""

import hashlib

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from apps.collection.models import DataValueRevision, SealedForm
from apps.collection.sealing.forms import printed_forms
from apps.collection.services import submission_submit, submission_withdraw, values_save
from apps.core.models import BusinessClock
from apps.plans.models import DataElement
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


def checked(user, code):
    return browser(user).get(reverse("collection:seal_check"), {"code": code})


def test_the_hash_is_kept_when_the_return_is_handed_in_and_never_rewritten(district):
    submission = corrected(district)
    kept = list(submission.sealed_forms.all())
    assert [form.number for form in kept] == [1, 2]
    assert [form.sha256 for form in kept] == [hashlib.sha256(form.text.encode()).hexdigest() for form in kept]
    assert [form.sha256 for form in printed_forms(submission)] == [form.sha256 for form in kept]
    with pytest.raises(DatabaseError), transaction.atomic():
        SealedForm.objects.update(sha256="0" * 64)


def test_the_code_on_a_paper_leads_to_what_was_submitted(district):
    first, last = corrected(district).sealed_forms.all()
    groups = " ".join(first.sha256[place : place + 8] for place in range(0, 64, 8)).upper()
    for code in (first.sha256, groups, groups[:17]):
        (found,) = checked(district.health_user, code).context["found"]
        assert (found.form.number, found.is_latest, found.form.is_intact) == (1, False, True)
        shown = {fact.element.code: fact.text for fact, is_hidden in found.facts if not is_hidden}
        assert shown["placed"] == QUARTER_2["placed"]
    (found,) = checked(district.reporter, last.sha256).context["found"]
    assert (found.form.number, found.is_latest) == (2, True)
    assert {fact.element.code: fact.text for fact, _hidden in found.facts}["placed"] == "3"


def test_a_code_says_nothing_to_whom_the_return_is_none_of_their_business(district):
    DataElement.objects.filter(code="placed").update(privacy="restricted")
    code = submit(district, 2).sealed_forms.get().sha256
    stranger = UserFactory(organisation=SchoolFactory(region=district.plan.region))
    assert checked(stranger, code).context["found"] == []
    (found,) = checked(district.finance_user, code).context["found"]
    hidden = {fact.element.code for fact, is_hidden in found.facts if is_hidden}
    assert hidden == {"placed"}
    page = checked(stranger, code).content.decode()
    assert "没有哪份已提交的表使用这个校验码" in page


@pytest.mark.parametrize(
    ("code", "said"), [("abc123", "前 16 位"), ("xyz" * 10, "只有数字 0 至 9 和字母 a 至 f")]
)
def test_what_is_no_code_is_said_at_the_field(district, code, said):
    page = checked(district.reporter, code).content.decode()
    assert said in page
    assert f'value="{code}"' in page


def test_facts_that_were_altered_behind_the_form_are_found_out(district):
    submission = submit(district, 2)
    DataValueRevision.objects.filter(value__submission=submission, value__element__code="placed").update(
        number=99
    )
    (form,) = printed_forms(submission)
    assert (form.is_intact, form.sha256) == (False, submission.sealed_forms.get().sha256)
    assert "与提交时不一致" in checked(district.health_user, form.sha256).content.decode()
