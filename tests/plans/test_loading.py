"""Loading a checked plan: what is written, what a second run changes, what is never overwritten."""

import datetime as dt
import hashlib
from decimal import Decimal
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from apps.accounts.enums import Role
from apps.collection.models import Assignment, Period
from apps.core.loading import LoadRefused, Outcome, Problems, Report
from apps.organisations import loading as organisations
from apps.organisations.models import Organisation
from apps.plans import loading
from apps.plans.models import (
    AnnualPlan,
    Baseline,
    DataElement,
    Indicator,
    IndicatorRevision,
    Measure,
    PlanPolicy,
    TargetRevision,
    TaskArea,
    ValidationRule,
)
from apps.rollups.models import Judgement, Result, StaleResult
from tests.factories import SchoolFactory, UserFactory
from tests.plans.files import PlanFiles, element, indicator

pytestmark = pytest.mark.django_db
DISTRICT = settings.BASE_DIR / "fixtures" / "organisations" / "430203.yaml"


@pytest.fixture
def load(tmp_path):
    """Check and load the files; returns the report."""

    def run(files):
        problems, report = Problems(), Report()
        bundle = loading.read(files.write(tmp_path / "plan"), problems)
        offices = organisations.read(DISTRICT, problems)
        found = loading.check(bundle, district=offices.district, office_keys=offices.office_keys)
        assert [*problems.found, *found] == []
        organisations.apply(offices, report)
        loading.apply(bundle, report)
        return report

    return run


def outcomes(report):
    """Return (kind, name, outcome, fields) of the records that were not left alone."""
    return [
        (line.kind, line.name, line.outcome.value, line.detail)
        for line in report.lines
        if line.outcome != Outcome.LEFT
    ]


def leader():
    return UserFactory(role=Role.LEADER, region=AnnualPlan.objects.get().region)


def test_everything_is_written(load):
    files = PlanFiles()
    report = load(files)
    plan = AnnualPlan.objects.get()
    assert (plan.title, plan.year, plan.published_on) == ("示例工作要点", 2025, dt.date(2025, 3, 10))
    assert plan.text == files.text
    assert plan.text_sha256 == hashlib.sha256(files.text.encode()).hexdigest()
    assert plan.policy.enabled_tiers == ["core"]
    assert (plan.policy.cross_review_office.name, plan.policy.second_review_office.name) == (
        "督导室",
        "办公室",
    )
    assert report.count(Outcome.CREATED) == len(report.lines)
    assert [
        report.count(Outcome.CREATED, kind) for kind in ("area", "data element", "rule", "indicator")
    ] == [2, 5, 1, 4]
    assert (Measure.objects.count(), ValidationRule.objects.count()) == (2, 1)


def test_areas_carry_their_verbatim_text_and_offices(load):
    load(PlanFiles())
    health, management = TaskArea.objects.order_by("number")
    assert health.text == "1.保障健康。全区近视率下降0.5%,每天活动不低于2小时,体质优良率达54%以上。"
    assert management.text == "2.加强管理。办好学校,完成省级评估,机构清零。"
    assert health.lead_office.code == "430203-TIWEI"
    assert [office.code for office in health.supporting_offices.all()] == ["430203-BANGONG"]
    assert health.lead_leader is None


def test_quotes_are_found_at_their_offsets(load):
    load(PlanFiles())
    for row in [*Indicator.objects.select_related("area"), *Measure.objects.select_related("area")]:
        assert row.area.text[row.quote_start : row.quote_end] == row.source_quote


def test_an_indicator_knows_its_facts_by_part(load):
    load(PlanFiles())
    links = Indicator.objects.get(code="MYOPIA").element_links.order_by("element__code")
    assert list(links.values_list("element__code", "in_numerator", "in_denominator")) == [
        ("myopic", True, False),
        ("screened", False, True),
    ]
    assert list(Indicator.objects.get(code="HOURS").also_in.values_list("number", flat=True)) == [2]


def test_a_second_run_keeps_what_a_revision_of_a_definition_asks(load):
    load(PlanFiles())
    myopia = Indicator.objects.get(code="MYOPIA")
    one, two = (UserFactory(role=Role.LEADER, region=myopia.plan.region) for _ in range(2))
    IndicatorRevision.objects.create(
        indicator=myopia,
        number=1,
        from_quarter=3,
        numerator="myopic",
        denominator="screened + myopic",
        numerator_label="近视人数",
        reason="示例",
        proposed_by=one,
        confirmed_by=two,
        confirmed_at=timezone.now(),
    )
    load(PlanFiles())
    links = myopia.element_links.order_by("element__code")
    assert list(links.values_list("element__code", "in_denominator", "quarters")) == [
        ("myopic", True, [1, 2, 3, 4]),
        ("screened", True, [1, 2, 3, 4]),
    ]
    assert outcomes(load(PlanFiles())) == []


def test_what_the_plan_states_is_confirmed_by_its_publication(load):
    load(PlanFiles())
    revision = TargetRevision.objects.get(target__indicator__code="MYOPIA")
    assert (revision.number, revision.source, revision.operator, revision.value) == (
        1,
        "plan",
        "decrease_by",
        Decimal("0.5"),
    )
    assert (revision.effective_from, revision.confirmed_on) == (dt.date(2025, 3, 10), dt.date(2025, 3, 10))
    assert (revision.proposed_by, revision.confirmed_by, revision.reason) == (None, None, "原文所列")
    assert TargetRevision.objects.get(target__indicator__code="HOURS").level == "school"


def test_what_the_plan_implies_waits_for_the_bureau(load):
    load(PlanFiles())
    revision = TargetRevision.objects.get(target__indicator__code="ZERO")
    assert (revision.value, revision.confirmed_on, revision.reason) == (0, None, "文意推出")


def test_what_the_plan_leaves_open_stays_empty(load):
    load(PlanFiles())
    target = Indicator.objects.get(code="EVAL").target
    assert (target.source, target.source_text, target.revisions.count()) == ("bureau_to_set", "", 0)


def test_a_second_run_changes_nothing_and_says_so(load):
    load(PlanFiles())
    before = list(TargetRevision.objects.values())
    report = load(PlanFiles())
    assert report.is_unchanged
    assert outcomes(report) == []
    assert list(TargetRevision.objects.values()) == before


def test_what_changed_is_named_field_by_field(load):
    load(PlanFiles())
    files = PlanFiles()
    files.element("hours")["maximum"] = 10
    files.indicator("MYOPIA")["name"] = "近视率"
    files.indicator("MYOPIA")["offices"] = ["TIWEI"]
    files.indicator("MYOPIA")["denominator"] = "screened + myopic"
    files.indicator("HOURS")["also_in"] = []
    files.indicator("MYOPIA")["reference_lines"][0]["value"] = 45
    files.measures[0]["indicators"] = []
    report = load(files)
    assert outcomes(report) == [
        ("data element", "hours", "changed", "maximum"),
        (
            "indicator",
            "MYOPIA",
            "changed",
            "name, denominator, supporting_offices, elements, reference_lines",
        ),
        ("indicator", "HOURS", "changed", "also_in"),
        ("measure", "M1", "changed", "indicators"),
    ]
    myopia = Indicator.objects.get(code="MYOPIA")
    assert myopia.reference_lines.get().value == 45
    assert myopia.element_links.get(element__code="myopic").in_denominator is True


def test_a_changed_text_moves_the_quotes(load):
    load(PlanFiles())
    files = PlanFiles()
    files.text = files.text.replace("加强管理。办好学校", "加强管理。我们要办好学校")
    report = load(files)
    assert ("measure", "M2", "changed", "quote_start, quote_end") in outcomes(report)
    measure = Measure.objects.get(code="M2")
    assert measure.area.text[measure.quote_start : measure.quote_end] == "办好学校"


def test_a_correction_of_an_untouched_target_is_taken(load):
    load(PlanFiles())
    files = PlanFiles()
    files.indicator("MYOPIA")["target"]["value"] = 0.6
    assert outcomes(load(files)) == [("target", "MYOPIA", "changed", "value")]
    assert TargetRevision.objects.get(target__indicator__code="MYOPIA").value == Decimal("0.6")


def test_a_target_withdrawn_from_the_files_is_empty_again(load):
    load(PlanFiles())
    files = PlanFiles()
    files.indicator("ZERO")["target"] = {"source": "bureau_to_set"}
    assert outcomes(load(files)) == [("target", "ZERO", "changed", "source, source_text, revision")]
    assert Indicator.objects.get(code="ZERO").target.revisions.count() == 0


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


def open_period(plan):
    day = dt.date(2025, 6, 30)
    return Period.objects.create(
        plan=plan,
        quarter=2,
        starts_on=dt.date(2025, 4, 1),
        ends_on=day,
        opens_on=day,
        due_on=day,
        closes_on=day,
    )


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


def test_another_years_plan_stands_beside_it(load):
    load(PlanFiles())
    files = PlanFiles()
    files.plan["year"] = 2026
    files.elements.append(element("new_fact"))
    files.indicators.append(
        indicator(
            "NEW", 2, "办好学校", numerator="new_fact", denominator="1", target={"source": "bureau_to_set"}
        )
    )
    report = load(files)
    assert [line.outcome for line in report.lines if line.kind == "data element"] == [Outcome.LEFT] * 5 + [
        Outcome.CREATED
    ]
    assert sorted(Indicator.objects.values_list("plan__year", "code")) == [
        *((2025, code) for code in ("EVAL", "HOURS", "MYOPIA", "ZERO")),
        *((2026, code) for code in ("EVAL", "HOURS", "MYOPIA", "NEW", "ZERO")),
    ]


# The command.


def run(folder, **options):
    out = StringIO()
    call_command("load_plan", path=folder, stdout=out, **options)
    return out.getvalue()


def test_the_command_says_what_it_did(tmp_path):
    folder = PlanFiles().write(tmp_path / "plan")
    first = run(folder).splitlines()
    assert first == [
        "region: created 4",
        "office: created 13",
        "plan: created 1",
        "policy: created 1",
        "area: created 2",
        "data element: created 5",
        "rule: created 1",
        "indicator: created 4",
        "target: created 4",
        "measure: created 2",
    ]
    again = run(folder).splitlines()
    assert again[-1] == "Nothing had changed."
    assert again[:-1] == [line.replace("created", "left as it was") for line in first]


def test_the_command_refuses_with_every_mistake_and_writes_nothing(tmp_path):
    files = PlanFiles()
    files.indicator("ZERO")["quote"] = "没有的话"
    files.measures[0]["offices"] = ["NOBODY"]
    with pytest.raises(CommandError) as refusal:
        run(files.write(tmp_path / "plan"))
    assert str(refusal.value).splitlines() == [
        "Nothing was loaded. Mistakes found: 2",
        "- measures.yaml: M1: there is no office NOBODY.",
        "- indicators.yaml: ZERO: “没有的话” is not in the text of area 2.",
    ]
    assert (AnnualPlan.objects.count(), DataElement.objects.count()) == (0, 0)


def test_a_refusal_in_the_middle_undoes_all(tmp_path):
    run(PlanFiles().write(tmp_path / "plan"))
    Measure.objects.filter(code="M2").update(status="in_progress")
    files = PlanFiles()
    files.indicator("MYOPIA")["name"] = "新名"
    files.measures = files.measures[:1]
    with pytest.raises(CommandError, match="M2 has begun"):
        run(files.write(tmp_path / "plan"))
    assert Indicator.objects.get(code="MYOPIA").name == "指标MYOPIA"


def test_check_writes_nothing(tmp_path):
    assert run(PlanFiles().write(tmp_path / "plan"), check=True) == "No mistakes found.\n"
    assert AnnualPlan.objects.count() == 0


def test_if_empty_leaves_a_plan_alone(tmp_path):
    files = PlanFiles()
    run(files.write(tmp_path / "plan"), if_empty=True)
    files.plan["title"] = "另一个标题"
    said = run(files.write(tmp_path / "plan"), if_empty=True)
    assert said == "There is a plan already; nothing was loaded.\n"
    assert AnnualPlan.objects.get().title == "示例工作要点"


def test_a_folder_without_files_is_refused_in_words(tmp_path):
    with pytest.raises(CommandError, match=r"plan\.yaml: there is no such file in"):
        run(tmp_path / "nowhere")
