import csv
import datetime as dt
import io

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from apps.collection.models import Assignment
from apps.collection.services import assignments_generate
from apps.core import clock
from apps.core.models import BusinessClock
from apps.dashboards import selectors
from apps.dashboards.board import board_of, choice_in
from apps.reviews.services import FactReturn, review_accept, review_return
from tests.factories import SchoolFactory, UserFactory
from tests.support.returns import accept_all, make_district, review_of, submit

TODAY = dt.date(2025, 4, 2)
AREAS = (6, 10)


@pytest.fixture
def district(db):
    BusinessClock.objects.create(fixed_date=TODAY)
    with clock.held_at(TODAY):
        yield make_district()


@pytest.fixture
def leader(district):
    return UserFactory(role="leader", region=district.plan.region)


def board(district, user, query="", quarter=1):
    plan = selectors.plan_of(user, year=2025)
    return board_of(selectors.scope_of(user, plan=plan, quarter=quarter), choice_in(QueryDict(query)))


def cells(found):
    return {row.organisation: [str(cell) for cell in row.cells] for row in found.rows}


def test_before_anything_arrives(district, leader):
    found = board(district, leader)
    assert [area.number for area in found.areas] == [6, 10]
    assert cells(found) == {
        district.school: ["due", "due"],
        district.nine_year: ["due", "due"],
        district.finance: ["not_due", "due"],
    }
    assert (found.whole.due, found.whole.accepted, found.returns.due) == (5, 0, 3)


def test_a_period_that_is_not_open_has_nothing_due(district, leader):
    found = board(district, leader, quarter=3)
    assert set(found.whole.counts) == {"not_due"}
    assert (found.whole.due, found.whole.share) == (0, None)


def test_each_area_has_its_own_state(district, leader):
    submission = submit(district, 1)
    assert cells(board(district, leader))[district.school] == ["waiting", "waiting"]
    pupils = district.elements["pupils"]
    certified = district.elements["certified"]
    review_return(
        review=review_of(submission, district.staff),
        by=district.staff_user,
        returns=[FactReturn(certified.pk, "whole", "wrong_value")],
    )
    found = board(district, leader)
    assert cells(found)[district.school] == ["waiting", "returned"]
    assert found.rows[0].state == "returned"
    assert pupils.indicator_links.count() == 2  # shared by both areas


def test_an_area_is_accepted_when_all_its_facts_are(district, leader):
    submission = submit(district, 1)
    review_accept(review=review_of(submission, district.staff), by=district.staff_user)
    # The number of pupils is of both offices, so the staff office's acceptance alone completes nothing.
    assert cells(board(district, leader))[district.school] == ["waiting", "waiting"]
    review_accept(review=review_of(submission, district.health), by=district.health_user)
    found = board(district, leader)
    assert cells(found)[district.school] == ["accepted", "accepted"]
    assert (found.whole.accepted, found.whole.due) == (2, 5)


def test_never_above_all_after_reassignment(district, leader):
    """Withdrawn facts are on neither side; a school that closes takes its cells with it."""
    accept_all(district, submit(district, 1))
    Assignment.objects.filter(element=district.elements["certified"]).update(withdrawn_on=TODAY)
    Assignment.objects.filter(organisation=district.nine_year).update(withdrawn_on=TODAY)
    Assignment.objects.filter(organisation=district.finance).update(withdrawn_on=TODAY)
    found = board(district, leader)
    assert cells(found) == {district.school: ["accepted", "accepted"]}
    assert (found.whole.accepted, found.whole.due, found.whole.share) == (2, 2, 1)
    district.indicators["teachers"].delete()
    district.indicators["visits"].delete()
    assignments_generate(plan=district.plan)
    found = board(district, leader)
    for share in (found.whole, found.returns, *found.by_area):
        assert share.accepted <= share.due


def test_a_school_that_closes_leaves_the_board(district, leader):
    accept_all(district, submit(district, 1))
    district.school.closed_on = dt.date(2025, 3, 30)
    district.school.save()
    assignments_generate(plan=district.plan)
    found = board(district, leader)
    assert district.school not in cells(found)
    assert found.whole.accepted <= found.whole.due


def test_lateness_is_told_by_the_first_submission(district, leader):
    due_on = district.periods[1].due_on
    with clock.held_at(due_on + dt.timedelta(days=3)):
        submit(district, 1)
        found = {row.organisation: row for row in board(district, leader).rows}
        assert (found[district.school].submitted_on, found[district.school].days_late) == (
            due_on + dt.timedelta(days=3),
            3,
        )
        assert (found[district.nine_year].submitted_on, found[district.nine_year].days_late) == (None, 3)
        assert cells(board(district, leader))[district.nine_year] == ["late", "late"]
    with clock.held_at(due_on + dt.timedelta(days=30)):
        found = {row.organisation: row for row in board(district, leader).rows}
        assert (found[district.school].days_late, found[district.nine_year].days_late) == (3, 30)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("type=nine_year", {"nine_year"}),
        ("type=office", {"finance"}),
        ("type=nonsense", {"school", "nine_year", "finance"}),
        ("state=waiting", {"school"}),
        ("state=not_due", {"finance"}),
        ("area=6", {"school", "nine_year"}),
        ("area=6&state=not_due", set()),
        ("q=%E5%AE%B6%E8%8A%82", set()),
    ],
)
def test_filters(district, leader, query, shown):
    submit(district, 1)
    found = board(district, leader, query)
    assert {row.organisation for row in found.rows} == {getattr(district, name) for name in shown}


def test_an_office_sees_its_facts_alone(district, leader):
    found = board(district, leader, f"office={district.health.pk}")
    assert cells(found) == {
        district.school: ["due", "not_due"],
        district.nine_year: ["due", "not_due"],
    }


def test_drafts_of_others_are_not_linked(district, leader):
    from apps.collection.services import submission_start

    submission_start(period=district.periods[1], organisation=district.school, by=district.reporter)
    assert board(district, leader).rows[0].submission_id is None
    submission = submit(district, 1)
    assert board(district, leader).rows[0].submission_id == submission.pk


def test_queries_do_not_grow_with_schools(client, district, leader):
    client.force_login(leader)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/completeness/2025/?quarter=1").status_code == 200
        return len(captured)

    submit(district, 1)
    first = queries()
    for _more in range(3):
        SchoolFactory(region=district.plan.region)
    assignments_generate(plan=district.plan)
    assert queries() == first


def test_the_files_hold_what_the_screen_shows(client, district, leader):
    submit(district, 1)
    client.force_login(leader)
    answer = client.get("/completeness/2025.csv?quarter=1&type=primary")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    page = board(district, leader, "type=primary")
    assert len(rows) == len(page.rows) + 2
    assert rows[0][:6] == ["学校或股室", "代码", "类别", "填报", "首次提交日期", "逾期天数"]
    assert rows[1][4:] == ["2025-04-02", "0", "▷ 待审核", "▷ 待审核"]
    assert rows[-1][0] == "到位率"
    workbook = client.get("/completeness/2025.xlsx?quarter=1&type=primary")
    assert workbook.status_code == 200
