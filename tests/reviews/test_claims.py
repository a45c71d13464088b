import datetime as dt

import pytest
from django.utils import timezone

from apps.collection.errors import WorkflowError
from apps.collection.services import submission_withdraw
from apps.core.models import BusinessClock
from apps.reviews.claims import claim_release, claim_require, claim_take, claims_of
from apps.reviews.models import ReviewClaim
from apps.reviews.pages import next_waiting
from apps.reviews.services import review_accept
from tests.factories import UserFactory
from tests.reviews.test_views import browser, page_of, submit_others
from tests.support.returns import IN_QUARTER_2, review_of, submit


@pytest.fixture(autouse=True)
def _fixed_date(db):
    BusinessClock.objects.create(fixed_date=IN_QUARTER_2)


@pytest.fixture
def review(district):
    return review_of(submit(district, 2), district.health)


@pytest.fixture
def colleague(district):
    return UserFactory(organisation=district.health, role="office")


def lapse():
    past = timezone.now() - dt.timedelta(minutes=16)
    ReviewClaim.objects.update(since=past - dt.timedelta(minutes=1), until=past)


def test_one_claims_the_others_see_it_until_it_lapses(district, review, colleague):
    assert claim_take(review=review, by=district.health_user).by == district.health_user
    assert claim_take(review=review, by=colleague).by == district.health_user
    with pytest.raises(WorkflowError, match=district.health_user.name):
        claim_require(review=review, by=colleague)
    claim_require(review=review, by=district.health_user)
    lapse()
    assert claims_of([review]) == {}
    assert claim_take(review=review, by=colleague).by == colleague


def test_a_claim_is_prolonged_taken_over_and_let_go(district, review, colleague):
    first = claim_take(review=review, by=district.health_user)
    again = claim_take(review=review, by=district.health_user)
    assert (again.pk, again.since) == (first.pk, first.since)
    assert again.until >= first.until
    assert claim_take(review=review, by=colleague, force=True).by == colleague
    claim_release(review=review, by=district.health_user)
    assert list(claims_of([review])) == [review.pk]
    claim_release(review=review, by=colleague)
    assert claims_of([review]) == {}


def test_a_decision_ends_the_claim(district, review):
    claim_take(review=review, by=district.health_user)
    review_accept(review=review, by=district.health_user)
    assert ReviewClaim.objects.count() == 0
    assert claim_take(review=review, by=district.health_user) is None


def test_the_school_cannot_take_back_what_is_being_read(district, review):
    claim_take(review=review, by=district.health_user)
    with pytest.raises(WorkflowError, match=district.health_user.name):
        submission_withdraw(submission=review.submission, by=district.reporter)
    lapse()
    assert submission_withdraw(submission=review.submission, by=district.reporter).status == "draft"


def test_opening_claims_and_a_colleague_takes_over_knowingly(district, review, colleague):
    browser(district.health_user).get(page_of(review))
    client = browser(colleague)
    page = client.get(page_of(review))
    assert page.context["claim"].by == district.health_user
    refused = client.post(page_of(review), {"action": "accept", "version": page.context["version"]})
    assert refused.status_code == 409
    client.post(page_of(review), {"action": "take_over"})
    client.post(page_of(review), {"action": "accept", "version": page.context["version"]})
    review.refresh_from_db()
    assert (review.status, review.decided_by) == ("accepted", colleague)


def test_who_only_reads_claims_nothing(district, review):
    leader = UserFactory(role="leader", region=district.plan.region)
    browser(leader).get(page_of(review))
    browser(district.health_user).head(page_of(review))
    assert ReviewClaim.objects.count() == 0


def test_the_next_one_is_not_what_a_colleague_reads(district, review, colleague):
    submit_others(district, 2)
    first, second, third = district.health.reviews.order_by("submission__organisation__sort_key")
    claim_take(review=second, by=colleague)
    assert next_waiting(district.health_user, first) == third


def test_a_return_taken_back_meanwhile_is_told(district, review):
    address = page_of(review)
    submission_withdraw(submission=review.submission, by=district.reporter)
    answer = browser(district.health_user).post(address, {"action": "accept"}, follow=True)
    assert answer.redirect_chain[-1][0] == "/reviews/"
    assert len(answer.context["messages"]) == 1
