import pytest
from django.test import Client
from django.urls import reverse

from apps.collection.models import Submission
from apps.collection.services import submission_start, submission_submit, values_save
from apps.core.models import BusinessClock
from apps.reviews.services import review_accept
from tests.factories import OfficeFactory, RegionFactory, SchoolFactory, UserFactory
from tests.support.returns import (
    IN_QUARTER_2,
    QUARTER_2,
    accept_all,
    entries,
    review_of,
    submit,
)

QUEUE = "/reviews/"


@pytest.fixture(autouse=True)
def _fixed_date(db):
    BusinessClock.objects.create(fixed_date=IN_QUARTER_2)


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def page_of(review):
    return reverse("reviews:review", args=[review.pk])


def submit_others(district, count):
    """Let `count` more schools submit the second quarter, with assignments of their own."""
    from apps.collection.services import assignments_generate

    schools = SchoolFactory.create_batch(count, region=district.plan.region)
    assignments_generate(plan=district.plan)
    for school in schools:
        user = UserFactory(organisation=school)
        submission = submission_start(period=district.periods[2], organisation=school, by=user)
        values_save(submission=submission, entries=entries(district, QUARTER_2), by=user)
        submission_submit(submission=submission, by=user)
    return schools


def test_the_queue_counts_facts_changes_and_unusual_ones(district):
    accept_all(district, submit(district, 1))
    submit(district, 2)
    client = browser(district.staff_user)
    (row,) = client.get(QUEUE).context["rows"]
    assert (row.counts.facts, row.counts.changed, row.counts.flagged, row.age) == (2, 1, 0, 0)
    assert client.get(QUEUE, {"state": "accepted"}).context["page"].paginator.count == 1
    assert client.get(QUEUE, {"state": "all"}).context["page"].paginator.count == 2
    assert client.get(QUEUE, {"state": "all", "quarter": "1"}).context["page"].paginator.count == 1


@pytest.mark.parametrize("more", [0, 2])
def test_the_queue_takes_the_same_queries_for_more_returns(district, django_assert_max_num_queries, more):
    submit(district, 2)
    submit_others(district, more)
    client = browser(district.health_user)
    with django_assert_max_num_queries(12) as queries:
        response = client.get(QUEUE)
    assert (len(response.context["rows"]), len(queries)) == (1 + more, 12)


def test_accepting_leads_to_the_next_in_the_queue(district):
    submission = submit(district, 2)
    submit_others(district, 1)
    first, second = district.health.reviews.order_by("submission__organisation__sort_key")
    client = browser(district.health_user)
    page = client.get(page_of(first))
    response = client.post(page_of(first), {"action": "accept", "version": page.context["version"]})
    assert response.url == page_of(second)
    version = client.get(page_of(second)).context["version"]
    assert client.post(page_of(second), {"action": "accept", "version": version}).url == QUEUE
    assert review_of(submission, district.health).status == "accepted"


def test_returning_a_fact_with_its_reason(district):
    submission = submit(district, 2)
    review = review_of(submission, district.health)
    key = f"{district.elements['placed'].pk}-whole"
    data = {"action": "return", f"x-{key}": "1", f"q-{key}": "other", f"t-{key}": "请按学籍核对"}
    browser(district.health_user).post(page_of(review), data)
    value = submission.values.get(element__code="placed")
    assert [(row.reason, row.text) for row in value.returns.all()] == [("other", "请按学籍核对")]


def test_an_incomplete_return_comes_back_as_it_was_marked(district):
    submission = submit(district, 2)
    review = review_of(submission, district.health)
    key = f"{district.elements['placed'].pk}-whole"
    response = browser(district.health_user).post(
        page_of(review), {"action": "return", f"x-{key}": "1", f"q-{key}": "", f"t-{key}": "请核对"}
    )
    page = response.content.decode()
    assert response.status_code == 409
    assert 'value="请核对"' in page
    review.refresh_from_db()
    assert review.status == "waiting"


def test_marked_facts_are_not_accepted_by_mistake(district):
    review = review_of(submit(district, 2), district.health)
    key = f"{district.elements['placed'].pk}-whole"
    response = browser(district.health_user).post(page_of(review), {"action": "accept", f"x-{key}": "1"})
    review.refresh_from_db()
    assert (response.status_code, review.status) == (409, "waiting")


def test_the_second_reviewer_is_told_who_decided(district):
    review = review_of(submit(district, 2), district.health)
    colleague = UserFactory(organisation=district.health, role="office")
    version = browser(colleague).get(page_of(review)).context["version"]
    review_accept(review=review, by=district.health_user)
    response = browser(colleague).post(page_of(review), {"action": "accept", "version": version})
    assert response.status_code == 409
    assert district.health_user.name in response.content.decode()


def test_reopening_from_the_page(district):
    submission = accept_all(district, submit(district, 2))
    review = review_of(submission, district.staff)
    browser(district.staff_user).post(page_of(review), {"action": "reopen", "note": "学校更正"})
    assert Submission.objects.get(pk=submission.pk).status == "reopened"


def test_who_reads_and_who_decides(district):
    region = district.plan.region
    review = review_of(submit(district, 2), district.health)
    elsewhere = RegionFactory(code="430204")
    people = {
        "own office": district.health_user,
        "other office": district.staff_user,
        "leader": UserFactory(role="leader", region=region),
        "auditor": UserFactory(role="auditor", region=region),
        "reporter": district.reporter,
        "office elsewhere": UserFactory(role="office", organisation=OfficeFactory(region=elsewhere)),
    }
    reads = {who: browser(user).get(page_of(review)).status_code for who, user in people.items()}
    writes = {
        who: browser(user).post(page_of(review), {"action": "accept"}).status_code
        for who, user in people.items()
    }
    queues = {who: browser(user).get(QUEUE).status_code for who, user in people.items()}
    assert reads == {
        "own office": 200,
        "other office": 200,
        "leader": 200,
        "auditor": 200,
        "reporter": 403,
        "office elsewhere": 404,
    }
    assert writes == {
        "own office": 302,
        "other office": 403,
        "leader": 403,
        "auditor": 403,
        "reporter": 403,
        "office elsewhere": 404,
    }
    assert queues == {
        "own office": 200,
        "other office": 200,
        "leader": 403,
        "auditor": 403,
        "reporter": 403,
        "office elsewhere": 200,
    }


def test_a_deputy_sees_the_queues_of_the_offices_led(district):
    submit(district, 2)
    deputy = UserFactory(role="deputy", region=district.plan.region)
    deputy.offices_led.add(district.health, district.staff)
    client = browser(deputy)
    assert client.get(QUEUE).context["page"].paginator.count == 2
    assert client.get(QUEUE, {"office": district.health.pk}).context["page"].paginator.count == 1


def test_the_reviewer_sees_restricted_figures_of_the_own_part_only(district):
    for code in ("myopic", "visits"):
        district.elements[code].privacy = "restricted"
        district.elements[code].save()
    submission = submit(district, 2)
    own = browser(district.health_user).get(page_of(review_of(submission, district.health)))
    other = browser(district.health_user).get(page_of(review_of(submission, district.staff)))
    assert [row.fact.is_hidden for row in own.context["rows"]] == [False] * 4
    assert {row.fact.slot.element.code for row in other.context["rows"] if row.fact.is_hidden} == {"visits"}
    assert "25 次" not in other.content.decode()
