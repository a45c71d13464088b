"""The plan of 2025 as loaded: golden facts, against the published text and the plan's own words."""

import hashlib
from collections import Counter
from decimal import Decimal as D
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from apps.organisations.models import Organisation
from apps.plans.enums import Aggregation, Kind, TargetOperator, TargetSource
from apps.plans.formulas import parse
from apps.plans.models import (
    AnnualPlan,
    DataElement,
    FactRule,
    Indicator,
    Measure,
    ReferenceLine,
    TargetRevision,
    TaskArea,
)

FOLDER = settings.BASE_DIR / "fixtures" / "plans" / "2025"
TEXT_SHA256 = "f8a329b55dce407d51c229e76c46e2e04acaf3f0036480d73e5b8562ea64b0c2"

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def _plan(django_db_setup, django_db_blocker):
    """The plan, loaded once for this module and taken out again."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_plan", path=FOLDER, verbosity=0, stdout=StringIO())
        yield
        transaction.set_rollback(True)


@pytest.fixture
def indicators():
    return {indicator.code: indicator for indicator in Indicator.objects.all()}


def test_the_text_is_the_published_one():
    text = (FOLDER / "text.txt").read_text(encoding="utf-8")
    assert hashlib.sha256(text.encode()).hexdigest() == TEXT_SHA256
    plan = AnnualPlan.objects.get()
    assert (plan.text, plan.text_sha256) == (text, TEXT_SHA256)
    assert (plan.title, plan.publisher, str(plan.published_on)) == (
        "2025年株洲市芦淞区教育工作要点",
        "区教育局",
        "2025-03-10",
    )


def test_18_areas_make_up_the_text():
    areas = list(TaskArea.objects.order_by("number"))
    assert [area.number for area in areas] == list(range(1, 19))
    assert areas[0].text.startswith("1.谋划教育强区建设。深入学习")
    assert areas[17].text.endswith("持续筑牢校园安全屏障。")
    plan = AnnualPlan.objects.get()
    before, after = plan.text.split(areas[0].text)[0], plan.text.split(areas[17].text)[1]
    assert before + "\n".join(area.text for area in areas) + after == plan.text
    assert after.strip().startswith("在全力做好以上工作的同时")


def test_147_measures_and_every_quote_verbatim():
    assert Measure.objects.count() == 147
    assert Indicator.objects.count() == 28
    for row in [*Measure.objects.select_related("area"), *Indicator.objects.select_related("area")]:
        assert row.area.text[row.quote_start : row.quote_end] == row.source_quote


def test_every_area_has_measures_and_an_office():
    counts = Counter(Measure.objects.values_list("area__number", flat=True))
    assert [counts[number] for number in range(1, 19)] == MEASURES


MEASURES = [4, 6, 11, 7, 8, 15, 7, 9, 15, 9, 5, 6, 6, 7, 7, 6, 11, 8]


def test_every_kind_and_direction_and_aggregation_of_the_catalogue_is_used(indicators):
    assert {indicator.kind for indicator in indicators.values()} == set(Kind.values)
    assert {indicator.direction for indicator in indicators.values()} == set(TargetOperator.values)
    assert {indicator.aggregation for indicator in indicators.values()} == {
        Aggregation.RATIO_OF_SUMS,
        Aggregation.SHARE_TRUE,
        Aggregation.SUM,
        Aggregation.DISTRICT_ONLY,
        Aggregation.WEIGHTED_CV,
    }


# What the plan's sentences say, read from the text by hand: operator, value, upper limit, level, words.
STATED = {
    "A02-STANDING-COMMITTEE": ("at_least", 1, None, "district", "各不少于1次"),
    "A02-GOV-EXECUTIVE": ("at_least", 1, None, "district", "各不少于1次"),
    "A03-DEMO-SCHOOLS": ("within_range", 2, 3, "district", "2-3所"),
    "A06-BREAK-15": ("at_least", 15, None, "school", "课间15分钟"),
    "A06-ACTIVITY-2H": ("at_least", 2, None, "school", "每天综合体育活动时间不低于2小时"),
    "A06-MYOPIA": ("decrease_by", D("0.5"), None, "district", "近视率下降0.5%"),
    "A06-FITNESS": ("at_least", 54, None, "district", "体质健康优良率达54%以上"),
    "A09-GER": ("at_least", 100, None, "district", "学前三年毛入园率达100%以上"),
    "A09-PUBLIC-SHARE": ("at_least", 60, None, "district", "公办园在园幼儿占比达60%以上"),
    "A09-INCLUSIVE": ("at_least", D("92.5"), None, "district", "普惠园覆盖率达92.5%以上"),
    "A09-CERT": ("equal", 100, None, "district", '教师持证率、学历达标率"双百"目标'),
    "A09-DEGREE": ("equal", 100, None, "district", '教师持证率、学历达标率"双百"目标'),
    "A09-SPED-ENROL": ("equal", 100, None, "district", "特殊学生入学率100%"),
    "A09-SPED-HOME": ("at_most", 10, None, "district", "送教上门比例控制在10%以内"),
    "A14-PROV-EVAL": ("completed", None, None, "district", "年内过省级评估"),
    "A15-TOTAL": ("no_worse_than_baseline", None, None, "district", "“两个只增不减”"),
    "A16-SMART": ("within_range", 1, 2, "district", "1-2所市级智慧校园"),
    "A17-TUTOR-ZERO": ("equal", 0, None, "district", "“清零”成果"),
    "A18-SEC-GUARD": ("equal", 100, None, "district", "4个100%"),
}
IMPLIED = {
    "A06-ART-FEST": ("equal", 100, None, "district", "各学校分别开展"),
    "A10-134": ("equal", 8, None, "district", "“一三四师德行动”"),
    "A10-ZERO-HANDLE": ("equal", 100, None, "district", "坚持师德违规“零容忍”"),
}
EMPTY = {
    "A05-P137",
    "A08-CV-EQUIPMENT",
    "A09-SPED-SEATS",
    "A10-HOME-VISIT",
    "A17-TUTOR-SENIOR",
    "A18-DRILL",
}


def revisions(source):
    return {
        row.target.indicator.code: (row.operator, row.value, row.value_max, row.level, row.target.source_text)
        for row in TargetRevision.objects.filter(source=source).select_related("target__indicator")
    }


def test_no_target_that_the_plan_does_not_state():
    assert revisions(TargetSource.PLAN) == STATED
    assert revisions(TargetSource.PLAN_IMPLIED) == IMPLIED
    assert revisions(TargetSource.BUREAU_TO_SET) == {}
    empty = Indicator.objects.filter(target__source=TargetSource.BUREAU_TO_SET)
    assert set(empty.values_list("code", flat=True)) == EMPTY


def test_stated_targets_count_from_publication_and_implied_ones_wait():
    stated = TargetRevision.objects.filter(source=TargetSource.PLAN)
    assert {(str(row.confirmed_on), str(row.effective_from), row.number) for row in stated} == {
        ("2025-03-10", "2025-03-10", 1)
    }
    implied = TargetRevision.objects.filter(source=TargetSource.PLAN_IMPLIED)
    assert {row.confirmed_on for row in implied} == {None}
    assert str(TargetRevision.objects.get(target__indicator__code="A14-PROV-EVAL").due_on) == "2025-12-31"
    assert TargetRevision.objects.exclude(due_on=None).count() == 1


def test_numbers_stand_in_the_plans_words():
    """The figure of a stated target is in its own words, but for those that the plan writes as a word."""
    as_words = {"A09-CERT": "双百", "A09-DEGREE": "双百", "A17-TUTOR-ZERO": "清零"}
    for code, (_operator, value, value_max, _level, words) in STATED.items():
        for number in filter(lambda number: number is not None, (value, value_max)):
            assert (str(number) in words) != (code in as_words and as_words[code] in words)


def test_each_fact_is_asked_once_and_used():
    assert DataElement.objects.count() == 40
    assert not DataElement.objects.filter(indicator_links=None).exists()
    pupils = DataElement.objects.get(code="pupils").indicator_links.values_list("indicator__code", flat=True)
    assert set(pupils) == {
        "A08-CV-EQUIPMENT",
        "A09-GER",
        "A09-INCLUSIVE",
        "A09-PUBLIC-SHARE",
        "A10-HOME-VISIT",
    }
    teachers = DataElement.objects.get(code="full_time_teachers").indicator_links
    assert set(teachers.values_list("indicator__code", flat=True)) == {"A09-CERT", "A09-DEGREE"}
    placed = DataElement.objects.get(code="sped_placed").indicator_links.order_by("indicator__code")
    assert list(placed.values_list("indicator__code", "in_numerator", "in_denominator")) == [
        ("A09-SPED-ENROL", True, False),
        ("A09-SPED-HOME", False, True),
    ]


def test_every_fact_and_indicator_speaks_both_languages():
    for element in DataElement.objects.all():
        assert "" not in (element.name, element.name_en, element.help_text, element.help_text_en)
    for indicator in Indicator.objects.all():
        texts = [indicator.name, indicator.name_en, indicator.numerator_label, indicator.numerator_label_en]
        texts += (
            [indicator.denominator_label, indicator.denominator_label_en] if indicator.denominator else []
        )
        assert "" not in texts


def test_hard_rules_are_the_parts_of_wholes():
    assert set(FactRule.objects.values_list("left__code", "right__code")) == {
        ("certified_teachers", "full_time_teachers"),
        ("qualified_teachers", "full_time_teachers"),
        ("myopic_pupils", "screened_pupils"),
        ("fitness_good_pupils", "fitness_tested_pupils"),
        ("lessons_137", "lessons_observed"),
        ("home_visited_pupils", "pupils"),
        ("sped_placed", "sped_school_age"),
        ("sped_home_taught", "sped_placed"),
        ("ethics_cases_handled", "ethics_cases_confirmed"),
    }


@pytest.mark.parametrize(
    ("code", "numerator", "denominator", "quarters", "stages"),
    [
        ("A06-MYOPIA", "myopic_pupils", "screened_pupils", [2, 4], ["primary", "junior", "senior"]),
        ("A06-FITNESS", "fitness_good_pupils", "fitness_tested_pupils", [4], ["primary", "junior", "senior"]),
        ("A06-ACTIVITY-2H", "activity_hours >= threshold", "1", [2, 4], ["primary", "junior", "senior"]),
        ("A06-BREAK-15", "break_minutes >= threshold", "1", [2, 4], ["primary", "junior"]),
        ("A09-GER", "pupils", "population_aged_3_5", [2, 4], ["kindergarten"]),
        ("A09-PUBLIC-SHARE", 'pupils if ownership == "public" else 0', "pupils", [2, 4], ["kindergarten"]),
        (
            "A09-INCLUSIVE",
            'pupils if ownership in ("public", "inclusive") else 0',
            "pupils",
            [2, 4],
            ["kindergarten"],
        ),
        ("A08-CV-EQUIPMENT", "equipment_value", "pupils", [4], ["primary", "junior"]),
        ("A14-PROV-EVAL", "prov_eval_step", "4", [1, 2, 3, 4], []),
        ("A18-SEC-GUARD", "guards_full_time", "1", [1, 2, 3, 4], []),
        ("A17-TUTOR-ZERO", "tutor_compulsory_bodies", "", [1, 2, 3, 4], []),
    ],
)
def test_formulas_stages_and_quarters(indicators, code, numerator, denominator, quarters, stages):
    row = indicators[code]
    assert (row.numerator, row.denominator, row.due_quarters, row.stages) == (
        numerator,
        denominator,
        quarters,
        stages,
    )


def test_formulas_never_enforce_an_enrolment_below_the_population(indicators):
    assert not FactRule.objects.filter(right__code="population_aged_3_5").exists()
    parts = ("loop", "ideology", "values", "rules", "home_visits", "speeches", "training", "care")
    assert parse(indicators["A10-134"].numerator).elements == {f"ethics_{part}" for part in parts}


def test_judged_by_change_are_exactly_these(indicators):
    assert {code for code, row in indicators.items() if row.basis == "change"} == {
        "A06-MYOPIA",
        "A09-SPED-SEATS",
        "A17-TUTOR-SENIOR",
    }
    assert {code for code, row in indicators.items() if row.is_provisional} == {"A15-TOTAL"}
    assert {code for code, row in indicators.items() if row.accumulation == "flow"} == {
        "A02-STANDING-COMMITTEE",
        "A02-GOV-EXECUTIVE",
        "A03-DEMO-SCHOOLS",
        "A05-P137",
        "A10-ZERO-HANDLE",
        "A16-SMART",
        "A18-DRILL",
    }
    assert {code for code, row in indicators.items() if row.accumulation == "year_to_date"} == {
        "A06-ART-FEST",
        "A10-134",
        "A10-HOME-VISIT",
    }


def test_privacy(indicators):
    assert {code for code, row in indicators.items() if row.privacy == "restricted"} == {"A10-ZERO-HANDLE"}
    assert {code for code, row in indicators.items() if row.privacy == "small_cell"} == {
        "A06-MYOPIA",
        "A06-FITNESS",
        "A09-SPED-ENROL",
        "A09-SPED-HOME",
    }
    for indicator in indicators.values():
        for link in indicator.element_links.select_related("element"):
            if indicator.privacy != "aggregate":
                assert link.element.privacy == indicator.privacy


def test_the_balanced_development_evaluation_is_shown_in_both_areas(indicators):
    shared = {code: list(row.also_in.values_list("number", flat=True)) for code, row in indicators.items()}
    assert {code: areas for code, areas in shared.items() if areas} == {"A14-PROV-EVAL": [8]}


def test_national_lines_are_kept_apart_from_targets():
    lines = ReferenceLine.objects.order_by("indicator__code", "stage")
    assert [
        (row.indicator.code, row.stage, row.level, row.operator, row.value, row.is_confirmed)
        for row in lines.select_related("indicator")
    ] == [
        ("A08-CV-EQUIPMENT", "junior", "district", "at_most", D("0.45"), True),
        ("A08-CV-EQUIPMENT", "primary", "district", "at_most", D("0.5"), True),
        ("A09-GER", "whole", "district", "at_least", 85, True),
        ("A09-INCLUSIVE", "whole", "district", "at_least", 80, True),
        ("A09-PUBLIC-SHARE", "whole", "district", "at_least", 50, True),
        ("A09-SPED-ENROL", "whole", "district", "at_least", 95, True),
        ("A18-DRILL", "kindergarten", "school", "at_least", 1, False),
        ("A18-DRILL", "whole", "school", "at_least", 3, False),
    ]


def test_the_first_named_office_leads(indicators):
    offices = Organisation.objects.offices()
    assert offices.count() == 13
    cert = indicators["A09-CERT"]
    assert cert.lead_office.name == "学前教育股"
    assert [office.name for office in cert.supporting_offices.all()] == ["人事股"]


def test_core_and_standard_tiers(indicators):
    assert {code for code, row in indicators.items() if row.tier == "standard"} == {
        "A05-P137",
        "A06-ART-FEST",
        "A08-CV-EQUIPMENT",
        "A09-SPED-SEATS",
        "A10-HOME-VISIT",
        "A10-ZERO-HANDLE",
        "A17-TUTOR-SENIOR",
        "A18-DRILL",
    }
    assert {row.tier for row in indicators.values()} == {"core", "standard"}
    assert AnnualPlan.objects.get().policy.enabled_tiers == ["core"]
