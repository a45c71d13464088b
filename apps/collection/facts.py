"""One fact as a value: read from what was typed, compared, and shown. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from apps.collection.models import DataValue, Fact
from apps.core.dates import read_date
from apps.core.display import number_text
from apps.core.numbers import plain_text, read_number, read_yes_no
from apps.core.typed import ABSENT, MESSAGES, Unreadable, has_personal_number, tidy
from apps.plans.enums import ValueType
from apps.plans.models import DataElement

SMALLER_UNITS = {"小时": ("分钟", 60), "万元": ("元", 10_000), "亿元": ("万元", 10_000)}
CHOSEN = frozenset({ValueType.BOOLEAN, ValueType.CHOICE})
LONGEST_TEXT = 2000
LONGEST_REASON = 300

MESSAGES.update(
    {
        "below_minimum": gettext_lazy("“%(text)s” is less than %(limit)s, the least that is possible here."),
        "above_maximum": gettext_lazy("“%(text)s” is more than %(limit)s, the most that is possible here."),
        "perhaps_other_unit": gettext_lazy(
            "“%(text)s” is more than possible in “%(unit)s”. If it is in “%(written)s”, write %(value)s."
        ),
        "no_such_choice": gettext_lazy("“%(text)s” is not one of the choices."),
        "personal_number": gettext_lazy(
            "This looks like an identity or phone number. Only figures are collected; remove it."
        ),
        "no_reason": gettext_lazy("Give the reason why it does not apply."),
        "both": gettext_lazy("Either write a figure or choose “Not applicable”, not both."),
        "text_too_long": gettext_lazy("At most %(limit)s characters fit here."),
    }
)


@dataclass(frozen=True)
class FactValue:
    """A number (also yes/no, choices), a date, a text, or not applicable; with the reason given beside it."""

    number: Decimal | None = None
    date: dt.date | None = None
    text: str = ""
    not_applicable: bool = False
    reason: str = ""

    @property
    def is_blank(self) -> bool:
        return self.number is None and self.date is None and not self.text and not self.not_applicable

    def same_as(self, other: FactValue) -> bool:
        """Tell whether both say the same, whatever their reasons."""
        return replace(self, reason="") == replace(other, reason="")


def value_of(fact: Fact | None) -> FactValue:
    """Return what a stored fact says as it is written now."""
    if fact is None:
        return FactValue()
    return FactValue(fact.number, fact.date, fact.text, fact.not_applicable, fact.reason)


def accepted_of(value: DataValue | None) -> FactValue | None:
    """Return what of a stored fact counts, None when nothing is accepted."""
    if value is None or value.accepted_at is None:
        return None
    return FactValue(
        value.accepted_number, value.accepted_date, value.accepted_text, value.accepted_not_applicable
    )


def read_fact(element: DataElement, typed: str) -> FactValue:
    """Read what was typed for `element`; blank gives a blank fact.

    Raises:
        Unreadable: with advice; nothing is guessed.
    """
    if not tidy(typed):
        return FactValue()
    return _READERS[ValueType(element.value_type)](element, typed)


def _read_number(element: DataElement, typed: str) -> FactValue:
    number = read_number(
        typed,
        unit=element.unit,
        whole=element.value_type == ValueType.INTEGER,
        decimals=element.decimals,
        signed=element.minimum is not None and element.minimum < 0,
    ).value
    if element.minimum is not None and number < element.minimum:
        raise Unreadable("below_minimum", text=typed.strip(), limit=plain_text(element.minimum))
    if element.maximum is not None and number > element.maximum:
        if other := _perhaps_meant(element, number):
            raise Unreadable("perhaps_other_unit", text=typed.strip(), unit=element.unit, **other)
        raise Unreadable("above_maximum", text=typed.strip(), limit=plain_text(element.maximum))
    return FactValue(number=number)


def _perhaps_meant(element: DataElement, number: Decimal) -> dict[str, str]:
    """Return the smaller unit that a figure beyond the maximum is perhaps in, and the advice."""
    written, factor = SMALLER_UNITS.get(element.unit, ("", 0))
    if not factor or element.maximum is None:
        return {}
    value = number / factor
    places = -int(value.normalize().as_tuple().exponent) if value else 0
    if value > element.maximum or value < (element.minimum or 0) or places > element.decimals:
        return {}
    return {"written": written, "value": plain_text(value)}


def _read_yes_no(element: DataElement, typed: str) -> FactValue:
    return FactValue(number=read_yes_no(typed).value)


def _read_choice(element: DataElement, typed: str) -> FactValue:
    written = tidy(typed)
    if written.lower() in ABSENT:
        raise Unreadable("not_applicable", text=written)
    for choice in element.choices:
        if written in (str(choice["value"]), choice["label"], choice.get("label_en")):
            return FactValue(number=Decimal(str(choice["value"])))
    raise Unreadable("no_such_choice", text=written)


def _read_date(element: DataElement, typed: str) -> FactValue:
    return FactValue(date=read_date(typed).value)


def _read_text(element: DataElement, typed: str) -> FactValue:
    check_words(typed, limit=LONGEST_TEXT)
    return FactValue(text=typed.strip())


_READERS: dict[ValueType, Callable[[DataElement, str], FactValue]] = {
    ValueType.INTEGER: _read_number,
    ValueType.DECIMAL: _read_number,
    ValueType.BOOLEAN: _read_yes_no,
    ValueType.CHOICE: _read_choice,
    ValueType.DATE: _read_date,
    ValueType.TEXT: _read_text,
}


def check_words(text: str, *, limit: int = LONGEST_REASON) -> None:
    """Raise Unreadable when free words are too long or hold an identity or phone number."""
    if len(text.strip()) > limit:
        raise Unreadable("text_too_long", limit=limit)
    if has_personal_number(text):
        raise Unreadable("personal_number")


def input_text(element: DataElement, value: FactValue) -> str:
    """Return what stands in the form control for a value."""
    if value.date:
        return value.date.isoformat()
    return plain_text(value.number) if value.number is not None else value.text


def echo_of(element: DataElement, typed: str, value: FactValue) -> str:
    """Return how a text was read where that is not as it was typed: `1234` for `１，２３４人`, else empty."""
    if value.number is not None and typed.isascii() and typed.isdigit() and (typed[0] != "0" or typed == "0"):
        return ""  # plain digits are what they say: nearly all that a file holds
    read = input_text(element, value)
    if element.value_type == ValueType.TEXT or not read or read == typed.strip():
        return ""
    return shown_text(element, value, unit=False) if element.value_type in CHOSEN else read


def shown_text(element: DataElement, value: FactValue | None, *, unit: bool = True) -> str:
    """Return a value in words for a page: `1,234 人`, 是, 不适用; empty for a blank one."""
    if value is None or value.is_blank:
        return ""
    if value.not_applicable:
        return _("Not applicable")
    if value.date:
        return value.date.isoformat()
    if value.number is None:
        return value.text
    if element.value_type == ValueType.BOOLEAN:
        return pgettext("answer", "Yes") if value.number else pgettext("answer", "No")
    if element.value_type == ValueType.CHOICE:
        return _choice_label(element, value.number)
    figure = number_text(value.number, max(element.decimals, _places(value.number)))
    return f"{figure} {element.unit}" if unit and element.unit else figure


def _choice_label(element: DataElement, number: Decimal) -> str:
    key = "label" if (get_language() or "").startswith("zh") else "label_en"
    for choice in element.choices:
        if Decimal(str(choice["value"])) == number:
            return choice.get(key) or choice["label"]
    return plain_text(number)


def _places(number: Decimal) -> int:
    return len(plain_text(number).partition(".")[2])
