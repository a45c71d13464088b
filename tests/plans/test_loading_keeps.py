"""Loading again: what the bureau decided and what was asked already is never overwritten."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from apps.collection.models import Assignment
from apps.core.loading import LoadRefused
from apps.organisations.models import Organisation
from apps.plans.models import (
    AnnualPlan,
    Baseline,
    DataElement,
    Indicator,
    Measure,
    PlanPolicy,
    TargetRevision,
    TaskArea,
)
from apps.rollups.models import Judgement, Result, StaleResult
from tests.factories import SchoolFactory
from tests.plans.files import PlanFiles
from tests.plans.loaded import leader, open_period, outcomes

pytestmark = pytest.mark.django_db


def judge(revision, plan):
    """Hold a figure against a target, as the roll-up does."""
    period = open_period(plan)
    result = Result.objects.create(
        plan=plan,
        indicator=revision.target.indicator,
        period=period,
        region=plan.region,
        computed_at=timezone.now(),
    )
    Judgement.objects.create(
        result=result, target_revision=revision, status="achieved", judged_on=dt.date(2025, 7, 1)
    )


@pytest.mark.parametrize("change", [{"value": 0.6}, None])
def test_a_target_that_figures_were_judged_by_is_not_corrected(load, change):
    load(PlanFiles())
    revision = TargetRevision.objects.get(target__indicator__code="MYOPIA")
    judge(revision, AnnualPlan.objects.get())
    assert outcomes(load(PlanFiles())) == []
    files = PlanFiles()
    row = files.indicator("MYOPIA")
    row["target"] = {**row["target"], **change} if change else {"source": "bureau_to_set"}
    sentence = "MYOPIA: figures were judged by its target: the bureau sets it anew, with a date and a reason"
    with pytest.raises(LoadRefused, match=sentence):
        load(files)
    assert TargetRevision.objects.get(pk=revision.pk).value == Decimal("0.5")


def test_a_confirmed_target_survives(load):
    load(PlanFiles())
    revision, user = TargetRevision.objects.get(target__indicator__code="ZERO"), leader()
    TargetRevision.objects.filter(pk=revision.pk).update(
        confirmed_on=dt.date(2025, 4, 1), confirmed_by=user, effective_from=dt.date(2025, 4, 1)
    )
    before = TargetRevision.objects.filter(pk=revision.pk).values().get()
    assert outcomes(load(PlanFiles())) == []
    files = PlanFiles()
    files.indicator("ZERO")["target"]["value"] = 3
    assert outcomes(load(files)) == [("target", "ZERO", "kept", "")]
    assert TargetRevision.objects.filter(pk=revision.pk).values().get() == before


def test_a_later_revision_survives(load):
    load(PlanFiles())
    first, user = TargetRevision.objects.get(target__indicator__code="MYOPIA"), leader()
    TargetRevision.objects.create(
        target=first.target,
        number=2,
        source="bureau_to_set",
        operator="decrease_by",
        value=1,
        effective_from=dt.date(2025, 7, 1),
        reason="局务会议",
        proposed_by=user,
        confirmed_by=user,
        confirmed_on=dt.date(2025, 7, 1),
    )
    assert outcomes(load(PlanFiles())) == [("target", "MYOPIA", "kept", "")]
    assert list(first.target.revisions.values_list("number", "value")) == [
        (1, Decimal("0.5")),
        (2, Decimal(1)),
    ]


def test_an_assigned_measure_survives(load):
    load(PlanFiles())
    measure = Measure.objects.first()
    other = Organisation.objects.exclude(pk=measure.lead_office_id).filter(kind="office").first()
    Measure.objects.filter(pk=measure.pk).update(lead_office=other)
    measure.supporting_offices.clear()
    assert outcomes(load(PlanFiles())) == []
    measure.refresh_from_db()
    assert (measure.lead_office_id, measure.supporting_offices.count()) == (other.pk, 0)


def test_the_policy_the_bureau_changed_survives(load):
    load(PlanFiles())
    PlanPolicy.objects.update(enabled_tiers=["core", "standard"], small_cell_threshold=5)
    assert outcomes(load(PlanFiles())) == [("policy", "2025", "kept", "enabled_tiers")]
    assert PlanPolicy.objects.get().enabled_tiers == ["core", "standard"]


def test_status_and_dates_of_measures_are_the_bureaus(load):
    load(PlanFiles())
    Measure.objects.filter(code="M1").update(status="in_progress", due_on=dt.date(2025, 9, 30))
    TaskArea.objects.filter(number=1).update(lead_leader=leader())
    assert outcomes(load(PlanFiles())) == []
    measure = Measure.objects.get(code="M1")
    assert (measure.status, measure.due_on) == ("in_progress", dt.date(2025, 9, 30))
    assert TaskArea.objects.get(number=1).lead_leader is not None


def test_what_left_the_files_is_retired(load):
    load(PlanFiles())
    files = PlanFiles()
    files.indicators = [row for row in files.indicators if row["code"] != "ZERO"]
    files.elements = [row for row in files.elements if row["code"] != "bodies"]
    files.fact_rules = []
    files.measures = files.measures[:1]
    assert outcomes(load(files)) == [
        ("rule", "myopic ≤ screened", "retired", ""),
        ("measure", "M2", "retired", ""),
        ("indicator", "ZERO", "retired", ""),
        ("data element", "bodies", "retired", ""),
    ]
    assert set(Indicator.objects.values_list("code", flat=True)) == {"MYOPIA", "HOURS", "EVAL"}
    assert not DataElement.objects.filter(code="bodies").exists()


def without_zero():
    files = PlanFiles()
    files.indicators = [row for row in files.indicators if row["code"] != "ZERO"]
    files.elements = [row for row in files.elements if row["code"] != "bodies"]
    return files


def test_an_indicator_with_a_baseline_is_not_retired(load):
    load(PlanFiles())
    indicator_row = Indicator.objects.get(code="ZERO")
    Baseline.objects.create(
        indicator=indicator_row,
        region=indicator_row.plan.region,
        numerator=3,
        as_of=dt.date(2024, 12, 31),
        definition="上年",
        locked_at=timezone.now(),
        locked_by=leader(),
    )
    with pytest.raises(LoadRefused, match=r"ZERO cannot be left out: figures or decisions rest on it\."):
        load(without_zero())


def test_hidden_relations_count_as_data_too(load):
    load(PlanFiles())
    plan = AnnualPlan.objects.get()
    zero = Indicator.objects.get(code="ZERO")
    StaleResult.objects.create(indicator=zero, period=open_period(plan), region=plan.region)
    with pytest.raises(LoadRefused, match="ZERO cannot be left out"):
        load(without_zero())


def test_an_indicator_with_a_decided_target_is_not_retired(load):
    load(PlanFiles())
    TargetRevision.objects.filter(target__indicator__code="ZERO").update(
        confirmed_on=dt.date(2025, 4, 1), confirmed_by=leader()
    )
    with pytest.raises(LoadRefused, match=r"ZERO cannot be left out"):
        load(without_zero())


def test_a_measure_that_has_begun_is_not_retired(load):
    load(PlanFiles())
    Measure.objects.filter(code="M2").update(status="in_progress")
    files = PlanFiles()
    files.measures = files.measures[:1]
    with pytest.raises(LoadRefused, match=r"M2 has begun and cannot be left out: cancel it\."):
        load(files)


def assign(code):
    """Ask a fact of a school, as the collection does."""
    plan = AnnualPlan.objects.get()
    Assignment.objects.create(
        period=open_period(plan),
        organisation=SchoolFactory(region=plan.region),
        element=DataElement.objects.get(code=code),
        stage="primary",
    )


def test_a_fact_that_another_plan_asks_already_is_not_asked_again(load):
    load(PlanFiles())
    DataElement.objects.filter(code="hours").update(code="hours_of_last_year")
    with pytest.raises(LoadRefused, match="is asked already, as hours_of_last_year"):
        load(PlanFiles())


def test_a_fact_already_asked_keeps_its_meaning(load):
    load(PlanFiles())
    assign("hours")
    files = PlanFiles()
    files.element("hours")["unit"] = "分钟"
    with pytest.raises(
        LoadRefused,
        match="hours: it was already asked, so its unit cannot change: give the new fact a new code",
    ):
        load(files)
    assert DataElement.objects.get(code="hours").unit == "小时"


def test_a_fact_not_yet_asked_may_change_its_meaning(load):
    load(PlanFiles())
    files = PlanFiles()
    files.element("hours")["unit"] = "分钟"
    assert outcomes(load(files)) == [("data element", "hours", "changed", "unit")]


def test_a_fact_already_asked_outlives_its_indicator(load):
    load(PlanFiles())
    assign("hours")
    files = PlanFiles()
    files.indicators = [row for row in files.indicators if row["code"] != "HOURS"]
    files.elements = [row for row in files.elements if row["code"] != "hours"]
    assert outcomes(load(files)) == [("indicator", "HOURS", "retired", "")]
    assert DataElement.objects.filter(code="hours").exists()
