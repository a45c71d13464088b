from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from apps.collection.errors import Incomplete, WorkflowError
from apps.collection.models import Submission
from apps.collection.services import (
    Entry,
    submission_start,
    submission_submit,
    values_save,
)
from apps.reviews.models import FieldReturn, OfficeReview
from apps.reviews.parts import parts_of
from apps.reviews.services import FactReturn, part_version, review_accept, review_reopen, review_return
from apps.reviews.signals import values_accepted
from tests.factories import UserFactory
from tests.support.returns import accept_all, entries, make_district, review_of, submit


@pytest.fixture
def submission(district):
    return submit(district, 2)


def statuses(submission):
    return dict(submission.reviews.values_list("office__name", "status"))


def send_back(district, submission, code="pupils", stage="whole", reason="wrong_value", text=""):
    return review_return(
        review=review_of(submission, district.health),
        returns=[FactReturn(district.elements[code].pk, stage, reason, text)],
        by=district.health_user,
    )


def correct(district, submission, facts, reason=""):
    changes = [
        Entry(entry.element_id, entry.stage, entry.text, reason=reason) for entry in entries(district, facts)
    ]
    outcome = values_save(submission=submission, entries=changes, by=district.reporter)
    assert outcome.problems == {}
    submission_submit(submission=submission, by=district.reporter)


def accepted(submission):
    rows = submission.values.exclude(accepted_at=None).order_by("element__code")
    return dict(rows.values_list("element__code", "accepted_number"))


def test_each_fact_has_one_reviewing_office(district, submission):
    codes = {element.pk: code for code, element in district.elements.items()}
    parts = {office: {codes[pk] for pk in part.element_ids} for office, part in parts_of(submission).items()}
    assert parts == {
        district.health.pk: {"myopic", "screened", "placed", "pupils"},
        district.staff.pk: {"certified", "visits"},
    }
    assert statuses(submission) == {"体卫": "waiting", "人事": "waiting"}


def test_each_office_s_facts_count_once_it_has_accepted_them(district, submission):
    told = []
    values_accepted.connect(receiver := lambda **news: told.append(sorted(news["element_ids"])))
    try:
        review_accept(review=review_of(submission, district.health), by=district.health_user)
        assert set(accepted(submission)) == {"myopic", "screened", "placed", "pupils"}
        review_accept(review=review_of(submission, district.staff), by=district.staff_user)
    finally:
        values_accepted.disconnect(receiver)
    assert set(accepted(submission)) == {"myopic", "screened", "placed", "pupils", "certified", "visits"}
    ids = {code: element.pk for code, element in district.elements.items()}
    assert told == [
        sorted(ids[code] for code in ("myopic", "screened", "placed", "pupils")),
        sorted(ids[code] for code in ("certified", "visits")),
    ]
    submission.refresh_from_db()
    assert submission.status == "accepted"


def test_a_failing_receiver_undoes_the_acceptance(district, submission):
    def fail(**kwargs):
        raise RuntimeError

    values_accepted.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            review_accept(review=review_of(submission, district.health), by=district.health_user)
    finally:
        values_accepted.disconnect(fail)
    assert (accepted(submission), statuses(submission)["体卫"]) == ({}, "waiting")


def test_only_returned_facts_and_those_tied_to_them_open(district, submission):
    send_back(district, submission, "myopic", "primary")
    submission.refresh_from_db()
    assert submission.status == "returned"
    opened = submission.values.filter(is_open=True).values_list("element__code", flat=True)
    assert sorted(opened) == ["myopic", "screened"]
    outcome = values_save(
        submission=submission,
        entries=entries(district, {"visits": "30", "myopic": "11"}),
        by=district.reporter,
    )
    assert [problem.code for problem in outcome.problems.values()] == ["not_open"]
    values = dict(submission.values.values_list("element__code", "number"))
    assert (values["visits"], values["myopic"]) == (Decimal(25), Decimal(11))


def test_a_returned_fact_goes_round_and_counts_corrected(district, submission):
    send_back(district, submission, "placed", reason="other", text="请按学籍核对")
    correct(district, submission, {"placed": "3"})
    assert statuses(submission) == {"体卫": "waiting", "人事": "waiting"}
    assert FieldReturn.objects.filter(resolved_at=None).count() == 0
    accept_all(district, submission)
    assert accepted(submission)["placed"] == Decimal(3)
    revisions = submission.values.get(element__code="placed").revisions
    assert list(revisions.values_list("number", "accepted_by")) == [(2, None), (3, district.health_user.pk)]


def test_the_other_office_s_part_stays_accepted_when_its_facts_are_untouched(district, submission):
    review_accept(review=review_of(submission, district.staff), by=district.staff_user)
    send_back(district, submission, "placed")
    correct(district, submission, {"placed": "3"})
    assert statuses(submission) == {"体卫": "waiting", "人事": "accepted"}
    assert "pupils" not in accepted(submission)


def test_an_untouched_returned_fact_needs_words(district, submission):
    send_back(district, submission, "placed")
    with pytest.raises(Incomplete) as refusal:
        submission_submit(submission=submission, by=district.reporter)
    assert [[problem.code for problem in found] for found in refusal.value.problems.values()] == [
        ["untouched"]
    ]
    correct(district, submission, {"placed": "2"}, reason="已与学籍核对无误")
    assert statuses(submission)["体卫"] == "waiting"


def test_an_evidence_return_does_not_ask_for_another_figure(district, submission):
    send_back(district, submission, "placed", reason="evidence")
    submission.refresh_from_db()
    assert submission_submit(submission=submission, by=district.reporter).status == "submitted"


@pytest.mark.parametrize(
    ("returns", "words"),
    [
        ([], "Choose at least one"),
        ([("placed", "whole", "nonsense", "")], "Choose a reason"),
        ([("placed", "whole", "other", " ")], "Other"),
        ([("placed", "whole", "other", "问13812345678")], "identity"),
        ([("visits", "whole", "wrong_value", "")], "does not belong"),
        ([("placed", "primary", "wrong_value", "")], "does not belong"),
    ],
)
def test_a_return_without_sense_is_refused(district, submission, returns, words):
    items = [FactReturn(district.elements[code].pk, *rest) for code, *rest in returns]
    from django.utils.translation import override

    with override("en"), pytest.raises(WorkflowError, match=words):
        review_return(review=review_of(submission, district.health), returns=items, by=district.health_user)
    assert FieldReturn.objects.count() == 0


def test_an_office_returns_no_fact_of_another(district, submission):
    with pytest.raises(WorkflowError):
        review_return(
            review=review_of(submission, district.staff),
            returns=[FactReturn(district.elements["pupils"].pk, "whole", "wrong_scope")],
            by=district.staff_user,
        )
    assert FieldReturn.objects.count() == 0


def test_reopening_keeps_what_counts_until_the_correction_is_accepted(district, submission):
    accept_all(district, submission)
    with pytest.raises(WorkflowError):
        review_reopen(review=review_of(submission, district.staff), by=district.staff_user, reason=" ")
    review_reopen(review=review_of(submission, district.staff), by=district.staff_user, reason="学校更正")
    submission.refresh_from_db()
    assert (submission.status, submission.events.last().note) == ("reopened", "学校更正")
    opened = submission.values.filter(is_open=True).values_list("element__code", flat=True)
    assert sorted(opened) == ["certified", "visits"]
    correct(district, submission, {"visits": "26"})
    assert statuses(submission) == {"体卫": "accepted", "人事": "waiting"}
    assert accepted(submission)["visits"] == Decimal(25)
    review_accept(review=review_of(submission, district.staff), by=district.staff_user)
    submission.refresh_from_db()
    assert (submission.status, accepted(submission)["visits"]) == ("accepted", Decimal(26))


def test_a_waiting_part_is_not_reopened(district, submission):
    with pytest.raises(WorkflowError):
        review_reopen(review=review_of(submission, district.staff), by=district.staff_user, reason="更正")


def test_a_decided_part_is_not_decided_again(district, submission):
    review = review_of(submission, district.health)
    review_accept(review=review, by=district.health_user)
    with pytest.raises(WorkflowError, match=district.health_user.name):
        review_accept(review=review, by=district.health_user)
    with pytest.raises(WorkflowError):
        send_back(district, submission)


def test_a_reviewer_who_saw_older_figures_looks_again(district, submission):
    review = review_of(submission, district.staff)
    seen = part_version(review)
    send_back(district, submission, "pupils")
    correct(district, submission, {"pupils": "905"})
    with pytest.raises(WorkflowError):
        review_accept(review=review, by=district.staff_user, version=seen)
    review_accept(review=review, by=district.staff_user, version=part_version(review))


def test_only_the_office_or_its_deputy_decides(district, submission):
    review = review_of(submission, district.health)
    others = [
        district.staff_user,
        district.reporter,
        district.principal,
        UserFactory(role="leader", region=district.plan.region),
        UserFactory(role="administrator", region=district.plan.region),
        UserFactory(role="auditor", region=district.plan.region),
        UserFactory(role="deputy", region=district.plan.region),
    ]
    for user in others:
        with pytest.raises(PermissionDenied):
            review_accept(review=review, by=user)
    deputy = UserFactory(role="deputy", region=district.plan.region)
    deputy.offices_led.add(district.health)
    assert review_accept(review=review, by=deputy).decided_by == deputy


def office_return(district, office, user):
    submission = submission_start(period=district.periods[2], organisation=office, by=user)
    entry = Entry(district.elements["budget"].pk, "whole", "120.5万元")
    values_save(submission=submission, entries=[entry], by=user)
    return submission_submit(submission=submission, by=user)


def test_an_office_s_own_figures_go_to_the_reviewing_office(district):
    submission = office_return(district, district.finance, district.finance_user)
    review = submission.reviews.get()
    assert review.office == district.plan.policy.cross_review_office
    with pytest.raises(PermissionDenied):
        review_accept(review=review, by=district.finance_user)
    review_accept(review=review, by=district.cross_user)
    assert accepted(submission) == {"budget": Decimal("120.5")}


def test_or_to_the_deputy_who_leads_it(district):
    submission = office_return(district, district.finance, district.finance_user)
    deputy = UserFactory(role="deputy", region=district.plan.region)
    deputy.offices_led.add(district.finance)
    review_accept(review=submission.reviews.get(), by=deputy)
    assert Submission.objects.get(pk=submission.pk).status == "accepted"


def test_the_reviewing_office_s_own_figures_go_to_the_second_one(db):
    district = make_district()
    policy = district.plan.policy
    policy.cross_review_office = district.finance
    policy.save()
    submission = office_return(district, district.finance, district.finance_user)
    assert submission.reviews.get().office == policy.second_review_office
    assert not OfficeReview.objects.decidable_by(district.finance_user).exists()
