"""Facts of other systems: they count at once with their source, and schools are not asked again."""

import datetime as dt

import pytest
from django.urls import reverse

from apps.collection.models import DataValue, Submission
from apps.core.models import BusinessClock
from apps.reviews.services import review_accept
from apps.rollups.models import StaleResult
from tests.factories import UserFactory
from tests.reports.exchange.files import counts, csv_of, errors, look, take
from tests.support.returns import QUARTER_1, entries, make_district, submit

HEADINGS = ["学校代码", "数据项", "学段", "数值", "来源", "数据日期"]
SOURCE = ["全国学籍系统", "2025-03-20"]


@pytest.fixture
def district(db):
    BusinessClock.objects.create(fixed_date=dt.date(2025, 4, 2))
    return make_district()


@pytest.fixture
def administrator(district, client):
    user = UserFactory(role="administrator", region=district.plan.region)
    client.force_login(user)
    return user


def bring(client, *rows, quarter=1):
    return look(client, "prefill", csv_of(HEADINGS, *rows), quarter=quarter)


def pupils(district, text="900"):
    return [district.school.code, "在校学生数", "", text, *SOURCE]


def test_a_fact_counts_with_its_source(administrator, client, district):
    page = bring(client, pupils(district))
    assert (counts(page), errors(page), DataValue.objects.count()) == ((1, 0, 0, 0), [], 0)
    take(client, page)
    value = DataValue.objects.get()
    assert (value.accepted_number, value.accepted_by, value.source, value.source_on) == (
        900,
        administrator,
        "全国学籍系统",
        dt.date(2025, 3, 20),
    )
    revision = value.revisions.get()
    assert (revision.accepted_by, revision.accepted_on, revision.source) == (
        administrator,
        dt.date(2025, 4, 2),
        "全国学籍系统",
    )
    stale = set(StaleResult.objects.values_list("indicator__code", flat=True))
    assert stale >= {district.indicators[name].code for name in ("teachers", "inclusion")}
    assert counts(bring(client, pupils(district))) == (0, 0, 1, 0)
    take(client, bring(client, pupils(district, "905")))
    value.refresh_from_db()
    assert (value.accepted_number, value.revisions.count()) == (905, 2)


def test_the_form_shows_it_and_does_not_ask(administrator, client, district):
    take(client, bring(client, pupils(district)))
    client.force_login(district.reporter)
    page = client.get(reverse("collection:form", args=[1])).content.decode()
    name = f"f-{district.elements['pupils'].pk}-whole"
    assert f'name="{name}"' not in page
    assert "来源：全国学籍系统（2025-03-20）" in page
    client.post(reverse("collection:form", args=[1]), {name: "1", "version": "1"})
    assert DataValue.objects.get().number == 900


def test_the_rest_is_submitted_and_reviewed_as_always(administrator, client, district):
    take(client, bring(client, pupils(district, "9000")))  # unusual, but nobody at the school is asked why
    facts = {name: text for name, text in QUARTER_1.items() if name != "pupils"}
    submission = submit(district, 1, facts)
    for office, user in ((district.health, district.health_user), (district.staff, district.staff_user)):
        review_accept(review=submission.reviews.get(office=office), by=user)
    submission.refresh_from_db()
    assert submission.status == "accepted"
    value = submission.values.get(element=district.elements["pupils"])
    assert (value.accepted_by, value.revisions.count()) == (administrator, 1)


@pytest.mark.parametrize(
    ("change", "cell"),
    [
        ({3: "约900"}, "D3"),
        ({3: ""}, "D3"),
        ({4: ""}, "E3"),
        ({5: "2025年3月"}, "F3"),
        ({1: "myopic", 2: "小学"}, "D3"),
        ({0: "1234567890"}, "A3"),
    ],
)
def test_one_wrong_row_and_nothing_counts(administrator, client, district, change, cell):
    right = [district.nine_year.code, "pupils", "", "500", *SOURCE]
    wrong = pupils(district)
    for place, text in change.items():
        wrong[place] = text
    page = bring(client, right, wrong)
    assert [error[0] for error in errors(page)] == [cell]
    take(client, page)
    assert (DataValue.objects.count(), Submission.objects.count()) == (0, 0)


def test_what_the_school_wrote_is_not_overwritten(administrator, client, district):
    from apps.collection.services import submission_start, values_save

    started = submission_start(period=district.periods[1], organisation=district.school, by=district.reporter)
    values_save(submission=started, entries=entries(district, {"pupils": "77123"}), by=district.reporter)
    page = bring(client, pupils(district))
    assert (counts(page), "77123" in page.content.decode()) == ((0, 0, 0, 1), False)


def test_facts_that_contradict_each_other_are_refused(administrator, client, district):
    BusinessClock.objects.update(fixed_date=dt.date(2025, 7, 2))
    code = district.school.code
    rows = [[code, "近视学生数", "小学", "50", *SOURCE], [code, "筛查学生数", "小学", "40", *SOURCE]]
    page = bring(client, *rows, quarter=2)
    assert [error[0] for error in errors(page)] == ["D2", "D3"]
