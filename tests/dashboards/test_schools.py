from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from apps.accounts.enums import Role
from apps.collection.models import Assignment, DataValue, Submission
from apps.dashboards import schools, selectors, units
from apps.organisations.models import OrganisationEvent
from apps.plans.enums import Privacy
from apps.plans.models import Indicator
from tests.dashboards.conftest import TODAY, rate_indicator
from tests.dashboards.factories import PeriodFactory
from tests.factories import OfficeFactory, RegionFactory, SchoolFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def report(indicator, school, numerator, denominator, *, quarter=2, accepted=True, stage="primary"):
    """Lets a school owe the two facts of a rate, and report them accepted or waiting."""
    period = PeriodFactory(plan=indicator.plan, quarter=quarter)
    by = UserFactory(role=Role.REPORTER, organisation=school)
    submission, _ = Submission.objects.get_or_create(
        period=period,
        organisation=school,
        defaults={
            "status": "accepted" if accepted else "submitted",
            "submitted_by": by,
            "submitted_at": timezone.now(),
            "submitted_on": TODAY,
        },
    )
    links = {link.element.code: link.element for link in indicator.element_links.select_related("element")}
    for code, number in (("fit", numerator), ("tested", denominator)):
        Assignment.objects.get_or_create(period=period, organisation=school, element=links[code], stage=stage)
        counted = (
            {"accepted_number": number, "accepted_at": timezone.now(), "accepted_by": by} if accepted else {}
        )
        DataValue.objects.create(
            submission=submission, element=links[code], stage=stage, number=number, updated_by=by, **counted
        )


def load(indicator, **options):
    return {
        unit.organisation_id: unit
        for unit in units.load(
            plan=indicator.plan, indicator_ids=[indicator.pk], quarter=3, threshold=10, **options
        )
    }


@pytest.fixture
def rate(area):
    return rate_indicator(area, code="RATE", decimals=1)


@pytest.fixture
def five(rate):
    """Five schools at 10, 20, 30, 40 and 50 of 100."""
    found = [SchoolFactory() for _ in range(5)]
    for place, school in enumerate(found, start=1):
        report(rate, school, 10 * place, 100)
    return found


def test_a_unit_has_its_own_ratio_and_only_when_accepted(rate, five):
    waiting = SchoolFactory()
    report(rate, waiting, 99, 100, accepted=False)
    found = load(rate)
    assert [found[school.pk].value for school in five] == [Decimal(10 * place) for place in range(1, 6)]
    assert found[waiting.pk].value is None
    assert found[waiting.pk].text == "尚未审核通过"
    assert {unit.as_of_quarter for unit in found.values()} == {2}


def test_before_the_first_due_quarter_there_are_no_units(rate, five):
    assert units.load(plan=rate.plan, indicator_ids=[rate.pk], quarter=1, threshold=10) == []


def test_nothing_to_divide_by_is_no_value(rate):
    school = SchoolFactory()
    report(rate, school, 0, 0)
    assert load(rate)[school.pk].text == "无法计算"


def test_small_cells_of_schools_are_hidden_but_from_their_own(rate, five):
    Indicator.objects.update(privacy=Privacy.SMALL_CELL)
    tiny = SchoolFactory()
    report(rate, tiny, 3, 60)
    hidden = {pk for pk, unit in load(rate).items() if unit.is_hidden}
    assert hidden == {tiny.pk, five[0].pk}  # the next smallest goes with it
    assert load(rate)[tiny.pk].numerator is None
    assert load(rate, open_for=tiny.pk)[tiny.pk].numerator == 3


def test_units_cost_the_same_for_one_and_three_schools(rate, django_assert_num_queries):
    for _ in range(2):
        report(rate, SchoolFactory(), 40, 100)
        with django_assert_num_queries(9):
            load(rate)


def test_a_school_stands_beside_the_middle_half(rate, five, leader):
    page = schools.school_page(leader, five[0], quarter=3)
    (standing,) = page.standings
    assert standing.middle == (Decimal(20), Decimal(30), Decimal(40))
    assert (standing.unit.text, standing.middle_text) == ("10.0%", "20.0% – 40.0%")


def test_the_page_of_a_school(client, rate, five, leader):
    OrganisationEvent.objects.create(
        organisation=five[0], kind="renamed", happened_on="2020-09-01", note="原第一小学"
    )
    client.force_login(leader)
    page = " ".join(
        strip_tags(
            client.get(reverse("dashboards:school", args=[five[0].pk]) + "?quarter=3").content.decode()
        ).split()
    )
    for words in ("10.0%", "20.0% – 40.0%", "2020-09-01", "原第一小学", "第二季度 （沿用）", five[0].code):
        assert words in page


def test_a_school_sees_itself_and_no_other(client, rate, five):
    client.force_login(UserFactory(role=Role.PRINCIPAL, organisation=five[0]))
    assert client.get(reverse("dashboards:school", args=[five[0].pk])).status_code == 200
    assert client.get(reverse("dashboards:school", args=[five[1].pk])).status_code == 404
    assert client.get(reverse("dashboards:schools")).status_code == 403


def test_schools_of_another_region_do_not_exist(client, five, leader):
    elsewhere = SchoolFactory(region=RegionFactory(code="430202", name="另一区"))
    client.force_login(leader)
    assert client.get(reverse("dashboards:school", args=[elsewhere.pk])).status_code == 404
    assert elsewhere.name not in client.get(reverse("dashboards:schools")).content.decode()


def test_an_office_is_not_a_school(client, leader):
    client.force_login(leader)
    assert client.get(reverse("dashboards:school", args=[OfficeFactory().pk])).status_code == 404


def test_schools_are_found_by_former_name_and_code(client, leader):
    renamed = SchoolFactory(name="示例新名小学")
    renamed.profiles.update(name="示例旧名小学")
    other = SchoolFactory(name="示例别的小学")
    client.force_login(leader)

    def found(words):
        content = client.get(reverse("dashboards:schools"), {"q": words}).content.decode()
        return {int(pk) for pk in re.findall(r'href="/schools/(\d+)/"', content)}

    assert found("旧名") == {renamed.pk}
    assert found(renamed.code) == {renamed.pk}
    assert found("") == {renamed.pk, other.pk}
    assert found("没有") == set()


def test_the_strip_of_an_indicator_names_schools_and_leads_to_them(client, rate, five, leader):
    client.force_login(leader)
    page = client.get(reverse("dashboards:indicator", args=[2025, "RATE"]) + "?quarter=3").content.decode()
    assert reverse("dashboards:school", args=[five[0].pk]) in page
    table = client.get(reverse("reports:indicator_csv", args=[2025, "RATE"]) + "?quarter=3&table=schools")
    assert table.content.decode("utf-8-sig").count("\n") == 6


def test_a_figure_that_the_kind_of_school_decides_has_no_strip(rate, five, leader):
    Indicator.objects.update(numerator='fit if ownership == "public" else 0')
    scope = selectors.scope_of(leader, plan=selectors.plan_of(leader, year=2025), quarter=3)
    from apps.dashboards import pages

    assert pages.indicator_page(scope, selectors.indicators_in(scope).get()).schools is None


def test_a_merged_schools_history_is_reached_from_the_one_it_went_into(rate, client, leader):
    """Its figures are those of the last quarter that it saw the end of; schools get its name only."""
    gone = SchoolFactory(name="乙校", closed_on=dt.date(2025, 7, 31))
    heir = SchoolFactory(name="丙校")
    OrganisationEvent.objects.create(
        organisation=gone, kind="merged", happened_on=gone.closed_on, successor=heir
    )
    report(rate, gone, 61, 100)
    report(rate, heir, 45, 90)
    client.force_login(leader)
    page = client.get(reverse("dashboards:school", args=[heir.pk])).context["page"]
    [before] = page.predecessors
    assert (before.school, before.quarter) == (gone, 2)
    assert [row.unit.value for row in before.standings] == [61]
    closed = client.get(reverse("dashboards:school", args=[gone.pk]))
    assert (closed.context["page"].scope.quarter, closed.context["page"].successor) == (2, heir)
    assert [row.unit.value for row in closed.context["page"].standings] == [61]
    assert reverse("dashboards:school", args=[heir.pk]) in closed.content.decode()
    client.force_login(UserFactory(role=Role.REPORTER, organisation=heir))
    own = client.get(reverse("dashboards:school", args=[heir.pk]))
    assert [list(one.standings) for one in own.context["page"].predecessors] == [[]]
    assert "乙校" in own.content.decode()
    assert reverse("dashboards:school", args=[gone.pk]) not in own.content.decode()
