"""The indicator dictionary: who finds what in it."""

import datetime as dt
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from apps.core.models import BusinessClock
from apps.plans.models import Indicator
from tests.factories import IndicatorFactory, UserFactory
from tests.support.returns import make_district


@pytest.fixture
def district(db):
    BusinessClock.objects.create(fixed_date=dt.date(2025, 4, 2))
    return make_district()


def found(client, user, **query):
    client.force_login(user)
    return {entry.indicator.name for entry in client.get("/dictionary/", query).context["entries"]}


def names(district, *keys):
    return {district.indicators[key].name for key in keys}


def test_the_bureau_finds_all_and_schools_what_they_are_asked(client, district):
    Indicator.objects.filter(pk=district.indicators["visits"].pk).update(applies_to=["kindergarten"])
    Indicator.objects.filter(pk=district.indicators["teachers"].pk).update(tier="optional")
    assert found(client, district.staff_user) == names(district, *district.indicators)
    assert found(client, district.reporter) == names(district, "myopia", "inclusion")


def test_restricted_indicators_are_for_their_own(client, district):
    Indicator.objects.filter(pk=district.indicators["teachers"].pk).update(privacy="restricted")
    rest = names(district, "myopia", "inclusion", "visits", "budget")
    assert found(client, district.health_user) == rest
    assert found(client, district.staff_user) == names(district, *district.indicators)


def test_it_is_searched_and_narrowed(client, district):
    one = district.indicators["myopia"]
    Indicator.objects.filter(pk=one.pk).update(numerator_label="近视人数", tier="standard")
    office = {"office": str(district.finance.pk)}
    user = district.staff_user
    assert found(client, user, q="近视人") == {one.name}
    assert found(client, user, **office) == names(district, "budget")
    assert found(client, user, tier="standard") == {one.name}
    assert found(client, user, tier="nonsense") == names(district, *district.indicators)


def test_the_workbook_holds_what_the_screen_shows(client, district):
    client.force_login(district.staff_user)
    content = client.get("/dictionary.xlsx", {"q": district.indicators["budget"].code}).content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[1:]] == [district.indicators["budget"].code]


def test_it_asks_no_more_for_many_indicators(client, district):
    client.force_login(UserFactory(role="leader", region=district.plan.region))
    with CaptureQueriesContext(connection) as before:
        client.get("/dictionary/")
    for _ in range(3):
        IndicatorFactory(
            area=district.indicators["budget"].area, elements=[district.elements["pupils"]], name="又一项"
        )
    with CaptureQueriesContext(connection) as after:
        client.get("/dictionary/")
    assert len(after) == len(before)
