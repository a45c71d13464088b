"""Readings as typed cells and words, for every table that shows them. Pure."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext

from apps.core.display import SIGNS
from apps.dashboards import wording
from apps.dashboards.readings import Reading
from apps.dashboards.tables import (
    Cell,
    count_cell,
    number_cell,
    share_cell,
    text_cell,
)
from apps.dashboards.targets_text import target_words
from apps.organisations.enums import Ownership, Setting, Stage
from apps.plans.enums import SliceKind
from apps.rollups.enums import Confidence

SLICE_CHOICES = {SliceKind.STAGE: Stage, SliceKind.OWNERSHIP: Ownership, SliceKind.SETTING: Setting}


def slice_name(kind: str, value: str) -> str:
    """Return a slice's name, e.g. "Primary"."""
    return str(SLICE_CHOICES[SliceKind(kind)](value).label)


def slice_order(kind: str, value: str) -> int:
    """Return the place of a slice among those of its kind, as its choices are listed."""
    return SLICE_CHOICES[SliceKind(kind)].values.index(value)


def value_cell(reading: Reading) -> Cell:
    """Return the value as a typed cell, or in words why there is none."""
    decimals = 0 if reading.steps else reading.decimals
    return number_cell(reading.told, unit=reading.unit, decimals=decimals, instead=reading.absence_text)


def part_cell(reading: Reading, part: str) -> Cell:
    """Return the numerator or the denominator of a reading."""
    return count_cell(getattr(reading, part), instead=reading.absence_text if reading.is_hidden else "—")


def gap_cell(reading: Reading) -> Cell:
    """Return how far an unmet target is, with enough decimals to be seen."""
    size = reading.gap_told
    if size is None or not reading.is_judged:
        return text_cell("—")
    if reading.status == "achieved":
        return text_cell(reading.gap_text)
    decimals = 0 if reading.steps else reading.decimals
    return number_cell(size, decimals=wording.decimals_to_tell_apart(size, decimals))


def target_text(reading: Reading) -> str:
    """Return the target in force in words; without one, why there is no light."""
    if reading.target is not None:
        return target_words(reading.indicator, reading.target)
    proposed = proposal_of(reading)
    if proposed:
        return gettext("to be confirmed: %(target)s") % {"target": proposed}
    return gettext("no target set")


def proposal_of(reading: Reading) -> str:
    """Return the latest target that waits for the bureau's confirmation, in words; empty without one."""
    target = getattr(reading.indicator, "target", None)
    waiting = (
        [revision for revision in target.revisions.all() if revision.confirmed_on is None] if target else []
    )
    return (
        target_words(reading.indicator, max(waiting, key=lambda revision: revision.number)) if waiting else ""
    )


def units_cell(reading: Reading) -> Cell:
    """Return the gap in whole things with their unit, a dash where there is none."""
    return text_cell(reading.units_text or "—")


def share_cell_of(reading: Reading) -> Cell:
    """Return the share of the way that is done, in per cent, a dash where it means nothing."""
    share = None if reading.achievement is None else Fraction(reading.achievement)
    return share_cell(share if reading.is_judged else None)


def light_cell(reading: Reading) -> Cell:
    """Return the light as shape and word."""
    return text_cell(reading.light_text, light=reading.status)


def why_cell(reading: Reading) -> Cell:
    """Return why the light is what it is, what it recovered from, or the last light between measurements."""
    words = (reading.reason_text, reading.recovered_text, reading.last_light_text)
    return text_cell(gettext("; ").join(word for word in words if word) or "—")


def data_cell(reading: Reading) -> Cell:
    """Return the data state as shape and word."""
    sign = SIGNS[reading.data_state]
    return text_cell(f"{sign.shape} {sign.word}")


def confidence_cell(reading: Reading) -> Cell:
    """Return final, provisional, estimated or suppressed; a dash without a figure."""
    return text_cell(reading.confidence_word or "—")


def confidence_text(reading: Reading) -> str:
    """Return what limits the trust in a figure: provisional, estimated, carried; a dash when nothing does."""
    notes = [gettext("provisional")] if reading.is_provisional else []
    if reading.confidence == Confidence.ESTIMATED and not reading.is_hidden:
        notes.append(gettext("estimated"))
    if reading.carried_text:
        notes.append(reading.carried_text)
    return gettext("; ").join(notes) or "—"


def bounds_cell(reading: Reading, end: str) -> Cell:
    """Return the lowest (`bounds_low`) or highest value that missing reports could make of a figure."""
    decimals = 0 if reading.steps else max(1, reading.decimals)
    return number_cell(getattr(reading, end), unit=reading.unit, decimals=decimals)


def outlook_words(reading: Reading) -> str:
    """Return the forecast with its interval in words, empty where there is none."""
    if not reading.forecast.is_known:
        return ""
    value, low, high = (forecast_cell(reading, end).text for end in ("value", "low", "high"))
    if reading.steps or wording.value_unit(reading.indicator.unit) != wording.PERCENT:
        high = wording.with_unit(high, reading.unit)
    return gettext("about %(value)s by the year's end, between %(low)s and %(high)s") % {
        "value": value,
        "low": low,
        "high": high,
    }


def forecast_cell(reading: Reading, end: str) -> Cell:
    """Return the forecast of the year's end (`value`) or an end of its interval (`low`, `high`)."""
    number = getattr(reading.forecast, end)
    if number is not None and reading.steps:
        number = wording.as_decimal(reading.steps.reached(number)) or Decimal(0)
        return number_cell(number, decimals=0 if number == number.to_integral_value() else 1)
    return number_cell(number, unit=reading.unit, decimals=reading.decimals)
