import datetime as dt
import io

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from apps.collection.chasing.extending import extension_grant
from apps.collection.models import Period
from apps.collection.services import assignments_generate
from apps.collection.timeliness import timeliness_of
from apps.core import clock
from apps.core.models import BusinessClock
from apps.organisations.models import Organisation
from apps.reviews.services import FactReturn, review_return
from tests.factories import SchoolFactory, UserFactory
from tests.support.returns import make_district, review_of, submit

TODAY = dt.date(2025, 7, 20)


@pytest.fixture
def district(db):
    BusinessClock.objects.create(fixed_date=TODAY)
    with clock.held_at(dt.date(2025, 4, 2)):
        return make_district()


@pytest.fixture
def client(district):
    found = Client()
    found.force_login(UserFactory(role="administrator", region=district.plan.region))
    return found


def rows(district, today=TODAY):
    periods = list(Period.objects.filter(quarter__lte=2).order_by("quarter"))
    found = timeliness_of(periods, organisations=Organisation.objects.schools(), today=today)
    return {row.organisation: [(a.kind, a.days_late, a.n_returned) for a in row.arrivals] for row in found}


def test_in_time_late_missing_and_sent_back(district):
    with clock.held_at(dt.date(2025, 4, 2)):
        submission = submit(district, 1)
        fact = FactReturn(district.elements["placed"].pk, "whole", "wrong_value")
        review_return(review=review_of(submission, district.health), returns=[fact], by=district.health_user)
    with clock.held_at(dt.date(2025, 7, 13)):
        submit(district, 2)
    assert rows(district) == {
        district.nine_year: [("missing", 101, 0), ("missing", 10, 0)],
        district.school: [("in_time", 0, 1), ("late", 3, 0)],
    }
    assert rows(district, dt.date(2025, 4, 9))[district.nine_year] == [("ahead", 0, 0), ("ahead", 0, 0)]


def test_an_extended_return_is_in_time(district):
    with clock.held_at(dt.date(2025, 7, 9)):
        extension_grant(
            period=district.periods[2],
            organisations=[district.school],
            due_on=dt.date(2025, 7, 15),
            reason="搬迁",
            by=UserFactory(role="administrator", region=district.plan.region),
        )
    with clock.held_at(dt.date(2025, 7, 13)):
        submit(district, 2)
    assert rows(district)[district.school][1] == ("in_time", 0, 0)


@pytest.mark.parametrize("more", [0, 2])
def test_the_history_takes_the_same_queries_for_more_schools(
    district, client, django_assert_num_queries, more
):
    SchoolFactory.create_batch(more, region=district.plan.region)
    with clock.held_at(TODAY):
        assignments_generate(plan=district.plan)
    with django_assert_num_queries(10):
        page = client.get("/completeness/timeliness/")
    assert len(page.context["found"].rows) == 2 + more


def test_the_ledger_counts_the_district_s_fields(district, client):
    """The primary school: 4 facts in quarters 1 and 3, 6 in 2 and 4. The nine-year school: 4 and 8."""
    page = client.get("/burden/").context["page"]
    forms = [(row.school_type, row.n_schools, [cost.fields for cost in row.quarters]) for row in page.schools]
    assert forms == [
        ("primary", 1, [4, 6, 4, 6]),
        ("nine_year", 1, [4, 8, 4, 8]),
    ]
    assert (page.total.fields, page.longest.fields) == (44, 8)
    saved = {row.indicator.pk: row.cost.fields for row in page.dearest}
    # `pupils` is asked for two indicators: neither saves it alone.
    assert saved == {
        district.indicators["myopia"].pk: 12,
        district.indicators["inclusion"].pk: 8,
        district.indicators["teachers"].pk: 8,
        district.indicators["visits"].pk: 8,
    }


def test_the_switches_say_what_each_saves(district, client):
    page = client.get("/settings/indicators/")
    costs = {row.indicator.pk: row.cost.fields for row in page.context["rows"]}
    assert costs[district.indicators["myopia"].pk] == 12
    assert costs[district.indicators["budget"].pk] == 0


def test_the_history_s_files_hold_what_its_page_shows(district, client):
    with clock.held_at(dt.date(2025, 4, 2)):
        submit(district, 1)
    with clock.held_at(dt.date(2025, 7, 13)):
        submit(district, 2)
    query = f"?kind=school&q={district.school.name}"
    shown = client.get(f"/completeness/timeliness/{query}").context["found"].rows
    assert [row.organisation for row in shown] == [district.school]
    lines = client.get(f"/completeness/timeliness.csv{query}").content.decode("utf-8-sig").splitlines()
    assert lines[1:] == [f"{district.school.name},{district.school.code},及时,逾期 3 天,1,2,1,0"]
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(client.get(f"/completeness/timeliness.xlsx{query}").content)
    )
    assert book.get_sheet_by_name(book.sheet_names[0]).to_python()[1:] == [
        [district.school.name, district.school.code, "及时", "逾期 3 天", 1, 2, 1, 0]
    ]


def test_the_way_to_the_board_keeps_what_was_asked(district, client):
    answer = client.get("/completeness/?quarter=1&type=primary")
    assert answer.url == "/completeness/2025/?quarter=1&type=primary"
