"""How paper says what the pages say: the same words and rounding, set as documents are set. Pure."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from fractions import Fraction

from apps.dashboards import lights, reading_cells, sentences, wording
from apps.dashboards.lights import HIDDEN
from apps.dashboards.measure_signs import SIGNS
from apps.dashboards.readings import Reading
from apps.dashboards.tables import count_cell
from apps.rollups.enums import Status

CONFIDENTIAL = "保密"
# What the screen sets apart by a blank, print sets together.
BLANK = re.compile(r"(?<=[\d%/）”≥≤=]) (?=[\u4e00-\u9fff\d])|(?<=[\u4e00-\u9fff，：；（≥≤]) (?=[\d≥≤=])")
RANGE = re.compile(r"(?<=\d)\s*–\s*(?=\d)")
ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
QUARTERS = {1: "第一季度", 2: "第二季度", 3: "第三季度", 4: "第四季度"}


def tight(text: str) -> str:
    """Return a text of the screen as it is printed: no blank beside a number, dates and ranges in words."""
    told = ISO.sub(lambda found: day(dt.date(*map(int, found.groups()))), text)
    return BLANK.sub("", RANGE.sub("至", told)).replace("／", "/")


def day(date: dt.date) -> str:
    """Return a date: 2025年3月10日."""
    return f"{date.year}年{date.month}月{date.day}日"


def status(value: str) -> str:
    """Return the word of a status; what is hidden is told as confidential."""
    return CONFIDENTIAL if value == HIDDEN else str(lights.sign_of(value).word)


def light(value: str) -> str:
    """Return shape and word of a status, for a table."""
    return CONFIDENTIAL if value == HIDDEN else lights.text_of(value)


def measure_status(value: str) -> str:
    """Return the word of a measure's status."""
    return str(SIGNS[value].word)


def share(value: Fraction | None) -> str:
    """Return a share of 1 in per cent, 100 % only when it is exactly that."""
    return wording.share_text(value)


def figure(reading: Reading) -> str:
    """Return a reading's value with its unit, or in a word why there is none."""
    return CONFIDENTIAL if reading.is_hidden else tight(reading.short_text)


def figure_alone(reading: Reading) -> str:
    """Return a reading's value without its unit, which stands in a column of its own."""
    if reading.value is None or reading.is_hidden or reading.unit == "是/否":
        return figure(reading)
    if reading.steps:
        return tight(reading.short_text).removesuffix(reading.unit)
    return tight(reading.short_text).removesuffix(reading.unit)


def unit(reading: Reading) -> str:
    """Return the unit for a column of its own."""
    return wording.unit_word(reading.unit) or "—"


def verdict(reading: Reading) -> str:
    """Return how a value stands to its target, as its page says it, to be read on after a name."""
    told = tight(sentences.target_sentence(reading)).replace("；", "，")
    return told if not told or told[0].isdigit() else f"，{told}"


def target(reading: Reading) -> str:
    """Return the target in force for a table, or that there is none: ≥54%, 100%, 2至3所."""
    return tight(reading_cells.target_text(reading)).replace("=", "")


def target_in_words(reading: Reading) -> str:
    """Return the target in force for a sentence: 不低于54%."""
    return target(reading).replace("≥", "不低于").replace("≤", "不高于")


def quoted(name: str) -> str:
    """Return a name in quotation marks; those inside it become single ones."""
    if name.startswith("“") and name.endswith("”") and name.count("“") == 1:
        return name
    return f"“{name.replace('“', '‘').replace('”', '’')}”"


def amount(number: Decimal | None) -> str:
    """Return an amount with as many decimals as it has, a dash without one."""
    return count_cell(number).text


def is_measured(reading: Reading) -> bool:
    """Tell whether a reader is told a figure."""
    return reading.value is not None and not reading.is_hidden


def is_waiting_for_target(value: str) -> bool:
    return value in (Status.NO_TARGET, Status.UNCONFIRMED)
