"""The kept HTML of a fact is what the template makes, in every state and whatever is written in it."""

import datetime as dt
from decimal import Decimal

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override

from apps.collection import field_html as module
from apps.collection.checks import Problem
from apps.collection.facts import FactValue
from apps.collection.field_html import field_html
from apps.collection.form_fields import FieldView
from apps.collection.models import DataValue, Period
from apps.collection.slots import Previous, Slot
from apps.plans.models import AnnualPlan, DataElement

PERIOD = Period(pk=3, plan=AnnualPlan(pk=1, year=2025), quarter=3, ends_on=dt.date(2025, 9, 30))
BEFORE = Period(pk=2, plan=AnnualPlan(pk=1, year=2025), quarter=2, ends_on=dt.date(2025, 6, 30))
LAST_YEAR = Period(pk=1, plan=AnnualPlan(pk=2, year=2024), quarter=3, ends_on=dt.date(2024, 9, 30))
NASTY = "<b>&amp; \"'1\ue0000\ue001{{ x }}"
CHOICES = [{"value": 1, "label": "甲 & 乙", "label_en": "A & B"}, {"value": 2, "label": "丙"}]


def element(**fields) -> DataElement:
    common = {"pk": 7, "code": "f", "name": "在校生 <b>", "name_en": "Pupils & more", "unit": "人"}
    return DataElement(**common | {"value_type": "integer", "accumulation": "stock"} | fields)


def view(fact, *, text="", reason="", absent=False, problems=(), flags=(), stored=None, **slot) -> FieldView:
    made = Slot(fact, "whole", stored, slot.pop("previous", None), True, period=PERIOD, **slot)
    return FieldView(made, text, absent, reason, list(problems), list(flags), seconds=1234)


def written(number=12, version=0, **fields) -> DataValue:
    return DataValue(number=Decimal(number), version=version, **fields)


def counted(number, period) -> Previous:
    return Previous(FactValue(number=Decimal(number)), period)


FACTS = [
    element(),
    element(help_text="怎样填 <i>", help_text_en="How <i>", evidence_hint="照片", evidence_required=True),
    element(value_type="text", unit=""),
    element(value_type="date", unit=""),
    element(value_type="boolean", unit=""),
    element(value_type="choice", unit="", choices=CHOICES),
    element(accumulation="flow", decimals=1, value_type="decimal"),
]
STATES = [
    {},
    {"text": NASTY, "reason": NASTY, "stored": written(version=1234)},
    {"text": "1", "reason": "x", "stored": written(version=3)},
    {"absent": True, "reason": "no <canteen>"},
    {"stored": written(accepted_at=dt.datetime(2025, 7, 1, tzinfo=dt.UTC))},
    {"problems": [Problem("missing", "fill <in>")]},
    {"problems": [Problem("reason", "why <now>")], "flags": [Problem("jump", NASTY), Problem("up", "&")]},
    {"problems": [Problem("below", NASTY), Problem("rule", "second <one>")], "text": "-1"},
    {"previous": counted(1200, BEFORE), "text": "2"},
    {"previous": counted(1, LAST_YEAR), "last_year": counted(1, LAST_YEAR)},
    {"previous": counted(0, BEFORE), "last_year": counted("1234.5", LAST_YEAR)},
]


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch):
    monkeypatch.setattr(module, "_kept", {})


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("checked", [False, True])
def test_a_fact_is_told_as_its_template_tells_it(language, checked):
    with override(language):
        for _again in range(2):  # made, then kept
            for fact in FACTS:
                for state in STATES:
                    shown = view(fact, **state)
                    context = {"view": shown, "period": PERIOD, "checked": checked, "conflict": False}
                    told = field_html(shown, PERIOD, checked=checked, conflict=False)
                    assert told == render_to_string("collection/_field.html", context)


def test_one_state_is_made_once_whatever_schools_write(monkeypatch):
    made = []
    plain = module._made
    monkeypatch.setattr(module, "_made", lambda *sent, **how: made.append(1) or plain(*sent, **how))
    for number in range(5):
        stored = written(number, version=number + 1)
        shown = view(element(), text=f"{number}", reason=f"r{number}", stored=stored)
        field_html(shown, PERIOD, checked=False, conflict=False)
    assert len(made) == 1


def test_what_is_kept_is_bounded(monkeypatch):
    monkeypatch.setattr(module, "MOST", 3)
    for number in range(10):
        field_html(view(element(name=f"{number}")), PERIOD, checked=False, conflict=False)
    assert len(module._kept) <= 3
