from fractions import Fraction

import pytest
from pghistory.models import Events

from apps.collection.models import DataValue
from apps.core import clock
from apps.core.models import BusinessClock
from apps.reviews.services import FactReturn, review_accept, review_reopen, review_return
from apps.rollups.impact import impact_of
from apps.rollups.models import Result, StaleResult
from apps.rollups.outbox import refresh_pending
from apps.rollups.suppression import Viewer
from tests.factories import UserFactory
from tests.reviews.test_services import correct
from tests.reviews.test_views import browser, page_of
from tests.support.returns import IN_QUARTER_2, accept_all, make_district, review_of, submit

ALL = Viewer(sees_all=True, office_ids=frozenset(), threshold=10)


@pytest.fixture
def district(db):
    BusinessClock.objects.create(fixed_date=IN_QUARTER_2)
    with clock.held_at(IN_QUARTER_2):
        yield make_district()


@pytest.fixture
def corrected(district):
    """The second quarter is accepted, reopened and corrected: 2 placed pupils become 4."""
    submission = accept_all(district, submit(district, 2))
    refresh_pending()
    review_reopen(review=review_of(submission, district.health), by=district.health_user, reason="更正")
    correct(district, submission, {"placed": "4"})
    return submission


def stored():
    rows = Result.objects.order_by("pk").values_list("pk", "numerator", "denominator", "computed_at")
    values = DataValue.objects.order_by("pk").values_list("pk", "accepted_number", "accepted_at")
    return list(rows), list(values), Events.objects.count(), StaleResult.objects.count()


def moved(district, review, viewer=ALL):
    rows = impact_of(review, by=district.health_user, viewer=viewer)
    return {(row.indicator.pk, row.period.quarter): row for row in rows}


def test_the_preview_is_what_the_acceptance_then_does_and_leaves_nothing(district, corrected):
    review = review_of(corrected, district.health)
    before, generation = stored(), district.plan.generation
    found = moved(district, review)
    assert stored() == before
    district.plan.refresh_from_db()
    inclusion = found[district.indicators["inclusion"].pk, 2]
    assert (inclusion.before.numerator, inclusion.after.numerator) == (2, 4)
    assert Fraction(inclusion.after.numerator) / Fraction(inclusion.after.denominator) == Fraction(4, 910)
    with clock.held_at(IN_QUARTER_2):
        review_accept(review=review, by=district.health_user)
        refresh_pending()
    result = Result.objects.get(
        indicator=district.indicators["inclusion"], period__quarter=2, slice_kind="all"
    )
    assert (result.numerator, result.judgement.value) == (inclusion.after.numerator, inclusion.after.value)
    assert district.plan.generation >= generation


def test_only_what_the_part_moves_is_told(district, corrected):
    found = moved(district, review_of(corrected, district.health))
    assert {key[0] for key in found} == {district.indicators["inclusion"].pk}
    assert all(row.period.quarter >= 2 for row in found.values())


def test_what_others_changed_meanwhile_is_no_effect(district, corrected):
    spoilt = Result.objects.filter(indicator=district.indicators["myopia"])
    spoilt.update(numerator=1)
    found = moved(district, review_of(corrected, district.health))
    assert {key[0] for key in found} == {district.indicators["inclusion"].pk}
    assert set(spoilt.values_list("numerator", flat=True)) == {1}


def test_small_figures_are_hidden_and_restricted_ones_left_out(district, corrected):
    indicator = district.indicators["inclusion"]
    review = review_of(corrected, district.health)
    indicator.privacy = "small_cell"
    indicator.save()
    stranger = Viewer(sees_all=False, office_ids=frozenset(), threshold=10)
    assert all(row.is_hidden for row in moved(district, review, stranger).values())
    indicator.privacy = "restricted"
    indicator.lead_office = district.staff
    indicator.save()
    assert moved(district, review) == {}


def test_a_correction_is_accepted_only_after_its_effect_was_seen(district, corrected):
    review = review_of(corrected, district.health)
    client = browser(district.health_user)
    page = client.get(page_of(review))
    assert page.context["corrections"] == 1
    data = {"action": "accept", "version": page.context["version"]}
    assert client.post(page_of(review), data).status_code == 409
    assert "4" in client.get(f"{page_of(review)}impact/").content.decode()
    assert client.post(page_of(review), {**data, "impact_seen": "1"}).status_code == 302
    review.refresh_from_db()
    assert review.status == "accepted"


def test_who_may_not_look_at_it(district, corrected):
    review = review_of(corrected, district.health)
    leader = UserFactory(role="leader", region=district.plan.region)
    for user in (district.staff_user, leader, district.reporter):
        assert browser(user).get(f"{page_of(review)}impact/").status_code == 403


def test_a_returned_part_has_nothing_to_preview(district):
    submission = submit(district, 2)
    review = review_of(submission, district.health)
    fact = FactReturn(district.elements["placed"].pk, "whole", "wrong_value")
    review_return(review=review, returns=[fact], by=district.health_user)
    page = browser(district.health_user).get(f"{page_of(review)}impact/")
    assert page.context["lines"] == []
