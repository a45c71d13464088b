"""Fields of forms: the pure count and its table (the plan of 2025: tests/demo/test_burden.py)."""

import pytest
from django.core.management import CommandError, call_command

from apps.collection.burden import STAGES_OF, Use, burden
from apps.collection.burden_table import as_csv, as_text

EVERY = (1, 2, 3, 4)


def use(element, tier="core", *, indicator="A", per_stage=False, quarters=EVERY, applies_to=(), stages=()):
    return Use(
        indicator=indicator,
        element=element,
        per_stage=per_stage,
        tier=tier,
        due_quarters=quarters,
        applies_to=applies_to,
        stages=stages,
    )


def found(uses, school_type, stage, quarter):
    lines = [
        line
        for line in burden(uses)
        if (line.school_type, line.stage, line.quarter) == (school_type, stage, quarter)
    ]
    (line,) = lines
    return list(line.asked.values()), list(line.unshared.values())


def test_a_fact_of_two_indicators_is_one_field():
    uses = [use("pupils", per_stage=True, indicator=code, stages=("primary",)) for code in "AB"]

    assert found(uses, "primary", "primary", 1) == ([1, 1, 1], [2, 2, 2])
    assert found(uses, "junior", "junior", 1) == ([0, 0, 0], [0, 0, 0])


def test_tiers_add_up():
    uses = [use("guards"), use("drills", "standard"), use("courses", "optional"), use("guards", "optional")]

    assert found(uses, "special", "whole", 3) == ([1, 2, 3], [1, 2, 4])


def test_a_nine_year_school_reports_each_stage_and_the_school_once():
    uses = [use("pupils", per_stage=True), use("guards"), use("classes", per_stage=True, stages=("primary",))]

    assert found(uses, "nine_year", "primary", 1)[0] == [2, 2, 2]
    assert found(uses, "nine_year", "junior", 1)[0] == [1, 1, 1]
    assert found(uses, "nine_year", "whole", 1)[0] == [1, 1, 1]
    assert found(uses, "nine_year", "", 1)[0] == [4, 4, 4]


def test_quarters_types_and_stages_that_are_not_asked():
    uses = [
        use("a", quarters=(2, 4)),
        use("b", applies_to=("senior",)),
        use("c", stages=("junior",)),
    ]

    assert found(uses, "senior", "", 1)[0] == [1, 1, 1]
    assert found(uses, "senior", "", 2)[0] == [2, 2, 2]
    assert found(uses, "nine_year", "whole", 1)[0] == [1, 1, 1]
    assert found(uses, "primary", "whole", 1)[0] == [0, 0, 0]


def test_each_form_has_its_stages_the_school_as_one_and_a_total():
    lines = burden([])

    assert len(lines) == 4 * sum(len(stages) + 2 for stages in STAGES_OF.values())
    assert sum(line.stage == "" for line in lines) == 4 * len(STAGES_OF)


def test_columns_stand_under_each_other():
    rows = [["学校类型", "季度"], ["小学", "1"], ["A", "10"]]

    assert as_text(rows) == "学校类型  季度\n────────  ────\n小学         1\nA           10\n"
    assert as_csv(rows) == "学校类型,季度\n小学,1\nA,10\n"


@pytest.mark.django_db
def test_without_a_plan_the_command_says_what_to_do():
    with pytest.raises(CommandError, match="load_plan"):
        call_command("burden")
