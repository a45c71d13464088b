"""What the page is told after facts were saved: these, and those at which something else is now to be said.

What that costs does not grow with the form. It holds as long as the page knows the return as it was before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from apps.collection.checks import flags_of, problems_of, soft_contradictions
from apps.collection.form_fields import FieldView
from apps.collection.keys import Key
from apps.collection.models import Submission
from apps.collection.rules.kept import KeptRules
from apps.collection.sheet import field_view
from apps.collection.slots import Slot, is_editable, slots_of, stored_of


@dataclass
class Near:
    """Some facts of a locked return, and the rules that are told at `told`."""

    submission: Submission
    rules: KeptRules
    told: set[Key]
    slots: dict[Key, Slot]

    @property
    def known(self) -> str:
        return known_text(self.submission, self.rules.stamp)

    def views(self) -> list[FieldView]:
        """Return what is told, as it is stored now (1 query)."""
        elements = {element for element, _stage in self.told}
        stored = stored_of(self.submission, {"element__in": self.rules.needed_for(elements)})
        slots = [
            replace(slot, stored=stored.get(key), editable=is_editable(self.submission, stored.get(key)))
            for key, slot in self.slots.items()
        ]
        book = self.rules.about(elements)
        problems = problems_of(slots, book, self.submission.period)
        between = soft_contradictions(slots, book)
        return [
            field_view(
                slot,
                problems=problems.get(slot.key, []),
                flags=flags_of(slot, slot.value, book) + between.get(slot.key, []),
            )
            for slot in slots
            if slot.key in self.told
        ]


def near(submission: Submission, edited: Iterable[Key], rules: KeptRules) -> Near:
    """Return the edited facts of a locked return and all that is to be known to judge them (5 queries)."""
    told = rules.told_with(set(edited))
    elements = {element for element, _stage in told}
    slots = slots_of(
        period=submission.period,
        organisation=submission.organisation,
        submission=submission,
        elements=rules.needed_for(elements),
        among_peers=rules.compared_with_peers(elements),
    )
    return Near(submission, rules, told, {slot.key: slot for slot in slots})


def known_text(submission: Submission | None, stamp: str) -> str:
    """Return what stands for all that a page was told of a return: its version, and that of the rules."""
    return f"{submission.version if submission else 0}.{stamp}"
