import pytest
from django.core.exceptions import PermissionDenied

from apps.collection.errors import WorkflowError
from apps.collection.rules.models import RuleFiring
from apps.core.models import BusinessClock
from apps.plans.models import ValidationRule
from apps.reviews.bulk import (
    bulk_abandon,
    bulk_accept,
    bulk_check,
    bulk_start,
    candidates_of,
    draw,
    open_bulk,
    sample_size,
)
from apps.reviews.claims import claim_take
from apps.reviews.services import review_accept
from tests.factories import UserFactory
from tests.reviews.test_views import browser, submit_others
from tests.support.returns import IN_QUARTER_2, QUARTER_2, review_of, submit


@pytest.fixture(autouse=True)
def _fixed_date(db):
    BusinessClock.objects.create(fixed_date=IN_QUARTER_2)


@pytest.fixture
def five(district):
    """Five waiting parts of the health office, without anything unusual."""
    submit(district, 2)
    submit_others(district, 4)
    return list(candidates_of(district.health_user))


def look(bulk, by, verdict="good"):
    for item in bulk.items.filter(is_sampled=True):
        bulk_check(item=item, verdict=verdict, by=by)


@pytest.mark.parametrize(("count", "size"), [(2, 2), (3, 3), (29, 3), (31, 4), (40, 4), (200, 20)])
def test_one_in_ten_is_looked_at_and_at_least_three(count, size):
    assert sample_size(count) == size


def test_the_sample_follows_from_its_seed_alone():
    ids = list(range(100, 140))
    assert draw(ids, 7) == draw(ids[::-1], 7)
    assert len({tuple(draw(ids, seed)) for seed in range(20)}) > 10
    assert set(draw(ids, 7)) <= set(ids)


def test_the_sample_first_then_all_of_them(district, five):
    user = district.health_user
    bulk = bulk_start(reviews=five, by=user, seed=3)
    assert (bulk.items.count(), bulk.items.filter(is_sampled=True).count()) == (5, 3)
    assert sorted(bulk.items.filter(is_sampled=True).values_list("review", flat=True)) == draw(
        [review.pk for review in five], 3
    )
    with pytest.raises(WorkflowError):
        bulk_accept(bulk=bulk, by=user)
    look(bulk, user)
    assert bulk_accept(bulk=bulk, by=user) == []
    assert set(district.health.reviews.values_list("status", flat=True)) == {"accepted"}
    bulk.refresh_from_db()
    assert (bulk.state, bulk.items.filter(is_accepted=True).count()) == ("accepted", 5)


def test_one_mistake_in_the_sample_stops_everything(district, five):
    user = district.health_user
    bulk = bulk_start(reviews=five, by=user)
    bulk_check(item=bulk.items.filter(is_sampled=True)[0], verdict="wrong", by=user)
    bulk.refresh_from_db()
    assert (bulk.state, open_bulk(user)) == ("stopped", None)
    with pytest.raises(WorkflowError):
        bulk_accept(bulk=bulk, by=user)
    assert set(district.health.reviews.values_list("status", flat=True)) == {"waiting"}


def test_what_was_decided_or_is_read_meanwhile_is_left(district, five):
    user, colleague = district.health_user, UserFactory(organisation=district.health, role="office")
    bulk = bulk_start(reviews=five, by=user)
    look(bulk, user)
    review_accept(review=five[0], by=colleague)
    claim_take(review=five[1], by=colleague)
    left = bulk_accept(bulk=bulk, by=user)
    assert [item.review for item in left] == five[:2]
    assert all(colleague.name in item.left_because for item in left)
    assert district.health.reviews.filter(status="accepted").count() == 4


def test_unusual_ones_are_no_candidates(district, five):
    review = five[0]
    value = review.submission.values.get(element__code="pupils")
    rule = ValidationRule.objects.get(kind="above", element=value.element)
    RuleFiring.objects.create(
        rule=rule,
        submission=review.submission,
        value=value,
        number=value.number,
        words={"limit": "5000", "unit": ""},
    )
    assert review not in candidates_of(district.health_user)


def test_whose_it_is_and_how_many(district, five):
    with pytest.raises(PermissionDenied):
        bulk_start(reviews=five, by=district.staff_user)
    with pytest.raises(WorkflowError):
        bulk_start(reviews=five[:1], by=district.health_user)
    bulk = bulk_start(reviews=five, by=district.health_user)
    with pytest.raises(WorkflowError):
        bulk_start(reviews=five, by=district.health_user)
    with pytest.raises(PermissionDenied):
        bulk_check(item=bulk.items.filter(is_sampled=True)[0], verdict="good", by=district.staff_user)
    with pytest.raises(WorkflowError):
        bulk_check(item=bulk.items.filter(is_sampled=False)[0], verdict="good", by=district.health_user)
    bulk_abandon(bulk=bulk, by=district.health_user)
    assert open_bulk(district.health_user) is None


def test_the_page_leads_through_it(district, five):
    client = browser(district.health_user)
    assert len(client.get("/reviews/bulk/").context["ready"]) == 5
    client.post("/reviews/bulk/", {"action": "start"})
    for _ in range(3):
        page = client.get("/reviews/bulk/")
        assert QUARTER_2["pupils"] in page.content.decode()
        client.post(
            "/reviews/bulk/", {"action": "check", "item": page.context["ahead"].pk, "verdict": "good"}
        )
    assert client.get("/reviews/bulk/").context["ahead"] is None
    client.post("/reviews/bulk/", {"action": "accept"})
    assert review_of(five[0].submission, district.health).status == "accepted"
    assert client.get("/reviews/bulk/").context["last"][0].state == "accepted"
