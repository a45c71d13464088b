"""What a section says of its measures: how many stand how, which are overdue, the table."""

from __future__ import annotations

from collections.abc import Sequence

from apps.plans.models import TaskArea
from apps.reports.progress import tables, words
from apps.reports.progress.blocks import Block, passage
from apps.reports.progress.selection import Selection
from apps.reports.prose import slots
from apps.reports.prose.bound import Sentence
from apps.reports.prose.prose import Prose


def blocks(prose: Prose, selection: Selection, area: TaskArea) -> list[Block]:
    """Return the measures of an area that belong to the report."""
    facts, codes = prose.facts, selection.measures_of(area)
    place = f"area-{area.number}/measures"
    if not codes:
        return [] if selection.office else passage(prose.say("no_measures", place))
    state = prose.say(
        "area_measures",
        place,
        turn=area.number,
        count=slots.count_measures(facts, codes, lambda _one, _today: True),
        parts=words.measure_parts(prose, codes, place),
    )
    late = words.overdue(facts, codes)
    return [
        *passage(state, *([_overdue(prose, codes, late, place)] if late else [])),
        tables.measures(facts, codes, caption=f"{area.name}举措落实"),
    ]


def _overdue(prose: Prose, codes: Sequence[str], late: Sequence[str], place: str) -> Sentence:
    facts = prose.facts
    return prose.say(
        "measures_overdue",
        f"{place}/overdue",
        word=slots.implied_of(facts, "逾期", late, words.is_overdue),
        count=slots.count_measures(facts, codes, words.is_overdue),
        items=[_overdue_item(prose, code) for code in late],
    )


def _overdue_item(prose: Prose, code: str) -> Sentence:
    facts = prose.facts
    return prose.say(
        "overdue_item",
        f"overdue/{code}",
        name=slots.measure_name(facts, code),
        office=slots.measure_office(facts, code),
        due=slots.measure_due(facts, code),
        word=slots.implied_of(facts, "逾期", [code], words.is_overdue),
        days=slots.days_over(facts, code),
    )
