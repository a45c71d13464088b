from decimal import Decimal

import pytest
import yaml
from django.conf import settings

from apps.demo import values
from apps.demo.values import Reporter

SCHOOL = Reporter(code="2143990001", stage="primary", school_type="primary", setting="urban", pupils=1000)
OFFICE = Reporter(code="430203-MINBAN", stage="whole")


def catalogue(name):
    path = settings.BASE_DIR / "fixtures" / "plans" / "2025" / name
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def test_every_fact_of_the_plan_has_a_rule():
    assert {row["code"] for row in catalogue("elements.yaml")} <= set(values.rules())


def test_a_fact_without_a_rule_is_named():
    with pytest.raises(values.NoRuleError, match="no rule for unheard_of"):
        values.fact("unheard_of", SCHOOL, 1)


def test_the_same_reporter_always_reports_the_same():
    assert values.fact("myopic_pupils", SCHOOL, 2) == values.fact("myopic_pupils", SCHOOL, 2)
    other = Reporter(code="2143990002", stage="primary", school_type="primary", setting="urban", pupils=1000)
    assert values.fact("myopic_pupils", SCHOOL, 2) != values.fact("myopic_pupils", other, 2)


def test_a_school_that_has_guards_keeps_them():
    for number in range(200):
        one = Reporter(code=f"21439{number:05}", stage="whole", school_type="primary", pupils=100)
        years = [values.fact("guards_full_time", one, quarter) for quarter in (1, 2, 3, 4)]
        assert years == sorted(years)
        assert years[2] == 1


def test_parts_never_exceed_their_whole():
    rules = catalogue("fact_rules.yaml")
    for number in range(60):
        school = Reporter(
            code=f"31439{number:05}", stage="junior", school_type="junior", pupils=20 + number * 20
        )
        for rule in rules:
            if "of" in values.rules()[rule["left"]]:
                for quarter in (2, 4):
                    assert values.fact(rule["left"], school, quarter) <= values.fact(
                        rule["right"], school, quarter
                    )


def test_an_office_reports_its_own_series():
    assert [values.fact("tutor_senior_bodies", OFFICE, quarter) for quarter in (1, 2, 3, 4)] == [
        24,
        24,
        23,
        22,
    ]


def test_numbers_have_the_decimals_of_their_fact():
    assert values.fact("activity_hours", SCHOOL, 2) * 10 % 1 == 0
    assert values.fact("myopic_pupils", SCHOOL, 2) % 1 == 0
    assert values.fact("equipment_value", SCHOOL, 4).as_tuple().exponent == -2
    assert values.fact("education_expenditure", OFFICE, 4) == Decimal("98640.35")
