import datetime as dt
from decimal import Decimal

import pytest
from django.utils.translation import override

from apps.collection.facts import FactValue, input_text, read_fact, shown_text
from apps.core.typed import Unreadable
from tests.factories import ElementFactory

CHOICES = [
    {"value": 1, "label": "一级", "label_en": "Level 1"},
    {"value": 2, "label": "二级", "label_en": "Level 2"},
]


def element(**attributes):
    return ElementFactory.build(**attributes)


@pytest.mark.parametrize(
    ("attributes", "typed", "value"),
    [
        ({}, "９００人", FactValue(number=Decimal(900))),
        ({"minimum": -100}, "-3", FactValue(number=Decimal(-3))),
        (
            {"value_type": "decimal", "decimals": 1, "unit": "小时"},
            "2。5小时",
            FactValue(number=Decimal("2.5")),
        ),
        ({"value_type": "boolean"}, "是", FactValue(number=Decimal(1))),
        ({"value_type": "choice", "choices": CHOICES}, "二级", FactValue(number=Decimal(2))),
        ({"value_type": "choice", "choices": CHOICES}, "1", FactValue(number=Decimal(1))),
        ({"value_type": "date"}, "2025年3月10日", FactValue(date=dt.date(2025, 3, 10))),
        ({"value_type": "text"}, " 已建立制度 ", FactValue(text="已建立制度")),
        ({}, "  ", FactValue()),
    ],
)
def test_each_type_is_read_and_goes_back_into_its_control(attributes, typed, value):
    asked = element(**attributes)
    assert read_fact(asked, typed) == value
    assert read_fact(asked, input_text(asked, value)) == value


@pytest.mark.parametrize(
    ("attributes", "typed", "code"),
    [
        ({"minimum": Decimal(1)}, "0", "below_minimum"),
        ({"maximum": Decimal(10)}, "11", "above_maximum"),
        ({}, "-3", "negative"),
        ({"minimum": None}, "-3", "negative"),
        ({"value_type": "choice", "choices": CHOICES}, "三级", "no_such_choice"),
        ({"value_type": "choice", "choices": CHOICES}, "无", "not_applicable"),
        ({"value_type": "text"}, "联系人13812345678", "personal_number"),
        ({"value_type": "text"}, "长" * 2001, "text_too_long"),
        ({"value_type": "date"}, "2025年3月", "date_without_day"),
    ],
)
def test_what_does_not_fit_is_refused(attributes, typed, code):
    with pytest.raises(Unreadable) as refusal:
        read_fact(element(**attributes), typed)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("attributes", "value", "chinese", "english"),
    [
        ({}, FactValue(number=Decimal(1234)), "1,234 人", "1,234 人"),
        (
            {"value_type": "decimal", "decimals": 1, "unit": ""},
            FactValue(number=Decimal("2.0000")),
            "2.0",
            "2.0",
        ),
        ({"value_type": "boolean", "unit": ""}, FactValue(number=Decimal(0)), "否", "No"),
        ({"value_type": "choice", "choices": CHOICES}, FactValue(number=Decimal(2)), "二级", "Level 2"),
        ({}, FactValue(not_applicable=True, reason="未开设"), "不适用", "Not applicable"),
        ({}, FactValue(), "", ""),
    ],
)
def test_values_are_shown_in_words(attributes, value, chinese, english):
    with override("zh-hans"):
        assert shown_text(element(**attributes), value) == chinese
    with override("en"):
        assert shown_text(element(**attributes), value) == english
