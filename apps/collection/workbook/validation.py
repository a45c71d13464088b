"""What a spreadsheet itself refuses while somebody types. Pure."""

from __future__ import annotations

import datetime as dt
from typing import Any

from apps.core.numbers import plain_text
from apps.plans.enums import ValueType
from apps.plans.models import DataElement

LEAST, MOST = -999_999_999_999, 999_999_999_999
LONGEST_LIST = 255


def validation_of(element: DataElement) -> dict[str, Any] | None:
    """Return the data validation of an input cell, None for free text."""
    kind = ValueType(element.value_type)
    if kind in (ValueType.INTEGER, ValueType.DECIMAL):
        return _number(element, "integer" if kind == ValueType.INTEGER else "decimal")
    if kind == ValueType.BOOLEAN:
        return _list(["是", "否"])
    if kind == ValueType.CHOICE:
        labels = [str(choice["label"]) for choice in element.choices]
        return _list(labels) if len(",".join(labels)) <= LONGEST_LIST else None
    if kind == ValueType.DATE:
        return _date()
    return None


def _number(element: DataElement, kind: str) -> dict[str, Any]:
    least = element.minimum if element.minimum is not None else 0
    most = element.maximum if element.maximum is not None else MOST
    word = "整数" if kind == "integer" else "数字"
    span = f"不小于 {plain_text(element.minimum)}" if element.minimum is not None else "不小于 0"
    if element.maximum is not None:
        span += f"、不大于 {plain_text(element.maximum)}"
    unit = f"（单位：{element.unit}）" if element.unit else ""
    return {
        "validate": kind,
        "criteria": "between",
        "minimum": float(least),
        "maximum": float(most),
        "error_title": "请检查",
        "error_message": f"这里要填{span}的{word}{unit}。不适用时请在“不适用”一栏选“是”并写明原因。"[:255],
    }


def _list(words: list[str]) -> dict[str, Any]:
    return {
        "validate": "list",
        "source": words,
        "error_title": "请检查",
        "error_message": "请从下拉列表中选择。",
    }


def _date() -> dict[str, Any]:
    return {
        "validate": "date",
        "criteria": "between",
        "minimum": dt.date(1950, 1, 1),
        "maximum": dt.date(2099, 12, 31),
        "error_title": "请检查",
        "error_message": "请填写年月日，例如 2025-03-10。",
    }
