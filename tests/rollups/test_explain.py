"""Explanations: units in and out with their reasons, words, small cells by reader, constant queries."""

import datetime as dt
import io
from decimal import Decimal as D

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from apps.collection.models import DataValue, DataValueRevision, Submission
from apps.core import clock
from apps.rollups.explain import NotComputedError, explain
from apps.rollups.explain_words import filled_text, formula_text, judgement_text
from apps.rollups.models import Result
from apps.rollups.services import rebuild
from tests.factories import UserFactory
from tests.rollups.district import NOT_APPLICABLE, District

pytestmark = pytest.mark.django_db
TODAY = dt.date(2025, 12, 15)


@pytest.fixture
def district():
    with clock.held_at(TODAY):
        yield District()


def told(district, indicator, quarter=2, **options):
    return explain(indicator=indicator, period=district.periods[quarter], **options)


def amounts(rows):
    return {row.organisation.name: (row.numerator, row.denominator) for row in rows}


def test_who_is_in_and_who_is_out_and_why(district):
    rate = district.indicator("good", "tested", due_quarters=[1, 2, 4])
    named = {name: district.school(name=name) for name in ("在内", "未报", "待审", "退回", "不适用", "缺项")}
    closed = district.school(name="已撤", closed_on=dt.date(2025, 5, 1))
    district.report(named["在内"], 2, good=5, tested=9)
    district.report(named["不适用"], 2, good=NOT_APPLICABLE, tested=1)
    district.report(named["缺项"], 2, good=1, tested=None)
    district.report(closed, 2, good=1, tested=1)
    for name in ("未报", "待审", "退回"):
        district.owe(named[name], 2, ["good", "tested"])
    handed_in = {"submitted_by": district.user, "submitted_at": timezone.now(), "submitted_on": TODAY}
    for name, status in (("待审", "submitted"), ("退回", "returned"), ("缺项", "accepted")):
        Submission.objects.update_or_create(
            period=district.periods[2],
            organisation=named[name],
            defaults={"status": status, "started_by": district.user, **handed_in},
        )
    district.refresh()
    found = told(district, rate)
    assert amounts(found.included) == {"在内": (5, 9)}
    assert {row.organisation.name: (row.exclusion.value, row.note) for row in found.excluded} == {
        "未报": ("late", ""),
        "待审": ("waiting", ""),
        "退回": ("returned", ""),
        "缺项": ("incomplete", ""),
        "不适用": ("not_applicable", "示例"),
        "已撤": ("closed", "2025-05-01"),
    }
    assert (found.n_included, found.n_excluded, found.is_in_step) == (1, 6, True)


def test_before_its_due_date_a_return_is_not_late(district):
    rate = district.indicator("good", "tested")
    district.owe(district.school(), 4, ["good", "tested"])
    district.refresh()
    assert [row.exclusion.value for row in told(district, rate, 4).excluded] == ["not_reported"]


def test_who_accepted_what_when_and_which_revision(district):
    count = district.indicator("drills", aggregation="sum", kind="count", unit="次")
    school = district.school()
    district.report(school, 2, drills=3)
    value = DataValue.objects.get()
    for number in (1, 2, 3):
        is_accepted = number < 3
        DataValueRevision.objects.create(
            value=value,
            number_in_order=number,
            number=number,
            submitted_by=district.user,
            accepted_by=district.user if is_accepted else None,
            accepted_at=timezone.now() if is_accepted else None,
            accepted_on=TODAY if is_accepted else None,
        )
    district.refresh()
    row = told(district, count).included[0]
    assert (row.accepted_by, row.accepted_at, row.revision) == (district.user, value.accepted_at, 2)
    assert row.facts == {"drills": 3}


def test_a_flow_lists_every_quarter_and_keeps_the_closed(district):
    flow = district.indicator("drills", aggregation="sum", kind="count", unit="次", accumulation="flow")
    closed = district.school(name="已撤", closed_on=dt.date(2025, 5, 1))
    district.report(closed, 1, drills=2)
    district.report(district.school(name="在办"), 2, drills=3)
    district.refresh()
    found = told(district, flow)
    rows = [(row.organisation.name, row.quarter, row.is_current, row.numerator) for row in found.included]
    assert rows == [("已撤", 1, False, 2), ("在办", 2, True, 3)]
    assert found.is_in_step


def test_a_carried_value_names_its_quarter(district):
    rate = district.indicator("good", "tested", due_quarters=[2])
    district.report(district.school(), 2, good=1, tested=2)
    district.refresh()
    found = told(district, rate, 3)
    assert (found.as_of.quarter, found.verdict.value, len(found.included)) == (2, 50, 1)
    assert told(district, rate, 1).as_of is None


def test_a_slice_has_its_own_units(district):
    rate = district.indicator("good", "tested", per_stage=True)
    school = district.school("nine_year")
    for stage, good in (("primary", 1), ("junior", 2)):
        district.report(school, 2, stage=stage, good=good, tested=5)
    district.refresh()
    found = told(district, rate, slice_kind="stage", slice_value="junior")
    assert [(row.stage, row.numerator) for row in found.included] == [("junior", 2)]


def test_an_explanation_notices_facts_that_have_moved_on(district):
    rate = district.indicator("good", "tested")
    district.report(district.school(), 2, good=1, tested=2)
    district.refresh()
    DataValue.objects.filter(element__code="good").update(accepted_number=2)
    assert not told(district, rate).is_in_step


def test_what_was_never_computed_is_said_to_be(district):
    rate = district.indicator("good", "tested")
    with pytest.raises(NotComputedError):
        told(district, rate)


def test_the_judgement_is_the_stored_one(district):
    rate = district.indicator("good", "tested", due_quarters=[1, 2])
    revision = district.target(rate, "at_least", 60)
    district.baseline(rate, 1, 2)
    school = district.school()
    for quarter, good in ((1, 4), (2, 5)):
        district.report(school, quarter, good=good, tested=10)
    district.refresh()
    for quarter in (1, 2, 3):
        found, stored = told(district, rate, quarter), district.result(rate, quarter).judgement
        assert (found.verdict.status, found.verdict.value) == (stored.status, stored.value)
        assert (found.revision, found.verdict.gap) == (revision, stored.gap)


def test_the_words(district):
    rate = district.indicator(
        "good", "tested", decimals=2, numerator_label="近视人数", denominator_label="筛查人数", basis="change"
    )
    district.target(rate, "decrease_by", D("0.5"))
    district.baseline(rate, 51, 100)
    for good in (5000, 120):
        district.report(district.school(), 2, good=good, tested=5000)
    district.report(district.school(), 2, good=None, tested=None)
    district.refresh()
    found = told(district, rate)
    with translation.override("zh-hans"):
        assert formula_text(found) == "Σ 近视人数 ÷ Σ 筛查人数 × 100%"
        assert filled_text(found) == "5,120 ÷ 10,000 × 100% = 51.20%"
        assert judgement_text(found) == (
            "本期值为 51.20%，较基线上升 0.20 个百分点，目标为 下降 0.5 个百分点，尚差 0.70 个百分点，"
            "未达到目标，且未见改善，暂定数：滞后"
        )
    with translation.override("en"):
        assert judgement_text(found).endswith("not reached, and not improving, provisional: Off track")


def test_a_near_miss_is_never_rounded_away(district):
    rate = district.indicator("good", "tested", decimals=0, due_quarters=[2])
    district.target(rate, "at_least", 54)
    district.report(district.school(), 2, good=5396, tested=10000)
    district.refresh()
    with translation.override("zh-hans"):
        assert "尚差 0.04 个百分点" in judgement_text(told(district, rate))


@pytest.fixture
def small(district):
    """Schools of 3, 12, 40 and 90 of 100, in an indicator whose small numbers are hidden."""
    indicator = district.indicator("good", "tested", per_stage=True, privacy="small_cell")
    district.schools = [district.school(name=f"校{good}") for good in (3, 12, 40, 90)]
    for school, good in zip(district.schools, (3, 12, 40, 90), strict=True):
        district.report(school, 2, stage="primary", good=good, tested=105)
    district.refresh()
    return indicator


def reader(district, role, **options):
    return UserFactory(role=role, region=district.region, **options)


def test_small_schools_are_hidden_with_one_more_so_that_nothing_can_be_subtracted(district, small):
    for user in (reader(district, "leader"), reader(district, "office", organisation=district.office)):
        found = told(district, small, viewer=user)
        assert [row.organisation.name for row in found.included if row.is_hidden] == ["校3", "校12"]
        assert amounts(found.included)["校3"] == (None, None)
        assert found.statistics.numerator == 145


def test_without_a_reader_nothing_is_hidden(district, small):
    assert not any(row.is_hidden for row in told(district, small).included)


def test_a_school_sees_the_district_and_itself(district, small):
    user = UserFactory(role="reporter", organisation=district.schools[0])
    found = told(district, small, viewer=user)
    assert amounts(found.included) == {"校3": (3, 105)}
    assert (found.statistics.numerator, found.n_included) == (145, 4)


def test_a_small_total_is_for_the_owning_office_and_leaders(district):
    indicator = district.indicator(
        "home", "placed", privacy="small_cell", reporter="office", office=["home", "placed"]
    )
    district.report(district.office, 2, home=9, placed=88)
    district.refresh()
    other = reader(district, "office", organisation=district.office_of(district.region))
    deputy = reader(district, "deputy")
    deputy.offices_led.add(district.office)
    for user in (other, reader(district, "auditor"), reader(district, "deputy")):
        found = told(district, indicator, viewer=user)
        assert (found.is_hidden, found.verdict.value, found.statistics.numerator) == (True, None, None)
        assert all(row.numerator is None for row in found.included)
        assert (filled_text(found), judgement_text(found)) == (
            "",
            str(translation.gettext("Hidden: small numbers")),
        )
    for user in (
        reader(district, "leader"),
        reader(district, "office", organisation=district.office),
        deputy,
    ):
        found = told(district, indicator, viewer=user)
        assert (found.is_hidden, found.statistics.numerator) == (False, 9)


def test_a_small_slice_is_hidden_from_everybody(district, small):
    rural = district.school(setting="rural")
    district.report(rural, 2, stage="primary", good=2, tested=5)
    district.refresh()
    user = reader(district, "leader")
    for value in ("rural", "urban"):
        assert told(district, small, slice_kind="setting", slice_value=value, viewer=user).is_hidden
    assert not told(district, small, viewer=user).is_hidden


def test_a_restricted_indicator_is_for_its_own(district):
    secret = district.indicator("good", "tested", privacy="restricted")
    district.report(district.school(), 2, good=1, tested=2)
    district.refresh()
    assert told(district, secret, viewer=reader(district, "leader")).verdict.value == 50
    with pytest.raises(PermissionDenied):
        told(district, secret, viewer=reader(district, "auditor"))


def test_queries_do_not_grow_with_the_schools(district, small):
    user = reader(district, "leader")
    counted = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            told(district, small, viewer=user)
        counted.append(len(captured))
        for _ in range(3):
            district.report(district.school(), 2, stage="primary", good=50, tested=105)
    assert counted == [26, 26]


def test_the_command_prints_it(district):
    rate = district.indicator("good", "tested")
    district.report(district.school(name="示例一小"), 2, good=1, tested=2)
    district.owe(district.school(name="示例二小"), 2, ["good", "tested"])
    rebuild(plan=district.plan)
    printed = io.StringIO()
    with translation.override("zh-hans"):
        call_command("explain", rate.code, quarter=2, stdout=printed)
    lines = [line.strip() for line in printed.getvalue().splitlines()]
    assert "1 ÷ 2 × 100% = 50.0%" in lines
    assert "应报 2 个，已报 1 个，不适用 0 个" in lines
    assert [line for line in lines if line.startswith("Q2 示例二小")] == ["Q2 示例二小  逾期未报"]


@pytest.mark.parametrize(
    ("code", "options"), [("NONE", {}), ("X", {"slice": "stage:senior"}), ("X", {"slice": "area"})]
)
def test_the_command_says_what_is_wrong(district, code, options):
    district.indicator("good", "tested", code="X")
    district.refresh()
    with pytest.raises(CommandError):
        call_command("explain", code, quarter=2, **options)


def test_the_rebuild_command_prints_counts_and_differences(district):
    rate = district.indicator("good", "tested")
    district.report(district.school(), 2, good=1, tested=2)
    first, second = io.StringIO(), io.StringIO()
    call_command("rebuild_results", stdout=first)
    Result.objects.filter(indicator=rate, slice_kind="all", period__quarter=2).update(denominator=5)
    call_command("rebuild_results", plan=2025, stdout=second)
    assert first.getvalue() == "示例工作要点: 7 results, 7 judgements, 0 differences\n"
    assert second.getvalue().splitlines() == [
        "示例工作要点: 7 results, 7 judgements, 1 differences",
        f"  {rate.code} Q2 430203 all:"
        " stored {'denominator': '5.0000'}, computed {'denominator': '2.0000'}",
    ]
    with pytest.raises(CommandError):
        call_command("rebuild_results", plan=1999)
