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
    Indicator,
    Measure,
    ReferenceLine,
    TargetRevision,
    TaskArea,
    ValidationRule,
)
from tests.plans.targets_2025 import IMPLIED, STATED

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
    assert Indicator.objects.count() == 159
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
    assert set(empty.values_list("code", flat=True)) == set(
        Indicator.objects.values_list("code", flat=True)
    ) - set(STATED) - set(IMPLIED)
    assert (len(STATED), len(IMPLIED), empty.count()) == (22, 28, 109)
    assert set(empty.values_list("target__source_text", flat=True)) == {""}


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


def users_of(code):
    links = DataElement.objects.get(code=code).indicator_links
    return set(links.values_list("indicator__code", flat=True))


CV = {"TEACHER-DEGREE", "BACKBONE", "PE-ART", "ROOM-AREA", "SPORT-AREA", "EQUIPMENT", "MULTIMEDIA"}
RESOURCES = {f"A08-CV-{name}" for name in CV}


def test_each_fact_is_asked_once_and_used():
    assert DataElement.objects.count() == 217
    assert not DataElement.objects.filter(indicator_links=None).exists()
    assert users_of("pupils") == RESOURCES | {
        "A08-SIX-OF-SEVEN",
        "A09-GER",
        "A09-INCLUSIVE",
        "A09-PUBLIC-SHARE",
        "A10-HOME-VISIT",
        "A17-AFTER-SCHOOL",
    }
    assert users_of("full_time_teachers") == {"A09-CERT", "A09-DEGREE", "A16-PLATFORM"}
    assert users_of("party_branches") == {"A03-STANDARD-BRANCH", "A03-BRANCH-FEATURE"}
    assert users_of("entry_classes") == {"A17-RANDOM-CLASS", "A17-BALANCED-CLASS"}
    assert users_of("tutoring_bodies") == {"A17-TUTOR-DIGITAL", "A17-TUTOR-FUND"}
    assert users_of("education_expenditure") == {"A15-TOTAL", "A15-PER-STUDENT"}
    placed = DataElement.objects.get(code="sped_placed").indicator_links.order_by("indicator__code")
    assert list(placed.values_list("indicator__code", "in_numerator", "in_denominator")) == [
        ("A09-SPED-ENROL", True, False),
        ("A09-SPED-HOME", False, True),
    ]


def test_no_two_facts_have_the_same_name():
    for field in ("name", "name_en"):
        names = Counter(DataElement.objects.values_list(field, flat=True))
        assert [name for name, count in names.items() if count > 1] == []


def test_items_are_ticked_one_by_one(indicators):
    """A level of several named parts asks each part; nobody is asked for the total alone."""
    parts = {"A05-FIVE-ONE": 5, "A06-SIX-REQ": 6, "A06-MENTAL-4": 4, "A10-134": 8}
    parts |= {"A11-CAMP-ACADEMIES": 4, "A18-FOUR-FORMS": 4}
    for code, count in parts.items():
        types = [link.element.value_type for link in indicators[code].element_links.all()]
        assert types == ["boolean"] * count, code


def test_a_milestone_is_one_choice_of_its_steps(indicators):
    for code, row in indicators.items():
        if row.kind == Kind.MILESTONE:
            element = DataElement.objects.get(code=row.numerator)
            values = [choice["value"] for choice in element.choices]
            assert (code, row.denominator) == (code, str(values[-1]))
            assert values == list(range(len(values)))
            assert element.choices[0]["label"] == "未启动"
            assert (row.direction, row.accumulation) == (TargetOperator.COMPLETED, "stock")


def test_a_measure_knows_its_indicators():
    linked = set(Measure.objects.values_list("indicators__code", flat=True)) - {None}
    assert linked == set(Indicator.objects.values_list("code", flat=True))
    assert Measure.objects.filter(indicators=None).count() == 43
    measure = Measure.objects.get(code="M05-03")
    assert [row.code for row in measure.indicators.all()] == ["A14-MONITORING"]


def test_every_fact_and_indicator_speaks_both_languages():
    for element in DataElement.objects.all():
        assert "" not in (element.name, element.name_en, element.help_text, element.help_text_en)
    for indicator in Indicator.objects.all():
        texts = [indicator.name, indicator.name_en, indicator.numerator_label, indicator.numerator_label_en]
        texts += (
            [indicator.denominator_label, indicator.denominator_label_en] if indicator.denominator else []
        )
        assert "" not in texts


def test_hard_rules_are_the_parts_of_wholes(indicators):
    """Where numerator and denominator are one fact each, of one reporter, the part is within the whole."""
    rules = set(ValidationRule.objects.filter(kind="at_most").values_list("element__code", "other__code"))
    facts = {element.code: element for element in DataElement.objects.all()}
    pairs = {
        (row.numerator, row.denominator)
        for row in indicators.values()
        if row.numerator in facts and row.denominator in facts and row.kind not in ("dispersion", "amount")
    }
    beyond_100 = {("pupils", "population_aged_3_5")}
    of_teachers = {
        (part, "full_time_teachers")
        for part in ("teachers_above_degree", "backbone_teachers", "pe_art_teachers")
    }
    assert rules == pairs - beyond_100 | of_teachers
    assert len(rules) == 39


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
        ("A18-SEC-ESCORT", "gate_post", "1", [1, 2, 3, 4], []),
        ("A17-TUTOR-ZERO", "tutor_compulsory_bodies", "", [1, 2, 3, 4], []),
        ("A17-RANDOM-CLASS", "random_classes", "entry_classes", [3], ["primary"]),
        ("A17-BALANCED-CLASS", "balanced_classes", "entry_classes", [3], ["junior"]),
        ("A15-PER-STUDENT", "education_expenditure * 10000", "budget_pupils", [4], []),
        (
            "A16-PLATFORM",
            "platform_teachers",
            "full_time_teachers",
            [1, 2, 3, 4],
            ["primary", "junior", "senior"],
        ),
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
    assert not ValidationRule.objects.filter(other__code="population_aged_3_5").exists()
    parts = ("loop", "ideology", "values", "rules", "home_visits", "speeches", "training", "care")
    assert parse(indicators["A10-134"].numerator).elements == {f"ethics_{part}" for part in parts}


def test_judged_by_change_are_exactly_these(indicators):
    """Obesity and dropout must not rise: at most no change, because fewer is better."""
    changing = {code: row.direction for code, row in indicators.items() if row.basis == "change"}
    assert changing == {
        "A06-MYOPIA": "decrease_by",
        "A06-OBESITY": "at_most",
        "A09-SPED-SEATS": "increase_by",
        "A12-SHORTAGE": "decrease_by",
        "A17-DROPOUT": "at_most",
        "A17-TUTOR-SENIOR": "at_most",
    }
    provisional = {code for code, row in indicators.items() if row.is_provisional}
    assert provisional == {"A15-TOTAL", "A15-PER-STUDENT", "A15-LEGAL-GROWTH"}


def test_what_is_counted_since_january(indicators):
    assert {code for code, row in indicators.items() if row.accumulation == "year_to_date"} == {
        "A05-SHIDAO",
        "A06-ART-FEST",
        "A06-CHOIR",
        "A06-SOLO",
        "A06-ZHIMEI",
        "A10-134",
        "A10-DELIVERED-TRAINING",
        "A10-HOME-VISIT",
        "A14-SCHOOL-EVAL",
        "A16-EXAM-ROOM",
        "A16-PC-ROOM",
    }
    flows = [row for row in indicators.values() if row.accumulation == "flow"]
    assert len(flows) == 41
    assert {row.kind for row in flows} == {Kind.COUNT, Kind.RATE, Kind.AMOUNT}


def test_privacy(indicators):
    assert {code for code, row in indicators.items() if row.privacy == "restricted"} == {
        "A03-INSPECTION-RECTIFY",
        "A06-MENTAL-4",
        "A10-CHECK",
        "A10-ZERO-HANDLE",
        "A15-AUDIT",
        "A18-OPINION",
    }
    assert {code for code, row in indicators.items() if row.privacy == "small_cell"} == {
        "A06-MYOPIA",
        "A06-FITNESS",
        "A06-OBESITY",
        "A06-TALENT-POOL",
        "A09-SPED-ASSESS",
        "A09-SPED-ENROL",
        "A09-SPED-HOME",
        "A15-AID",
        "A17-DROPOUT",
    }
    for indicator in indicators.values():
        for link in indicator.element_links.select_related("element"):
            if indicator.privacy != "aggregate":
                assert link.element.privacy == indicator.privacy


def test_what_the_plan_says_twice_is_reported_once_and_shown_in_both_areas(indicators):
    shared = {code: list(row.also_in.values_list("number", flat=True)) for code, row in indicators.items()}
    assert {code: areas for code, areas in shared.items() if areas} == {
        "A04-ART-SIZHENG": [6],
        "A09-START": [14],
        "A14-MONITORING": [5],
        "A14-PROV-EVAL": [8],
    }


def test_national_lines_are_kept_apart_from_targets():
    lines = ReferenceLine.objects.order_by("indicator__code", "stage")
    assert [
        (row.indicator.code, row.stage, row.level, row.operator, row.value, row.is_confirmed)
        for row in lines.select_related("indicator")
    ] == [
        *(
            (code, stage, "district", "at_most", limit, True)
            for code in sorted(RESOURCES)
            for stage, limit in (("junior", D("0.45")), ("primary", D("0.5")))
        ),
        ("A08-SIX-OF-SEVEN", "whole", "district", "at_least", 100, True),
        ("A09-GER", "whole", "district", "at_least", 85, True),
        ("A09-INCLUSIVE", "whole", "district", "at_least", 80, True),
        ("A09-PUBLIC-SHARE", "whole", "district", "at_least", 50, True),
        ("A09-SPED-ENROL", "whole", "district", "at_least", 95, True),
        ("A15-LEGAL-GROWTH", "whole", "district", "at_least", 0, True),
        ("A18-DRILL", "kindergarten", "school", "at_least", 1, False),
        ("A18-DRILL", "whole", "school", "at_least", 3, False),
    ]


def test_the_first_named_office_leads(indicators):
    offices = Organisation.objects.offices()
    assert offices.count() == 13
    cert = indicators["A09-CERT"]
    assert cert.lead_office.name == "学前教育股"
    assert [office.name for office in cert.supporting_offices.all()] == ["人事股"]


def test_tiers(indicators):
    tiers = Counter(row.tier for row in indicators.values())
    assert tiers == {"core": 30, "standard": 110, "optional": 19}
    core = {code for code, row in indicators.items() if row.tier == "core"}
    assert set(STATED) <= core
    assert core - set(STATED) == {
        "A06-PE-DAILY",
        "A09-DEMO-KG",
        "A09-STUDIOS",
        "A10-134",
        "A11-CAMP-ACADEMIES",
        "A16-EXAM-ROOM",
        "A16-PC-ROOM",
        "A18-SEC-ESCORT",
    }
    assert AnnualPlan.objects.get().policy.enabled_tiers == ["core"]


def test_counts_in_each_area(indicators):
    counts = Counter(row.area.number for row in Indicator.objects.select_related("area"))
    assert [counts[number] for number in range(1, 19)] == AREAS


AREAS = [3, 5, 8, 7, 6, 19, 8, 12, 15, 8, 6, 8, 5, 6, 7, 8, 16, 12]


def test_a_completion_without_a_day_waits_for_the_bureau():
    undated = TargetRevision.objects.filter(operator=TargetOperator.COMPLETED, due_on=None)
    assert {row.source for row in undated} == {TargetSource.PLAN_IMPLIED}
    assert undated.count() == 8
