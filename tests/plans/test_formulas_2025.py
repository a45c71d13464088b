"""The two formulas of 2025 that say the most: the seven resources, and growth against growth."""

from decimal import Decimal as D

import pytest
import yaml
from django.conf import settings

from apps.plans.formulas import evaluate, parse

PATH = settings.BASE_DIR / "fixtures" / "plans" / "2025" / "indicators.yaml"
INDICATORS = {row["code"]: row for row in yaml.safe_load(PATH.read_text(encoding="utf-8"))}


def resources(stage, **changes):
    """A school stage of 1000 pupils that just meets all seven standards, but for `changes`."""
    primary = {
        "pupils": 1000,
        "teachers_above_degree": 42,
        "backbone_teachers": 10,
        "pe_art_teachers": 9,
        "teaching_area": 4500,
        "sports_area": 7500,
        "equipment_value": 2_000_000,
        "multimedia_rooms": 23,
    }
    junior = {"teachers_above_degree": 53, "teaching_area": 5800, "sports_area": 10200}
    junior |= {"equipment_value": 2_500_000, "multimedia_rooms": 24}
    facts = primary | (junior if stage == "junior" else {}) | changes
    return {name: D(value) for name, value in facts.items()}


@pytest.mark.parametrize(
    ("stage", "changes", "met"),
    [
        ("primary", {}, 1),
        ("junior", {}, 1),
        ("junior", {"teachers_above_degree": 42}, 0),
        ("primary", {"teachers_above_degree": 41}, 1),
        ("primary", {"teachers_above_degree": 36}, 1),
        ("primary", {"teachers_above_degree": 35}, 0),
        ("primary", {"sports_area": 6375}, 1),
        ("primary", {"sports_area": D("6374.99")}, 0),
        ("junior", {"sports_area": 8670}, 1),
        ("junior", {"sports_area": 8669}, 0),
        ("primary", {"backbone_teachers": 9, "multimedia_rooms": 22}, 0),
        ("primary", {"equipment_value": 1_700_000}, 1),
        ("primary", {"equipment_value": 1_699_999}, 0),
        ("primary", {"pupils": 0}, 0),
    ],
)
def test_six_of_seven_with_the_other_not_under_85_per_cent(stage, changes, met):
    formula = parse(INDICATORS["A08-SIX-OF-SEVEN"]["numerator"])
    assert evaluate(formula, facts=resources(stage, **changes), attributes={"stage": stage}) == met


def test_growth_of_the_appropriation_against_that_of_revenue():
    """10 % against 6 % are 4 percentage points."""
    row = INDICATORS["A15-LEGAL-GROWTH"]
    facts = {"education_appropriation": D(110), "education_appropriation_before": D(100)}
    facts |= {"regular_revenue": D(212), "regular_revenue_before": D(200)}
    above, below = (evaluate(parse(text), facts=facts) for text in (row["numerator"], row["denominator"]))
    assert above * 100 / below == 4
    assert row["unit"] == "个百分点"
