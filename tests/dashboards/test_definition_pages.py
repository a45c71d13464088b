"""What the pages say of a definition that changes in the middle of a year."""

import datetime as dt

import pytest

from apps.core import clock
from apps.core.models import BusinessClock
from apps.plans.definitions.services import definition_confirm, definition_propose
from apps.plans.models import IndicatorRevision
from apps.rollups.services import rebuild
from tests.factories import UserFactory
from tests.rollups.district import District

NEW = {
    "numerator": "good",
    "denominator": "pupils",
    "numerator_label": "优良人数",
    "denominator_label": "在校生数",
    "denominator_label_en": "pupils",
}
NOTE = "口径自第三季度起变更（局务会第7次会议）：变更前后各季度的数不同口径，不可直接比较。"


@pytest.fixture
def district(db):
    BusinessClock.objects.create(fixed_date=dt.date(2025, 10, 9))
    return District()


@pytest.fixture
def admin(district):
    return UserFactory(name="示例管理员", role="administrator", region=district.region)


@pytest.fixture
def leader(district):
    return UserFactory(name="示例领导", role="leader", region=district.region)


@pytest.fixture
def rate(district):
    rate = district.indicator(
        "good",
        "tested",
        aggregation="ratio_of_sums",
        unit="%",
        due_quarters=[1, 2, 3, 4],
        applies_to=["primary"],
        numerator_label="优良人数",
        denominator_label="参测人数",
        denominator_label_en="tested",
    )
    district.element("pupils")
    for setting in ("urban", "rural"):
        school = district.school(setting=setting)
        for quarter in (1, 2, 3):
            district.report(school, quarter, good=48, tested=80, pupils=100)
    return rate


@pytest.fixture
def changed(district, rate, admin, leader):
    with clock.held_at(dt.date(2025, 7, 2)):
        revision = definition_propose(
            indicator=rate, by=admin, reason="局务会第7次会议", from_quarter=3, texts=NEW
        )
        definition_confirm(revision=revision, by=leader)
    rebuild(plan=district.plan)
    return rate


def page(client, user, address):
    client.force_login(user)
    return client.get(address).content.decode()


def test_one_proposes_and_another_confirms(client, district, rate, admin, leader):
    address = f"/definitions/{rate.pk}/"
    client.force_login(admin)
    sent = {"propose": "1", "from_quarter": "4", "reason": "局务会", **NEW}
    refused = client.post(address, sent | {"denominator": "pupils /"})
    assert list(refused.context["form"].errors) == ["denominator"]
    assert 'value="pupils /"' in refused.content.decode()
    assert client.post(address, sent)["Location"] == address
    revision = IndicatorRevision.objects.get()
    assert (revision.denominator, revision.proposed_by, revision.confirmed_by) == ("pupils", admin, None)
    assert "须由另一人核定" in client.post(address, {"confirm": revision.pk}).content.decode()
    client.force_login(leader)
    assert client.post(address, {"confirm": revision.pk})["Location"] == address
    revision.refresh_from_db()
    assert revision.confirmed_by == leader
    assert [row.from_quarter for row in client.get(address).context["history"].rows] == [1, 4]


def test_a_past_quarter_cannot_be_chosen(client, rate, admin):
    client.force_login(admin)
    answer = client.get(f"/definitions/{rate.pk}/")
    assert answer.context["form"].fields["from_quarter"].choices == [(4, "第四季度")]


def test_the_indicator_page_tells_the_definition_of_its_quarter(client, changed, leader):
    address = f"/plans/2025/indicators/{changed.code}/?quarter="
    second, third = (page(client, leader, f"{address}{quarter}") for quarter in (2, 3))
    assert ("Σ(good) ÷ Σ(tested)</code>\n" in second, "Σ(good) ÷ Σ(pupils)</code>\n" in third) == (True, True)
    assert (second.count(NOTE), third.count(NOTE)) == (1, 1)


def test_the_explanation_names_the_definition(client, changed, leader):
    address = f"/plans/2025/indicators/{changed.code}/explain/?quarter="
    second, third = (page(client, leader, f"{address}{quarter}") for quarter in (2, 3))
    assert ("96 ÷ 160" in second, "按年初口径计算。" in second) == (True, True)
    assert ("96 ÷ 200" in third, "按2025-07-01起的口径计算（第1次修订）。" in third) == (True, True)


def test_nothing_is_taken_apart_across_a_change(client, changed, leader):
    client.force_login(leader)
    address = f"/plans/2025/indicators/{changed.code}/levers/?quarter="
    before, across = (client.get(f"{address}{quarter}") for quarter in (2, 3))
    assert (len(before.context["page"].movements) > 0, across.context["page"].movements) == (True, [])
    assert NOTE in across.content.decode()


def test_the_comparison_says_so(client, changed, leader):
    assert NOTE in page(client, leader, f"/plans/2025/indicators/{changed.code}/compare/?quarter=3")


def test_the_dictionary_tells_the_definition_of_today(client, changed, leader):
    client.force_login(leader)
    answer = client.get("/dictionary/")
    entry = next(one for one in answer.context["entries"] if one.indicator == changed)
    assert entry.formula == "优良人数 ÷ 在校生数"
    assert NOTE in answer.content.decode()
