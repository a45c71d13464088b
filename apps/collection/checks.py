"""What stands between a return and its submitting, fact by fact. Pure.

A problem is a fact that is missing, unreadable or impossible. A flag is a fact that is possible but unusual:
it asks for a reason and does not stand in the way once there is one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from apps.collection.facts import FactValue, read_fact, shown_text
from apps.collection.keys import Key
from apps.collection.models import Period
from apps.collection.slots import Previous, Slot
from apps.core.templatetags.lusong import local_text, quarter_name
from apps.core.typed import Unreadable
from apps.plans.enums import Accumulation
from apps.plans.models import DataElement, FactRule


@dataclass(frozen=True)
class Problem:
    """`code` is stable; `message` says in the reader's language what to do."""

    code: str
    message: str


def problems_of(slots: Sequence[Slot], rules: Iterable[FactRule], period: Period) -> dict[Key, list[Problem]]:
    """Return what must be put right before submitting; facts without a problem are left out."""
    found: dict[Key, list[Problem]] = defaultdict(list)
    for slot in slots:
        if problem := _own_problem(slot, period):
            found[slot.key].append(problem)
    for left, _right, problem in rule_problems(slots, rules):
        found[left].append(problem)
    return dict(found)


def rule_problems(slots: Sequence[Slot], rules: Iterable[FactRule]) -> list[tuple[Key, Key, Problem]]:
    """Return the broken rules between the facts: the left one, the right one and what is wrong."""
    by_key = {slot.key: slot for slot in slots}
    return [
        (slot.key, other.key, problem)
        for slot in slots
        for rule in rules
        if rule.left_id == slot.element.pk
        and (other := by_key.get((rule.right_id, slot.stage)))
        and (problem := _rule_problem(slot, other))
    ]


def _own_problem(slot: Slot, period: Period) -> Problem | None:
    if slot.stored is not None and slot.stored.typed:
        return unreadable_problem(slot.element, slot.stored.typed)
    if slot.value.is_blank:
        return Problem(
            "missing",
            _("Not filled in yet. If it does not apply, choose “Not applicable” and give the reason."),
        )
    if slot.is_prefilled:
        return None
    if problem := fall_problem(slot, period):
        return problem
    if slot.field_return and slot.field_return.asks_for_figure and slot.value == slot.submitted:
        return Problem("untouched", _("Returned: correct the figure, or say in the reason why it is right."))
    flags = flags_of(slot.element, slot.value, slot.previous)
    if flags and not slot.value.reason:
        return Problem("reason", " ".join(flag.message for flag in flags))
    return None


def unreadable_problem(element: DataElement, typed: str) -> Problem:
    """Return why `typed` cannot be read (asked again, so that it is in the reader's language)."""
    try:
        read_fact(element, typed)
    except Unreadable as refusal:
        return Problem(refusal.code, refusal.message)
    return Problem("unconfirmed", _("“%(text)s” was not taken over yet. Save it again.") % {"text": typed})


def fall_problem(slot: Slot, period: Period) -> Problem | None:
    """Return the problem of a year-to-date figure below the last accepted one of the same year."""
    earlier = _of_same_year(slot, period)
    if earlier is None or slot.value.number is None or earlier.value.number is None:
        return None
    if slot.element.accumulation != Accumulation.YEAR_TO_DATE or slot.value.number >= earlier.value.number:
        return None
    text = _(
        "A figure counted since January cannot fall: %(quarter)s had %(before)s. If that figure was wrong, "
        "ask the office to reopen it."
    )
    before = shown_text(slot.element, earlier.value)
    return Problem("fall", text % {"quarter": quarter_name(earlier.period.quarter), "before": before})


def _of_same_year(slot: Slot, period: Period) -> Previous | None:
    return slot.previous if slot.previous and slot.previous.period.plan_id == period.plan_id else None


def _rule_problem(slot: Slot, other: Slot) -> Problem | None:
    if slot.value.number is None or other.value.number is None or slot.value.number <= other.value.number:
        return None
    text = _(
        "“%(left)s” (%(left_value)s) cannot be more than “%(right)s” (%(right_value)s). Check both figures."
    )
    return Problem(
        "rule",
        text
        % {
            "left": local_text(slot.element),
            "left_value": shown_text(slot.element, slot.value),
            "right": local_text(other.element),
            "right_value": shown_text(other.element, other.value),
        },
    )


def flags_of(element: DataElement, value: FactValue, previous: Previous | None) -> list[Problem]:
    """Return what is unusual about a possible value; each asks for a reason."""
    if value.number is None:
        return []
    flags = []
    if element.warn_above is not None and value.number > element.warn_above:
        limit = shown_text(element, FactValue(number=element.warn_above))
        flags.append(
            Problem(
                "above", _("More than %(limit)s is unusual. Check it, or give the reason.") % {"limit": limit}
            )
        )
    before = previous.value.number if previous else None
    if before is not None and changes_much(element, before, value.number):
        text = _(
            "More than %(percent)s%% away from the last accepted %(before)s. Check it, or give the reason."
        )
        shown = shown_text(element, FactValue(number=before))
        flags.append(Problem("change", text % {"before": shown, "percent": element.warn_change_percent}))
    return flags


def changes_much(element: DataElement, before: Decimal, now: Decimal) -> bool:
    """Tell whether the change exceeds the element's limit, exactly and without dividing."""
    if element.warn_change_percent is None or not element.is_numeric:
        return False
    return abs(now - before) * 100 > element.warn_change_percent * abs(before)
