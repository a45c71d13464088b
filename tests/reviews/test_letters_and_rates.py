import datetime as dt

import pytest

from apps.collection.errors import WorkflowError
from apps.collection.models import Notice
from apps.core.models import BusinessClock
from apps.reviews.first_pass import first_pass_of
from apps.reviews.letters import letter_of
from apps.reviews.services import FactReturn, changes_since, part_version, review_accept, review_return
from tests.factories import UserFactory
from tests.reviews.test_services import accepted, correct
from tests.reviews.test_views import browser, page_of
from tests.support.returns import IN_QUARTER_2, accept_all, review_of, submit


@pytest.fixture(autouse=True)
def _fixed_date(db):
    BusinessClock.objects.create(fixed_date=IN_QUARTER_2)


@pytest.fixture
def submission(district):
    return submit(district, 2)


def send_back(district, submission, *codes, **options):
    review = review_of(submission, district.health)
    returns = [
        FactReturn(
            district.elements[code].pk,
            "primary" if district.elements[code].per_stage else "whole",
            "wrong_scope",
            f"核对{code}",
        )
        for code in codes
    ]
    return review_return(review=review, returns=returns, by=district.health_user, **options)


def test_a_letter_lists_each_fact_as_it_was_with_reason_and_date(district, submission):
    review = send_back(district, submission, "placed", "pupils", note="请于限期内更正")
    letter = letter_of(review, viewer=district.reporter)
    assert [(line.element.code, line.text, line.to_do) for line in letter.lines] == [
        ("placed", "2 人", "核对placed"),
        ("pupils", "910 人", "核对pupils"),
    ]
    # Three days after Wednesday 2 July is Saturday, so Monday.
    assert (letter.correct_by, letter.is_open, letter.note) == (dt.date(2025, 7, 7), True, "请于限期内更正")


def test_a_corrected_letter_still_says_what_it_said(district, submission):
    send_back(district, submission, "placed")
    correct(district, submission, {"placed": "3"})
    letter = letter_of(review_of(submission, district.health), viewer=district.health_user)
    assert ([line.text for line in letter.lines], letter.is_open) == (["2 人"], False)


def test_a_letter_gives_no_hidden_figure_away(district, submission):
    element = district.elements["placed"]
    element.privacy = "small_cell"
    element.save()
    review = send_back(district, submission, "placed")
    leader = UserFactory(role="leader", region=district.plan.region)
    readers = (district.reporter, leader, district.health_user)
    shown = [letter_of(review, viewer=who).lines[0].text for who in readers]
    assert shown == ["2 人", None, "2 人"]


def test_the_letter_s_page(district, submission):
    review = review_of(submission, district.health)
    address = f"{page_of(review)}letter/"
    assert browser(district.reporter).get(address).status_code == 404
    send_back(district, submission, "placed")
    page = browser(district.reporter).get(address).content.decode()
    assert "核对placed" in page
    assert Notice.objects.filter(user=district.reporter, kind="returned").count() == 1


def test_the_rest_may_count_already(district, submission):
    send_back(district, submission, "myopic", accept_rest=True)
    # What a rule ties to the returned fact waits with it.
    assert set(accepted(submission)) == {"placed", "pupils"}
    correct(district, submission, {"myopic": "11"})
    review_accept(review=review_of(submission, district.health), by=district.health_user)
    assert set(accepted(submission)) == {"myopic", "screened", "placed", "pupils"}


def test_the_date_of_the_correction_is_the_reviewer_s(district, submission):
    with pytest.raises(WorkflowError):
        send_back(district, submission, "placed", correct_by=dt.date(2025, 7, 1))
    review = send_back(district, submission, "placed", correct_by=dt.date(2025, 7, 9))
    assert review.correct_by == dt.date(2025, 7, 9)
    correct(district, submission, {"placed": "3"})
    assert review_of(submission, district.health).correct_by is None


def test_a_decision_about_other_figures_is_refused_and_says_which(district, submission):
    staff = review_of(submission, district.staff)
    review = review_of(submission, district.health)
    seen = part_version(review)
    send_back(district, submission, "placed")
    correct(district, submission, {"placed": "3"})
    assert [(one.element.code, one.before, one.after) for one in changes_since(review, seen)] == [
        ("placed", "2 人", "3 人")
    ]
    assert changes_since(staff, seen) == []
    with pytest.raises(WorkflowError, match="2 人 → 3 人"):
        review_accept(review=review, by=district.health_user, version=seen)
    with pytest.raises(WorkflowError, match="2 人 → 3 人"):
        send_back(district, submission, "pupils", version=seen)


def test_first_pass_counts_what_was_decided_and_never_sent_back(district, submission):
    accept_all(district, submit(district, 1))
    send_back(district, submission, "placed", "pupils")
    correct(district, submission, {"placed": "3", "pupils": "911"})
    accept_all(district, submission)
    page = first_pass_of(district.plan)
    rates = {row.element.code: (row.whole.passed, row.whole.decided) for row in page.rows}
    assert rates == {
        "placed": (1, 2),
        "pupils": (1, 2),
        "certified": (2, 2),
        "visits": (2, 2),
        "myopic": (1, 1),
        "screened": (1, 1),
    }
    assert [row.element.code for row in page.rows][:2] == ["placed", "pupils"]
    assert page.rows[0].main_reason
    assert (page.whole.passed, page.whole.decided) == (1, 2)
    assert first_pass_of(district.plan, quarter=1).whole.passed == 1
    assert list(page.forms) == ["primary"]


def test_the_page_of_rates(district, submission, django_assert_max_num_queries):
    accept_all(district, submission)
    client = browser(district.health_user)
    with django_assert_max_num_queries(10):
        page = client.get("/reviews/first-pass/?quarter=2")
    assert len(page.context["rows"]) == 6
    assert client.get("/reviews/first-pass/?quarter=3").context["rows"] == []
