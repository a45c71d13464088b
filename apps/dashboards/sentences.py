"""A reading in one sentence by its target's own type, and what missing reports could make of it. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext, ngettext

from apps.dashboards import wording
from apps.dashboards.readings import Reading
from apps.dashboards.targets_text import target_numbers
from apps.plans.enums import SliceKind
from apps.rollups.enums import BoundsBasis, Exclusion, Status
from apps.rollups.missing import Missing
from apps.rollups.targets import Said, type_of
from apps.rollups.targets.parts import fulfilled, joint


def target_sentence(reading: Reading) -> str:
    """Return how the value stands to the target in force; empty without a light or a value."""
    target = reading.target
    if target is None or reading.value is None or reading.gap is None or not reading.is_judged:
        return ""
    kind = type_of(
        operator=target.operator,
        value=target.value,
        level=target.level,
        aggregation=reading.indicator.aggregation,
    )
    limit, limit_max = target_numbers(reading.indicator, target)
    gap = (
        wording.steps_size(reading.steps, reading.gap)
        if reading.steps
        else wording.gap_text(reading.gap, unit=reading.indicator.unit, decimals=reading.decimals)
    )
    return kind.sentence(
        Said(
            value=reading.short_text,
            limit=limit,
            limit_max=limit_max,
            gap=gap,
            units=reading.units_text,
            change=reading.change_text,
            is_met=reading.gap == 0,
            is_exceeded=reading.is_exceeded,
        )
    )


def with_bounds(reading: Reading, missing: Missing) -> Reading:
    """Return the reading with the lowest and highest value that missing reports could make of it."""
    if reading.is_hidden or reading.slice_kind != SliceKind.ALL:
        return reading
    return replace(
        reading,
        bounds_low=wording.as_decimal(missing.bounds.low),
        bounds_high=wording.as_decimal(missing.bounds.high),
    )


def bounds_sentences(reading: Reading, missing: Missing) -> list[str]:
    """Return what the missing reports could make of a figure; nothing when all are in or it is hidden."""
    bounds = missing.bounds
    if bounds.basis == BoundsBasis.COMPLETE or reading.is_hidden:
        return []
    if bounds.low is not None and bounds.high is not None:
        words = gettext("Between %(low)s and %(high)s once all reports are in")
    elif bounds.low is not None:
        words = gettext("At least %(low)s once all reports are in")
    elif bounds.high is not None:
        words = gettext("At most %(high)s once all reports are in")
    else:
        words = gettext("What the missing reports make of it cannot be said")
    reason = str(bounds.basis.label)
    if bounds.n_unknown:
        reason = ngettext(
            "the size of %(count)d missing unit is not known",
            "the size of %(count)d missing units is not known",
            bounds.n_unknown,
        ) % {"count": bounds.n_unknown}
    told = words % {"low": _level(reading, bounds.low), "high": _level(reading, bounds.high)}
    sentences = [gettext("%(bounds)s: %(reason)s.") % {"bounds": told, "reason": reason}]
    if missing.decided is not None:
        sentences.append(
            gettext("The target is met whatever they report.")
            if missing.decided
            else gettext("The target is missed whatever they report.")
        )
    elif bounds.low is not None and bounds.high is not None and reading.is_judged:
        sentences.append(gettext("Whether the target is met depends on them."))
    return sentences


def _level(reading: Reading, level: object) -> str:
    number = wording.as_decimal(level)  # type: ignore[arg-type]
    if number is None:
        return ""
    if reading.steps:
        return wording.steps_text(reading.steps, number)
    return wording.number_text(number, unit=reading.unit, decimals=max(1, reading.decimals))


def reasons_text(missing: Missing) -> str:
    """Return how many reports are missing for which reason: "not reported 3, returned 1"."""
    order = list(Exclusion)
    parts = [
        f"{Exclusion(reason).label} {count}"
        for reason, count in sorted(missing.reasons.items(), key=lambda pair: order.index(pair[0]))
    ]
    return gettext(", ").join(parts)


def parts_sentence(readings: Sequence[Reading]) -> str:
    """Return how a sentence with several targets stands: how many of its parts are achieved."""
    statuses = [Status(reading.status) for reading in readings if reading.status in Status.values]
    if len(statuses) != len(readings):
        return ""
    return gettext("%(done)d of %(count)d parts achieved; the whole: %(status)s") % {
        "done": fulfilled(statuses),
        "count": len(statuses),
        "status": joint(statuses).label,
    }


def days_text(reading: Reading, today: dt.date) -> str:
    """Return how many days are left until the target's own date, or since; empty once it is achieved."""
    due_on = reading.target.due_on if reading.target is not None else None
    if due_on is None or not reading.is_judged or reading.status == Status.ACHIEVED:
        return ""
    days = (due_on - today).days
    if days < 0:
        return ngettext("%(days)d day over", "%(days)d days over", -days) % {"days": -days}
    return ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}


def expected_text(reading: Reading) -> str:
    """Return what the schedule asks for by now, empty where it asks nothing or the target is met."""
    if reading.required is None or not reading.is_judged or reading.status == Status.ACHIEVED:
        return ""
    required: Decimal = reading.required
    if reading.steps:
        return wording.steps_text(reading.steps, required)
    return wording.number_text(required, unit=reading.unit, decimals=reading.decimals)
