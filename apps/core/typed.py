"""The signs and words of people's input, and the answers of its readers (numbers, dates). Pure."""

from __future__ import annotations

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Unreadable(ValueError):
    """The text is not what is asked; `code` is stable, `message` says in the reader's language what to do."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    @property
    def message(self) -> str:
        return str(MESSAGES[self.code]) % self.params


MESSAGES: dict[str, str | Promise] = {
    "blank": _("Nothing is written here."),
    "not_a_number": _("“%(text)s” is not a number. Write digits only, e.g. 1234."),
    "not_applicable": _(
        "“%(text)s” is not a number. If it does not apply, choose “Not applicable” and why; if none, 0."
    ),
    "approximate": _(
        "“%(text)s” is not an exact number. Write the exact figure without words or signs such as 约 or +."
    ),
    "percent": _("A count is asked here, not a percentage. Write how many, e.g. 54."),
    "per_mille": _("A per mille sign cannot be used here. Write the plain number."),
    "share": _("A count is asked here; “%(text)s” looks like a share. Write how many."),
    "decimal": _("A whole number is asked here; “%(text)s” has decimals."),
    "too_precise": _(
        "At most %(decimals)s decimals are asked here. Round the figure yourself and write it again."
    ),
    "negative": _("“%(text)s” is below zero, which is not possible here."),
    "separators": _("The separators in “%(text)s” are unclear. Write the number without them."),
    "fraction": _("“%(text)s” looks like a fraction. Write the two numbers in their own fields."),
    "other_unit": _(
        "The figure is asked in “%(unit)s”, but “%(text)s” is in “%(written)s”. Convert it first."
    ),
    "formula": _("“%(text)s” is a spreadsheet formula or error. Write the number itself."),
    "too_long": _(
        "“%(text)s” has too many digits for a figure. Do not write identity or account numbers here."
    ),
    "yes_or_no": _("Write 是 (yes) or 否 (no); “%(text)s” is neither."),
}

FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
SPACES = dict.fromkeys(map(ord, "\u3000\u00a0\u2002\u2003\u2009\u202f\t\r\n"), " ")
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
SIGNS = {ord("。"): ".", ord("−"): "-", ord("﹣"): "-", ord("，"): ",", ord("﹐"): ",", ord("﹪"): "%"}
TRANSLATION = {**FULL_WIDTH, **SPACES, **INVISIBLE, **SIGNS}

ABSENT = frozenset(
    {
        "/",
        "\\",
        "//",
        "-",
        "--",
        "---",
        "—",
        "——",
        "–",
        "无",
        "没有",
        "暂无",
        "空",
        "n/a",
        "na",
        "nil",
        "null",
        "none",
        "不适用",
        "未开展",
        "不涉及",
    }
)


def tidy(text: str) -> str:
    """Return `text` with half-width characters, `。` as a point, plain spaces and none at the ends."""
    return re.sub(r" +", " ", text.translate(TRANSLATION)).strip()


IDENTITY_NUMBER = re.compile(
    r"(?<![0-9])[1-9]\d{5}(18|19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[0-9Xx](?![0-9])"
)
MOBILE_NUMBER = re.compile(r"(?<![0-9])1[3-9]\d{9}(?![0-9])")


def has_personal_number(text: str) -> bool:
    """Tell whether a text holds what looks like an identity card or mobile phone number."""
    written = tidy(text)
    return bool(IDENTITY_NUMBER.search(written) or MOBILE_NUMBER.search(written))
