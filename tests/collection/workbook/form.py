"""A form of one school with a fact of every kind, without a database."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from apps.collection.models import DataValue, Period
from apps.collection.rules.book import bind
from apps.collection.slots import Slot
from apps.collection.workbook.identity import TEMPLATE_VERSION, Identity, fingerprint_of
from apps.organisations.models import Organisation
from apps.plans.models import AnnualPlan, DataElement, ValidationRule

SCHOOL = Organisation(
    pk=1, kind="school", code="3143000001", name="芦淞区第一小学（示例）", name_en="Example"
)
PERIOD = Period(
    pk=2,
    plan=AnnualPlan(pk=1, year=2025, region_id=1),
    quarter=2,
    starts_on=dt.date(2025, 4, 1),
    ends_on=dt.date(2025, 6, 30),
    due_on=dt.date(2025, 7, 5),
)


def element(pk: int, code: str, name: str, **more: object) -> DataElement:
    given = {"value_type": "integer", "accumulation": "stock", "unit": "人", "minimum": Decimal(0), **more}
    return DataElement(pk=pk, code=code, name=name, name_en=code, position=pk, **given)


PUPILS = element(1, "pupils", "在校学生数")
TEACHERS = element(2, "teachers", "专任教师数")
MYOPIC = element(3, "myopic", "近视学生数", per_stage=True)
FUNDS = element(4, "funds", "教育经费", unit="万元", value_type="decimal", decimals=2)
SHARE = element(5, "share", "达标率", unit="%", value_type="decimal", decimals=1)
OPENED = element(6, "opened", "启用日期", unit="", value_type="date")
HAS_ROOM = element(7, "has_room", "设有心理辅导室", unit="", value_type="boolean")
LEVEL = element(
    8,
    "level",
    "等级",
    unit="",
    value_type="choice",
    choices=[
        {"value": 1, "label": "一级", "label_en": "First"},
        {"value": 2, "label": "二级", "label_en": "Second"},
    ],
)
REMARK = element(9, "remark", "情况概述", unit="", value_type="text")
RULES = bind([ValidationRule(kind="at_most", severity="hard", element=TEACHERS, other=PUPILS)])


def slot(of: DataElement, stage: str = "whole", *, editable: bool = True, **stored: object) -> Slot:
    value = DataValue(element=of, stage=stage, **stored) if stored else None
    return Slot(of, stage, value, None, editable)


def slots() -> list[Slot]:
    """Return the form: 900 pupils and 二级 are saved already, 近视学生数 is asked for two stages."""
    return [
        slot(PUPILS, number=Decimal(900)),
        slot(TEACHERS),
        slot(MYOPIC, "primary"),
        slot(MYOPIC, "junior"),
        slot(FUNDS),
        slot(SHARE),
        slot(OPENED),
        slot(HAS_ROOM),
        slot(LEVEL, number=Decimal(2)),
        slot(REMARK),
    ]


def identity(**changes: object) -> Identity:
    given = {
        "version": TEMPLATE_VERSION,
        "organisation": SCHOOL.code,
        "organisation_name": SCHOOL.name,
        "year": 2025,
        "quarter": 2,
        "form": fingerprint_of(slots()),
        "saved": 0,
    }
    return Identity(**{**given, **changes})
