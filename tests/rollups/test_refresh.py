"""The refresh statement on small districts whose numbers can be checked by eye."""

import datetime as dt
import re
from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core import clock
from apps.organisations.models import SchoolProfile, SchoolStage
from apps.plans.models import AnnualPlan
from apps.rollups.models import Judgement, Result
from apps.rollups.services import rebuild, rejudge
from tests.factories import RegionFactory
from tests.rollups.district import NOT_APPLICABLE, WRITTEN_ONLY, District

pytestmark = pytest.mark.django_db


@pytest.fixture
def district():
    return District()


def counts(result):
    return (result.n_due, result.n_reported, result.n_not_applicable, result.n_true)


def everything():
    """All stored results and judgements by their keys, without what may differ between equal computations."""
    hidden = {"id", "computed_at", "result_id"}
    keep = [f.attname for f in Result._meta.concrete_fields if f.attname not in hidden]
    judged = [f"judgement__{f.attname}" for f in Judgement._meta.concrete_fields if f.attname not in hidden]
    return sorted(Result.objects.values_list(*keep, *judged), key=repr)


def slices(district, indicator, quarter):
    rows = Result.objects.filter(indicator=indicator, period=district.periods[quarter])
    return {(row.slice_kind, row.slice_value): row.numerator for row in rows}


def test_a_rate_is_the_sum_of_numerators_over_the_sum_of_denominators(district):
    rate = district.indicator("good", "tested")
    for good, tested in ((40, 100), (900, 1000)):
        district.report(district.school(), 1, good=good, tested=tested)
    district.refresh()
    result = district.result(rate, 1)
    assert (result.numerator, result.denominator) == (940, 1100)
    assert result.judgement.value == D("85.45454545")
    assert (result.minimum, result.maximum) == (40, 90)


def test_missing_zero_and_not_applicable_are_three_things(district):
    count = district.indicator("drills", aggregation="sum", unit="次", kind="count")
    for fact in (0, 3, NOT_APPLICABLE, None, WRITTEN_ONLY):
        district.report(district.school(), 1, drills=fact)
    district.refresh()
    result = district.result(count, 1)
    assert counts(result) == (5, 2, 1, 1)
    assert (result.numerator, result.minimum, result.maximum) == (3, 0, 3)
    assert result.judgement.is_provisional


def test_nothing_reported_is_no_number(district):
    count = district.indicator("drills", aggregation="sum", unit="次", kind="count")
    district.report(district.school(), 1, drills=None)
    district.refresh()
    result = district.result(count, 1)
    assert (counts(result), result.numerator, result.judgement.value) == ((1, 0, 0, 0), None, None)


def test_a_unit_counts_only_with_all_its_facts(district):
    rate = district.indicator("good", "tested")
    district.report(district.school(), 1, good=5, tested=None)
    district.report(district.school(), 1, good=5, tested=NOT_APPLICABLE)
    district.report(district.school(), 1, good=1, tested=2)
    district.owe(district.school(), 1, ["good"])
    district.refresh()
    assert counts(district.result(rate, 1)) == (3, 1, 1, 1)
    assert district.result(rate, 1).numerator == 1


def test_withdrawn_duties_are_not_due(district):
    count = district.indicator("drills", aggregation="sum", kind="count")
    district.report(district.school(), 1, drills=2)
    district.report(district.school(), 1, drills=5, withdrawn_on=dt.date(2025, 4, 2))
    district.refresh()
    assert counts(district.result(count, 1)) == (1, 1, 0, 1)
    assert district.result(count, 1).numerator == 2


def test_stocks_are_carried_and_flows_summed(district):
    stock = district.indicator("rooms", aggregation="sum", kind="count", due_quarters=[2, 4])
    flow = district.indicator(
        "visits", aggregation="sum", kind="count", accumulation="flow", due_quarters=[1, 2, 4]
    )
    school = district.school()
    for quarter, amount in ((1, 1), (2, 2), (3, 100), (4, 4)):
        district.report(school, quarter, rooms=amount, visits=amount)
    district.refresh()
    found = [district.result(stock, quarter) for quarter in (1, 2, 3, 4)]
    assert [row.numerator for row in found] == [None, 2, 2, 4]
    assert [row.as_of and row.as_of.quarter for row in found] == [None, 2, 2, 4]
    found = [district.result(flow, quarter) for quarter in (1, 2, 3, 4)]
    assert [row.numerator for row in found] == [1, 3, 3, 7]
    assert [row.quarter_numerator for row in found] == [1, 2, 2, 4]


def test_a_missing_quarter_leaves_the_flow_of_the_others_and_makes_it_provisional(district):
    flow = district.indicator("visits", aggregation="sum", kind="count", accumulation="flow")
    school = district.school()
    for quarter, amount in ((1, 5), (2, None), (3, 2)):
        district.report(school, quarter, visits=amount)
    district.refresh()
    found = [district.result(flow, quarter) for quarter in (1, 2, 3)]
    assert [row.numerator for row in found] == [5, 5, 7]
    assert [row.n_reported for row in found] == [1, 0, 1]
    assert [row.judgement.is_provisional for row in found] == [False, True, True]


def test_a_closed_school_leaves_stocks_and_keeps_its_flows(district):
    stock = district.indicator("rooms", aggregation="sum", kind="count")
    flow = district.indicator("visits", aggregation="sum", kind="count", accumulation="flow")
    closed, open_school = district.school(closed_on=dt.date(2025, 6, 30)), district.school()
    for quarter in (1, 2):
        district.report(
            closed, quarter, rooms=10, visits=10, withdrawn_on=None if quarter == 1 else dt.date(2025, 7, 9)
        )
        district.report(open_school, quarter, rooms=1, visits=1)
    district.refresh()
    assert [district.result(stock, quarter).numerator for quarter in (1, 2)] == [11, 1]
    assert [district.result(stock, quarter).n_due for quarter in (1, 2)] == [2, 1]
    assert [district.result(flow, quarter).numerator for quarter in (1, 2)] == [11, 22]
    assert [counts(district.result(flow, quarter)) for quarter in (1, 2)] == [(2, 2, 0, 2), (1, 1, 0, 1)]


def test_a_school_closing_the_day_after_the_quarter_is_still_in(district):
    stock = district.indicator("rooms", aggregation="sum", kind="count")
    district.report(district.school(closed_on=dt.date(2025, 7, 1)), 2, rooms=10)
    district.refresh()
    assert district.result(stock, 2).numerator == 10


def test_ownership_is_that_of_the_as_of_quarters_last_day(district):
    share = district.indicator('pupils if ownership == "public" else 0', "pupils", due_quarters=[1, 2])
    school = district.school(ownership="private")
    before = SchoolProfile.objects.get(organisation=school)
    before.valid_to = dt.date(2025, 6, 30)
    before.save()
    SchoolProfile.objects.create(
        organisation=school,
        name="示例",
        school_type="primary",
        ownership="public",
        setting="rural",
        valid_from=dt.date(2025, 6, 30),
    )
    for quarter in (1, 2):
        district.report(school, quarter, pupils=50)
    district.refresh()
    assert [district.result(share, quarter).judgement.value for quarter in (1, 2, 3)] == [0, 100, 100]
    assert slices(district, share, 1) == {
        ("all", ""): 0,
        ("ownership", "private"): 0,
        ("setting", "urban"): 0,
        ("stage", "primary"): 0,
    }
    assert slices(district, share, 3) == {
        ("all", ""): 50,
        ("ownership", "public"): 50,
        ("setting", "rural"): 50,
        ("stage", "primary"): 50,
    }


def test_a_nine_year_school_is_two_stages_and_one_school(district):
    staged = district.indicator("pupils", aggregation="sum", kind="count", per_stage=True)
    whole = district.indicator("drills", aggregation="sum", kind="count")
    school = district.school("nine_year")
    for stage, pupils in (("primary", 300), ("junior", 200)):
        district.report(school, 1, stage=stage, pupils=pupils)
    district.report(school, 1, drills=3)
    district.refresh()
    assert counts(district.result(staged, 1)) == (2, 2, 0, 2)
    assert district.result(staged, 1, "stage", "junior").numerator == 200
    assert counts(district.result(whole, 1)) == (1, 1, 0, 1)
    assert district.result(whole, 1, "stage", "primary").numerator == 3
    assert district.result(whole, 1, "stage", "junior").numerator == 3


def test_a_fact_that_serves_several_counts_where_it_is_asked(district):
    kindergartens = district.indicator(
        "pupils",
        aggregation="sum",
        kind="count",
        per_stage=True,
        stages=["kindergarten"],
        applies_to=["kindergarten", "primary"],
    )
    primary = district.school("primary", stages=["primary", "kindergarten"])
    nine_year = district.school("nine_year", stages=["primary", "junior", "kindergarten"])
    for school, stage, pupils in (
        (primary, "primary", 400),
        (primary, "kindergarten", 30),
        (nine_year, "kindergarten", 7),
    ):
        district.report(school, 1, stage=stage, pupils=pupils)
    district.refresh()
    assert counts(district.result(kindergartens, 1)) == (1, 1, 0, 1)
    assert district.result(kindergartens, 1).numerator == 30


def test_a_whole_fact_is_asked_of_schools_with_one_of_the_stages(district):
    drills = district.indicator("drills", aggregation="sum", kind="count", stages=["junior"])
    district.report(district.school("nine_year"), 1, drills=4)
    district.report(district.school("primary"), 1, drills=9)
    district.refresh()
    assert slices(district, drills, 1) == {
        ("all", ""): 4,
        ("ownership", "public"): 4,
        ("setting", "urban"): 4,
        ("stage", "junior"): 4,
    }


def test_numerator_of_schools_over_a_denominator_of_the_office(district):
    rate = district.indicator("pupils", "population", per_stage=True, office=["population"])
    for pupils in (60, 45):
        district.report(district.school("kindergarten"), 2, stage="kindergarten", pupils=pupils)
    late = district.school("kindergarten")
    district.report(late, 2, stage="kindergarten", pupils=None)
    district.report(district.office, 2, population=100)
    district.refresh()
    result = district.result(rate, 2)
    assert (result.numerator, result.denominator, counts(result)) == (105, 100, (4, 3, 0, 2))
    assert (result.judgement.value, result.judgement.is_provisional) == (None, False)
    district.accept(late, 2, stage="kindergarten", pupils=5)
    district.refresh()
    result = district.result(rate, 2)
    assert (result.judgement.value, result.judgement.is_provisional) == (110, False)
    assert list(slices(district, rate, 2)) == [("all", "")]


def test_the_school_level_line_is_the_one_in_force_at_the_periods_end(district):
    share = district.indicator("hours >= threshold", "1", aggregation="share_true", kind="level")
    district.target(share, "at_least", 2, level="school")
    district.target(share, "at_least", D("1.5"), level="school", effective_from=dt.date(2025, 7, 1))
    for quarter in (1, 3):
        for hours in (1, D("1.5"), 2):
            district.report(district.school(), quarter, hours=hours)
    district.refresh()
    first, third = district.result(share, 1), district.result(share, 3)
    assert [(row.threshold, row.n_true, row.minimum, row.maximum) for row in (first, third)] == [
        (2, 1, 1, 2),
        (D("1.5"), 2, 1, 2),
    ]


def test_without_a_confirmed_line_nothing_is_counted(district):
    share = district.indicator("hours >= threshold", "1", aggregation="share_true", kind="level")
    district.target(share, "at_least", 2, level="school", confirmed=False)
    district.report(district.school(), 1, hours=3)
    district.refresh()
    result = district.result(share, 1)
    assert (result.n_reported, result.numerator, result.threshold) == (1, None, None)
    assert (result.judgement.value, result.judgement.status) == (None, "unconfirmed")
    assert result.minimum == 3


def test_the_weighted_dispersion_is_the_golden_one_stage_by_stage(district):
    books = district.indicator(
        "books", "students", per_stage=True, aggregation="weighted_cv", kind="dispersion", unit="系数"
    )
    for students, amount in ((45, 279), (37, 137), (89, 935), (76, 160), (55, 402)):
        district.report(district.school(), 4, stage="primary", students=students, books=amount)
    district.report(district.school("junior"), 4, stage="junior", students=50, books=1)
    district.report(district.school("junior"), 4, stage="junior", students=0, books=9)
    district.refresh()
    assert round(district.result(books, 4, "stage", "primary").judgement.value, 4) == D("0.5153")
    assert district.result(books, 4).judgement.value is None
    junior = district.result(books, 4, "stage", "junior")
    assert (counts(junior), junior.numerator, junior.judgement.value) == ((2, 1, 1, 1), 1, None)


def test_parents_are_the_sum_of_their_children():
    nation = RegionFactory(code="000000")
    city = RegionFactory(code="430200", parent=nation, level="city")
    districts = [RegionFactory(code=code, parent=city) for code in ("430202", "430203")]
    area = District(region=city)
    rate = area.indicator("good", "tested")
    for place, good in ((districts[0], 40), (districts[1], 900), (city, 7)):
        area.report(area.school(region=place), 1, good=good, tested=1000)
    area.refresh()
    found = [area.result(rate, 1, region=place) for place in (*districts, city)]
    assert [(row.numerator, row.denominator, row.n_due) for row in found] == [
        (40, 1000, 1),
        (900, 1000, 1),
        (947, 3000, 3),
    ]
    assert (found[2].minimum, found[2].maximum) == (D("0.7"), 90)
    assert area.result(rate, 1, region=nation) is None
    area.report(area.school(region=districts[0]), 1, good=100, tested=100)
    assert area.refresh(region_ids=[districts[0].pk]).written == 8
    assert area.result(rate, 1, region=city).numerator == 1047


def test_refreshing_twice_changes_nothing(district):
    district.indicator("good", "tested")
    district.report(district.school(), 1, good=1, tested=2)
    first = district.refresh()
    stored = everything()
    second = district.refresh()
    assert (first.changed, second.changed) == (True, False)
    assert (first.generation, second.generation) == (1, 1)
    assert everything() == stored
    assert AnnualPlan.objects.get().generation == 1


def test_results_no_longer_produced_are_removed(district):
    rate = district.indicator("good", "tested")
    school = district.school(ownership="private")
    district.report(school, 1, good=1, tested=2)
    district.report(district.school(), 1, good=1, tested=2)
    district.refresh()
    SchoolProfile.objects.filter(organisation=school).update(ownership="public")
    SchoolStage.objects.filter(organisation=school).delete()
    assert district.refresh().removed == 1
    assert district.result(rate, 1, "ownership", "private") is None
    assert district.result(rate, 1, "ownership", "public").n_due == 2
    assert Judgement.objects.count() == Result.objects.count()


def test_the_order_of_refreshes_does_not_matter(district):
    indicators = [
        district.indicator("good", "tested"),
        district.indicator("good", aggregation="sum", kind="count", accumulation="flow"),
    ]
    for quarter in (1, 2, 3):
        district.report(district.school(), quarter, good=quarter, tested=5)
    district.refresh()
    stored = everything()
    Judgement.objects.all().delete()
    Result.objects.all().delete()
    for indicator in reversed(indicators):
        district.refresh(indicator)
    assert everything() == stored


@pytest.mark.parametrize("schools", [1, 3, 12])
def test_the_number_of_queries_does_not_grow_with_the_schools(district, schools):
    district.indicator("good", "tested")
    for _ in range(schools):
        district.report(district.school(), 1, good=1, tested=2)
    with CaptureQueriesContext(connection) as captured:
        district.refresh()
    # A connection prepares a statement once, whoever needs it first.
    statements = [q["sql"] for q in captured if not re.match("PREPARE|SAVEPOINT|RELEASE SAVEPOINT", q["sql"])]
    assert len(statements) == 24


def test_a_rebuild_names_what_was_wrong(district):
    rate = district.indicator("good", "tested")
    district.report(district.school(), 1, good=1, tested=2)
    assert rebuild(plan=district.plan).differences == []
    Result.objects.filter(indicator=rate, slice_kind="all", period__quarter=1).update(numerator=2)
    run = rebuild(plan=district.plan)
    assert run.differences == [
        {
            "indicator": rate.code,
            "quarter": 1,
            "region": "430203",
            "slice_kind": "all",
            "slice_value": "",
            "stored": {"numerator": "2.0000"},
            "computed": {"numerator": "1.0000"},
        }
    ]
    assert rebuild(plan=district.plan).differences == []


def test_a_day_that_passes_changes_the_judgement_and_no_result(district):
    rate = district.indicator("good", "tested", due_quarters=[2])
    district.target(rate, "at_least", 60)
    district.report(district.school(), 2, good=1, tested=2)
    with clock.held_at(dt.date(2025, 6, 30)):
        district.refresh()
        assert district.result(rate, 2).judgement.status == "on_track"
        assert not rejudge(plan=district.plan).changed
    with clock.held_at(dt.date(2025, 7, 1)):
        counts_after = rejudge(plan=district.plan)
    assert (counts_after.written, counts_after.judged, counts_after.generation) == (0, 3, 2)
    judgement = district.result(rate, 2).judgement
    assert (judgement.status, judgement.judged_on) == ("off_track", dt.date(2025, 7, 1))


def test_a_target_holds_for_the_whole_region_and_from_its_day_on(district):
    rate = district.indicator("good", "tested")
    district.target(rate, "at_least", 40)
    district.target(rate, "at_least", 60, effective_from=dt.date(2025, 7, 1))
    district.target(rate, "at_least", 99, confirmed=False)
    for quarter in (2, 3):
        district.report(district.school(), quarter, good=1, tested=2)
    district.refresh()
    found = [district.result(rate, quarter).judgement for quarter in (2, 3)]
    assert [(row.status, row.target_revision.number) for row in found] == [("achieved", 1), ("off_track", 2)]
    part = district.result(rate, 2, "ownership", "public").judgement
    assert (part.status, part.value, part.target_revision) == ("no_target", 50, None)


def test_a_dispersion_is_judged_stage_by_stage(district):
    spread = district.indicator(
        "n", "d", per_stage=True, aggregation="weighted_cv", kind="dispersion", unit="系数"
    )
    district.target(spread, "at_most", D("0.5"))
    for stage, amounts in (("primary", (1, 3)), ("junior", (1, 4))):
        for amount in amounts:
            district.report(district.school(stage), 4, stage=stage, n=amount, d=1)
    district.refresh()
    primary, junior = (district.result(spread, 4, "stage", s).judgement for s in ("primary", "junior"))
    assert (primary.status, primary.value, junior.status) == ("achieved", D("0.5"), "off_track")
    whole = district.result(spread, 4).judgement
    assert (whole.status, whole.value, whole.gap) == ("off_track", None, None)
    assert district.result(spread, 4, "ownership", "public").judgement.value is None
