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
from apps.collection.owed import counted_before, written_of
from apps.collection.rules.kept import KeptRules
from apps.collection.sheet import field_view
from apps.collection.slots import Slot, is_editable, open_returns, peers_at, slots_by_key


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
        submission = self.submission
        needed = self.rules.needed_for(elements)
        stored = written_of(submission, submission.period, submission.organisation, needed)
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
    """Return the edited facts of a locked return and all that is to be known to judge them.

    Three queries at most, two more while it is corrected.
    """
    told = rules.told_with(set(edited))
    elements = {element for element, _stage in told}
    needed = rules.needed_for(elements)
    period, organisation = submission.period, submission.organisation
    written = written_of(submission, period, organisation, needed)
    previous, last_year = counted_before(period, organisation, elements)
    compared = rules.compared_with_peers(element for element, _stage in written.keys() & told)
    peers = peers_at(period, organisation, [rules.facts[one] for one in compared])
    returned = open_returns(submission, elements)
    slots = slots_by_key(
        written,
        submission=submission,
        period=period,
        facts=rules.facts,
        before=(previous, last_year),
        peers=peers,
        returned=returned,
    )
    return Near(submission, rules, told, slots)


def known_text(submission: Submission | None, stamp: str) -> str:
    """Return what stands for all that a page was told of a return: its version, and that of the rules."""
    return f"{submission.version if submission else 0}.{stamp}"
