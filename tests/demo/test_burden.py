"""The burden of the plan of 2025, and that real schools are asked exactly that."""

import csv
import io

import pytest
from django.core.management import call_command
from django.utils import translation

from apps.collection.burden import burden
from apps.collection.burden_table import uses_of_plan
from apps.collection.models import Assignment
from apps.plans.enums import Tier

pytestmark = pytest.mark.django_db


def test_forms_are_short_and_sharing_makes_them_shorter(planning):
    written = io.StringIO()
    with translation.override("zh-hans"):
        call_command("burden", plan=2025, csv=True, stdout=written)
    headings, *rows = csv.reader(io.StringIO(written.getvalue()))

    assert headings[:6] == ["学校类型", "学段", "季度", "核心", "+常规", "+可选"]
    forms = {(row[0], row[2]): [int(cell) for cell in row[3:]] for row in rows if row[1] == "整份表"}
    core = {key: numbers[0] for key, numbers in forms.items()}
    assert [core["幼儿园", quarter] for quarter in "1234"] == [4, 8, 4, 8]
    assert [core["小学", quarter] for quarter in "1234"] == [4, 10, 4, 12]
    assert [core["九年一贯制学校", quarter] for quarter in "1234"] == [4, 16, 4, 20]
    assert max(core.values()) == 20
    assert forms["小学", "4"] == [12, 91, 104, 12, 109, 122]
    for numbers in forms.values():
        asked, unshared = numbers[:3], numbers[3:]
        assert asked == sorted(asked)
        assert all(one <= other for one, other in zip(asked, unshared, strict=True))


@pytest.mark.parametrize(
    ("code", "school_type"),
    [
        ("1143990001", "kindergarten"),
        ("2143990001", "primary"),
        ("3143990001", "junior"),
        ("3143990013", "nine_year"),
        ("3443990001", "senior"),
        ("5143990001", "special"),
    ],
)
def test_a_school_is_asked_what_the_burden_says(planning, code, school_type):
    switched_on = set(planning.indicators.asked().values_list("code", flat=True))
    uses = [use for use in uses_of_plan(planning) if use.indicator in switched_on]
    lines = [line for line in burden(uses) if line.school_type == school_type]
    asked = Assignment.objects.filter(organisation__code=code, withdrawn_on=None)
    for line in lines:
        owed = asked.filter(period__quarter=line.quarter)
        owed = owed.filter(stage=line.stage) if line.stage else owed
        assert owed.count() == line.asked[Tier.STANDARD], line


def test_the_form_of_a_demonstration_school_is_one_of_ten_minutes(planning):
    asked = Assignment.objects.filter(organisation__code="2143990001", withdrawn_on=None)
    assert [asked.filter(period__quarter=quarter).count() for quarter in (1, 2, 3, 4)] == [14, 30, 17, 41]


def test_every_area_with_figures_of_schools_asks_schools_for_one(planning):
    """Of areas 1 and 2 schools would be asked in the optional tier only, or not at all."""
    asked = planning.indicators.asked().filter(reporter="school")
    assert set(asked.values_list("area__number", flat=True)) == set(range(3, 19))
