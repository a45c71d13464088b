from decimal import Decimal
from fractions import Fraction

import pytest

from apps.plans.models import DataElement, Indicator
from apps.plans.steps import Steps, steps_of

STAGES = [{"value": 0, "label": "未启动"}, {"value": 1, "label": "自评", "label_en": "Self-evaluation"}]
CHOICE = DataElement(code="step", value_type="choice", choices=STAGES)
PART = DataElement(code="part", value_type="boolean")
HEADS = DataElement(code="heads", value_type="integer")


def test_a_milestone_has_as_many_steps_as_its_formula_divides_by():
    steps = steps_of(Indicator(kind="milestone", unit="%", denominator="4"), [CHOICE])
    assert (steps.total, steps.unit, steps.reached(Fraction(25))) == (4, "步", 1)
    assert steps.name(Fraction(25), chinese=True) == "自评"
    assert steps.name(Fraction(25), chinese=False) == "Self-evaluation"
    assert steps.name(Fraction(0), chinese=False) == "未启动"
    assert steps.step_names(chinese=True) == ["未启动", "自评", "2", "3", "4"]


def test_a_checklist_has_as_many_steps_as_parts():
    steps = steps_of(Indicator(kind="level", unit="项"), [PART, PART, PART])
    assert (steps.total, steps.unit, steps.reached(2), steps.name(2, chinese=True)) == (3, "项", 2, "")


@pytest.mark.parametrize(
    ("fields", "elements"),
    [
        ({"kind": "rate", "denominator": "4"}, [CHOICE]),
        ({"kind": "milestone", "denominator": "heads"}, [CHOICE]),
        ({"kind": "milestone", "denominator": "0"}, [CHOICE]),
        ({"kind": "milestone", "denominator": ""}, [CHOICE]),
        ({"kind": "level", "denominator": "heads"}, [PART, PART]),
        ({"kind": "level"}, [PART]),
        ({"kind": "level"}, [PART, HEADS]),
    ],
)
def test_nothing_else_is_told_in_steps(fields, elements):
    assert steps_of(Indicator(**fields), elements) is None


def test_a_third_kept_with_four_decimals_is_a_whole_step():
    steps = Steps(3, 100, "步", {1: {"label": "赛程安排"}, 2: {"label": "赛程进行"}})
    assert [steps.reached(Decimal(value)) for value in ("33.3333", "66.6667", "100")] == [1, 2, 3]
    assert steps.name(Decimal("33.3333"), chinese=True) == "赛程安排"
    assert steps.reached(Decimal("33.3")) != 1
