"""Loading a checked plan: what is written, what a second run changes, what is never overwritten."""

import datetime as dt
import hashlib
from decimal import Decimal

import pytest
from django.utils import timezone

from apps.accounts.enums import Role
from apps.core.loading import Outcome
from apps.plans.models import (
    AnnualPlan,
    Indicator,
    IndicatorRevision,
    Measure,
    TargetRevision,
    TaskArea,
    ValidationRule,
)
from tests.factories import UserFactory
from tests.plans.files import PlanFiles, element, indicator
from tests.plans.loaded import outcomes

pytestmark = pytest.mark.django_db


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
