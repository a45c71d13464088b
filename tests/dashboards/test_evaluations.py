"""Pages of the national evaluations: what they say, to whom, and that their files say the same."""

import csv
import io
from decimal import Decimal as D
from fractions import Fraction as F

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.core import clock
from apps.dashboards.evaluations import words
from apps.rollups.evaluations.enums import ItemState as S
from apps.rollups.evaluations.loading import evaluations
from apps.rollups.evaluations.models import EvaluationFinding, RuleConfirmation
from apps.rollups.evaluations.standing import Fact, cell_of
from tests.factories import PlanFactory, UserFactory
from tests.rollups.evaluations.world import KINDERGARTENS, PRIMARY, TODAY, EvaluationDistrict

BALANCED, PRESCHOOL = evaluations()["balanced"], evaluations()["preschool"]


@pytest.fixture
def district(db):
    with clock.held_at(TODAY):
        yield EvaluationDistrict()


@pytest.fixture
def leader(district):
    return UserFactory(role="leader", region=district.region)


def get(client, user, key="balanced", ending="/", **query):
    client.force_login(user)
    return client.get(f"/evaluations/2025/{key}{ending}", query)


def page_of(response):
    return response.context["page"]


def names(response):
    page = page_of(response)
    return [page.school_of(row).name for row in page.rows]


@pytest.mark.parametrize(
    ("rule", "numerator", "denominator", "value", "margin"),
    [
        ("R1", "42", "1000", "4.20", "余 0 人"),
        ("R1", "41", "1000", "4.10", "尚差 1 人"),
        ("R1", "41.996", "1000", "4.1996", "尚差 1 人"),
        ("R4", "449.99", "100", "4.4999", "尚差 0.1 平方米"),
        ("R6", "199999.5", "100", "1,999.995", "尚差 1 元"),
        ("CLASS", "451", "10", "45.1", "超 1 人"),
        ("CLASS", "450", "10", "45.0", "余 0 人"),
        ("NO-EXAM", "0", None, "否", ""),
    ],
)
def test_what_misses_its_line_never_looks_as_if_it_met_it(rule, numerator, denominator, value, margin):
    rule = BALANCED.rule(rule)
    below = Fact(F(denominator)) if denominator else None
    cell = cell_of(rule, rule.limits["primary"], Fact(F(numerator)), below)
    assert (words.value_words(rule, cell), words.margin_words(rule, cell)) == (value, margin)


def test_what_would_fail_today_and_by_how_much(district, leader, client):
    for name in PRIMARY:
        district.primary(name)
    response = get(client, leader)
    text = response.content.decode()
    assert "按现有数据不能通过：2 项未达标。" in text
    failing = {answer.check.code: words.answer_margin(answer) for answer in page_of(response).report.failing}
    assert failing == {"SEVEN-PRIMARY": "3 所未达标", "CV-R5-PRIMARY": "超 0.0153"}
    assert ("0.5153" in text, "0.4888" in text) == (True, False)
    assert names(response) == sorted(PRIMARY)


def test_filters_narrow_the_schools_on_the_screen_and_in_its_files(district, leader, client):
    for name in PRIMARY:
        district.primary(name)
    district.kindergarten("甲园")
    assert names(get(client, leader, state="fails")) == sorted(["甲小学", "乙小学", "丁小学"])
    assert names(get(client, leader, rule="R5", state="fails")) == sorted(
        ["甲小学", "乙小学", "丁小学", "戊小学"]
    )
    assert names(get(client, leader, q="丙")) == ["丙小学"]
    assert names(get(client, leader, stage="junior")) == []
    assert len(names(get(client, leader, stage="nonsense"))) == 5
    given = {"rule": "R5", "state": "fails"}
    file = get(client, leader, ending=".csv", **given).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(file)))
    assert [row[0] for row in rows[1:]] == names(get(client, leader, **given))
    place = next(number for number, title in enumerate(rows[0]) if title.startswith("运动场馆余缺"))
    golden = next(row for row in rows if row[0] == "丁小学")
    assert (golden[place - 1], golden[place]) == ("2.11", "-410.0")
    assert get(client, leader, ending=".csv", table="nothing").status_code == 404


def test_a_school_sees_its_own_row_only(district, client):
    own = district.primary("甲小学")
    district.primary("丁小学")
    reporter = UserFactory(organisation=own)
    for ending in ("/", ".csv"):
        text = get(client, reporter, ending=ending).content.decode()
        assert ("甲小学" in text, "丁小学" in text, "0.5153" in text) == (True, False, False)
    assert get(client, reporter, ending=".csv", table="checks").status_code == 404
    client.force_login(reporter)
    assert client.get("/evaluations/").url.endswith("/balanced/")
    kindergarten = UserFactory(organisation=district.kindergarten("甲园"))
    client.force_login(kindergarten)
    assert client.get("/evaluations/").url.endswith("/preschool/")


def test_kindergartens_by_name(district, leader, client):
    for name in KINDERGARTENS:
        district.kindergarten(name)
    assert names(get(client, leader, "preschool", state="fails")) == sorted(["乙园", "丁园"])
    assert names(get(client, leader, "preschool", rule="CERT", state="fails")) == ["丁园"]


def test_empty_states_say_what_to_do(district, leader, client):
    assert "相关数据尚未布置填报" in get(client, leader).content.decode()
    district.primary("甲小学")
    assert "没有符合条件的学校" in get(client, leader, q="无").content.decode()


def test_a_plan_without_quarters_says_so(leader, client):
    PlanFactory(region=leader.region, year=2026)
    client.force_login(leader)
    assert "尚未生成报告期" in client.get("/evaluations/2026/balanced/").content.decode()
    assert client.get("/evaluations/2026/balanced.xlsx").status_code == 404


def post(client, district, user, code, **given):
    client.force_login(user)
    return client.post(reverse("dashboards:evaluation_item", args=[2025, "balanced", code]), given)


def test_the_office_records_and_another_agrees(district, client):
    given = {"action": "record", "number": "０.1235", "as_of": "2025-12-01", "basis": "监测通报"}
    refused = post(
        client, district, district.staff("JIAOYAN"), "Q9-DIFFERENCE", **{**given, "number": "12.35"}
    )
    assert "12.35%应写成0.1235" in refused.content.decode()
    assert "监测通报" in refused.content.decode()
    assert post(client, district, district.staff("JIAOYAN"), "Q9-DIFFERENCE", **given).status_code == 302
    assert EvaluationFinding.objects.get().number == D("0.1235")
    other = UserFactory(role="office", organisation=district.plan.policy.cross_review_office)
    shown = client.get(reverse("dashboards:evaluation_item", args=[2025, "balanced", "Q9-DIFFERENCE"]))
    assert shown.context["page"].answer.state == S.TO_CHECK
    returned = post(client, district, other, "Q9-DIFFERENCE", action="check", accept="0", note="")
    assert "请写明退回原因" in returned.content.decode()
    post(client, district, other, "Q9-DIFFERENCE", action="check", accept="1")
    assert EvaluationFinding.objects.get().checked_by == other


def test_the_administrator_confirms(district, client):
    assert post(client, district, district.user, "V-SAFETY", action="decide", confirm="1").status_code == 200
    post(client, district, district.user, "V-SAFETY", action="decide", confirm="1", reason="省级细则")
    assert RuleConfirmation.objects.get().is_confirmed


def test_a_veto_is_shown_where_it_blocks(district, leader, client):
    evaluation = district.indicator(
        "prov_eval_step", "4", code="A14-PROV-EVAL", kind="milestone", office=["prov_eval_step"]
    )
    client.force_login(leader)
    address = reverse("dashboards:indicator", args=[2025, evaluation.code])
    school = district.named("甲校")
    district.report(school, 3, stage="primary", no_exam_admission=1)
    district.refresh()
    assert "一票否决" not in client.get(address).content.decode()
    district.accept(school, 3, stage="primary", no_exam_admission=0)
    text = client.get(address, {"quarter": 4}).content.decode()
    assert ("没有以考试方式招生" in text, "甲校" in text) == (True, True)


def test_queries_do_not_grow_with_the_schools(district, leader, client):
    def queries():
        with CaptureQueriesContext(connection) as caught:
            assert get(client, leader).status_code == 200
        return len(caught)

    district.primary("甲小学")
    queries()
    one = queries()
    for name in ("乙小学", "丙小学", "丁小学"):
        district.primary(name)
    assert queries() == one
