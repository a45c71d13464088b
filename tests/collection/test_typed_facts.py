"""What people type for a fact: read as it stands or refused with a reason; never guessed, never an error."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.collection.facts import FactValue, echo_of, input_text, read_fact
from apps.core.typed import MESSAGES, Unreadable, tidy
from tests.factories import ElementFactory

CHOICES = [
    {"value": 1, "label": "一级", "label_en": "Level 1"},
    {"value": 2, "label": "二级", "label_en": "Level 2"},
]
COUNT = ElementFactory.build(unit="人")
HOURS = ElementFactory.build(value_type="decimal", decimals=1, unit="小时", maximum=Decimal(8))
AMOUNT = ElementFactory.build(value_type="decimal", decimals=2, unit="万元", maximum=Decimal(10_000))
CHANGE = ElementFactory.build(minimum=Decimal(-1000), unit="家")
ELEMENTS = {
    "count": COUNT,
    "hours": HOURS,
    "amount": AMOUNT,
    "change": CHANGE,
    "yes": ElementFactory.build(value_type="boolean", unit=""),
    "choice": ElementFactory.build(value_type="choice", choices=CHOICES, unit=""),
    "date": ElementFactory.build(value_type="date", unit=""),
    "text": ElementFactory.build(value_type="text", unit=""),
}
MARKS = "0123456789０１２３４５６７８９.,。，．-－−+＋/%％eE约无—是否人个小时万元亿年月日 　()（）#=¥'一二"
ANYTHING = st.text(max_size=24) | st.text(alphabet=MARKS, max_size=14)


def read(element, typed):
    """The fact, or None for a refusal that has its words."""
    try:
        return read_fact(element, typed)
    except Unreadable as refusal:
        has_words = refusal.code in MESSAGES and not re.search(r"%\([a-z_]+\)", refusal.message)
        return None if has_words else refusal


@given(name=st.sampled_from(sorted(ELEMENTS)), typed=ANYTHING)
def test_whatever_is_typed_is_read_or_refused_and_its_echo_reads_the_same(name, typed):
    element = ELEMENTS[name]
    value = read(element, typed)
    assert not isinstance(value, Unreadable)
    if value is None or value.is_blank:
        return
    standard = input_text(element, value)
    assert read_fact(element, standard) == value
    assert echo_of(element, standard, value) == ""


@given(name=st.sampled_from(["count", "hours", "amount", "change"]), typed=ANYTHING)
def test_a_number_that_is_read_has_the_digits_that_were_typed(name, typed):
    value = read(ELEMENTS[name], typed)
    written = tidy(typed)
    if value is None or value.number is None or re.search("[eE亿]|万(?!元)", written):
        return
    number, _point, decimals = re.sub("[^0-9.]", "", written).partition(".")
    assert abs(value.number) == Decimal(f"{number or 0}.{decimals or 0}")
    assert (value.number < 0) <= written.startswith("-")


@given(value=st.integers(0, 10**9))
def test_what_is_typed_in_the_standard_way_has_no_echo(value):
    assert echo_of(COUNT, str(value), FactValue(number=Decimal(value))) == ""


@pytest.mark.parametrize(
    ("name", "typed", "echo"),
    [
        ("count", "９９７人", "997"),
        ("count", "1,234", "1234"),
        ("count", "1 234", "1234"),
        ("count", "2.0E+03", "2000"),
        ("count", "1.2万", "12000"),
        ("count", " 5 ", ""),
        ("hours", "2。5", "2.5"),
        ("amount", "2345万元", "2345"),
        ("hours", "2.0", "2"),
        ("date", "45726", "2025-03-10"),
        ("date", "2025年3月10日", "2025-03-10"),
        ("yes", "√", "是"),
        ("text", " 已建立 ", ""),
    ],
)
def test_what_was_read_otherwise_than_typed_is_echoed(name, typed, echo):
    element = ELEMENTS[name]
    assert echo_of(element, typed, read_fact(element, typed)) == echo


@pytest.mark.parametrize(
    ("name", "typed", "code"),
    [
        ("hours", "120", "perhaps_other_unit"),
        ("hours", "90", "perhaps_other_unit"),
        ("hours", "25", "above_maximum"),
        ("hours", "120分钟", "other_unit"),
        ("amount", "23450000", "perhaps_other_unit"),
        ("amount", "23450001", "above_maximum"),
        ("count", "54%", "percent"),
        ("count", "0.54", "share"),
        ("count", "约1200", "approximate"),
        ("count", "1200+", "approximate"),
        ("count", "无", "not_applicable"),
        ("count", "#DIV/0!", "formula"),
        ("count", "-3", "negative"),
        ("date", "2025年3月", "date_without_day"),
        ("date", "3/10/25", "date_order"),
        ("text", "张三430203201503081234", "personal_number"),
    ],
)
def test_what_is_not_clear_is_refused_with_advice(name, typed, code):
    with pytest.raises(Unreadable) as refusal:
        read_fact(ELEMENTS[name], typed)
    assert refusal.value.code == code


def test_the_advice_about_another_unit_says_what_to_write():
    with pytest.raises(Unreadable) as refusal:
        read_fact(HOURS, "90")
    assert "1.5" in refusal.value.message
