"""Dates as people really type them: `2025.3.10`, `2025年3月10日`, `20250310`, a spreadsheet's 45726. Pure.

A date without its day, or with a two-digit or a trailing year, is refused: nothing is guessed.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.core.typed import ABSENT, MESSAGES, Unreadable, tidy

DATE_MESSAGES: dict[str, str | Promise] = {
    "not_a_date": _("“%(text)s” is not a date. Write year, month and day, e.g. 2025-03-10."),
    "date_without_day": _("“%(text)s” does not say the day. Write year, month and day, e.g. 2025-03-10."),
    "date_order": _(
        "It is unclear which part of “%(text)s” is the year, the month and the day. Write e.g. 2025-03-10."
    ),
    "no_such_date": _("There is no such day as “%(text)s”."),
    "year_out_of_range": _("The year of “%(text)s” cannot be right."),
}
MESSAGES.update(DATE_MESSAGES)

SERIAL_EPOCH = dt.date(1899, 12, 30)
FIRST, LAST = dt.date(1950, 1, 1), dt.date(2099, 12, 31)
MIDNIGHT = re.compile(r"[ T]0{1,2}:00(:00(\.0+)?)?$")
WHOLE = re.compile(r"(\d{4})(?: ?([.\-/]) ?(\d{1,2}) ?\2 ?(\d{1,2})\.?|年 ?(\d{1,2})月 ?(\d{1,2})[日号]?)")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
NO_DAY = re.compile(r"\d{6}|\d{4} ?[.\-/] ?\d{1,2}|\d{4}年 ?(\d{1,2}月?)?|\d{1,2}月(\d{1,2}[日号])?")
UNCLEAR = re.compile(r"\d{1,2}[.\-/]\d{1,2}[.\-/](\d{2}|\d{4})|\d{2}年\d{1,2}月\d{1,2}[日号]?")
SERIAL = re.compile(r"\d{5}(\.0+)?")


@dataclass(frozen=True)
class Date:
    """A date and the standard spelling it is echoed in."""

    value: dt.date
    echo: str


def read_date(text: str) -> Date:
    """Read one date.

    Raises:
        Unreadable: with a code of DATE_MESSAGES, `blank` or `not_applicable`.
    """
    shown, written = text.strip(), MIDNIGHT.sub("", tidy(text))
    if not written:
        raise Unreadable("blank")
    if written.lower() in ABSENT:
        raise Unreadable("not_applicable", text=shown)
    value = _calendar_date(shown, written)
    if not FIRST <= value <= LAST:
        raise Unreadable("year_out_of_range", text=shown)
    return Date(value, value.isoformat())


def _calendar_date(shown: str, written: str) -> dt.date:
    if SERIAL.fullmatch(written):
        return SERIAL_EPOCH + dt.timedelta(days=int(written.split(".")[0]))
    if match := WHOLE.fullmatch(written) or COMPACT.fullmatch(written):
        return _existing(shown, *(int(part) for part in match.groups() if part and part.isdigit()))
    if UNCLEAR.fullmatch(written):
        raise Unreadable("date_order", text=shown)
    raise Unreadable("date_without_day" if NO_DAY.fullmatch(written) else "not_a_date", text=shown)


def _existing(shown: str, year: int, month: int, day: int) -> dt.date:
    try:
        return dt.date(year, month, day)
    except ValueError as error:
        raise Unreadable("no_such_date", text=shown) from error
