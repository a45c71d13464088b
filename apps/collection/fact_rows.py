"""The facts of one return side by side with what counted before: for reading, signing and reviewing."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from apps.accounts.enums import Role
from apps.accounts.models import User
from apps.collection.checks import Problem, flags_of, soft_contradictions
from apps.collection.facts import FactValue, shown_text, value_of
from apps.collection.grouping import Uses, uses_of
from apps.collection.keys import Key
from apps.collection.models import DataValueRevision, Submission
from apps.collection.revisions import latest_revisions
from apps.collection.rules.firings import flags_fired
from apps.collection.slots import Slot, rules_between, slots_of
from apps.core.display import number_text
from apps.organisations.enums import Stage
from apps.plans.enums import Privacy
from apps.plans.models import DataElement, TaskArea


@dataclass
class FactRow:
    """One fact: the last accepted value, this one, and what to make of it."""

    slot: Slot
    area: TaskArea | None
    value: FactValue
    flags: list[Problem]
    is_hidden: bool = False

    @property
    def stage_label(self) -> str:
        return "" if self.slot.stage == Stage.WHOLE else str(Stage(self.slot.stage).label)

    @property
    def before(self) -> FactValue | None:
        """What it is compared with: what of this quarter counts already, else the last accepted one."""
        if self.slot.accepted is not None:
            return self.slot.accepted
        return self.slot.previous.value if self.slot.previous else None

    @property
    def is_changed(self) -> bool:
        """Tell whether it differs from before; of a hidden figure that is not told."""
        if self.is_hidden:
            return False
        return self.before is None or not self.value.same_as(self.before)

    @property
    def is_flagged(self) -> bool:
        return not self.is_hidden and bool(self.flags or self.value.not_applicable)

    @property
    def text(self) -> str:
        return shown_text(self.slot.element, self.value)

    @property
    def before_text(self) -> str:
        return shown_text(self.slot.element, self.before)

    @property
    def change_text(self) -> str:
        """The signed difference of two numbers, empty when there is none to form."""
        before = self.before.number if self.before else None
        if before is None or self.value.number is None or not self.slot.element.unit:
            return ""
        change: Decimal = self.value.number - before
        sign = "+" if change > 0 else "−" if change < 0 else "±"
        return sign + number_text(abs(change), self.slot.element.decimals)


def rows_of(
    submission: Submission, *, viewer: User, as_submitted: bool, shows_all: bool = False
) -> list[FactRow]:
    """Return the facts of a return, what is flagged or changed first (a constant number of queries).

    Args:
        shows_all: nothing is hidden, because the viewer decides about it.
        as_submitted: the last submitted revision, not what its organisation is writing now.
    """
    slots = slots_of(
        period=submission.period,
        organisation=submission.organisation,
        submission=submission,
        compare=not as_submitted,
    )
    uses = uses_of(submission.period, submission.organisation)
    revisions = latest_revisions([slot.stored for slot in slots if slot.stored]) if as_submitted else {}
    flags = _flags(slots, revisions, as_submitted=as_submitted)
    offices = offices_of(viewer)
    rows = []
    for slot in slots:
        value = (
            value_of(revisions.get(slot.stored.pk) if slot.stored else None) if as_submitted else slot.value
        )
        rows.append(
            FactRow(
                slot=slot,
                area=uses.areas.get(slot.key),
                value=value,
                flags=flags.get(slot.key, []),
                is_hidden=not shows_all
                and hides_from(viewer, submission, slot.element, slot.key, uses=uses, offices=offices),
            )
        )
    return sorted(
        rows, key=lambda row: (not row.is_flagged, not row.is_changed, uses.area_number(row.slot.key))
    )


def _flags(
    slots: list[Slot], revisions: dict[int, DataValueRevision], *, as_submitted: bool
) -> dict[Key, list[Problem]]:
    """Return what was unusual when it was handed in, or what is unusual about what is written now."""
    if as_submitted:
        fired = flags_fired(revisions.values())
        return {slot.key: fired.get(slot.stored.pk, []) for slot in slots if slot.stored}
    rules = rules_between(slots)
    between = soft_contradictions(slots, rules)
    return {slot.key: flags_of(slot, slot.value, rules) + between.get(slot.key, []) for slot in slots}


def offices_of(viewer: User) -> set[int]:
    """Return the offices that the viewer answers for (a query for deputy directors)."""
    if viewer.role == Role.DEPUTY:
        return set(viewer.offices_led.values_list("pk", flat=True))
    return {viewer.organisation_id} if viewer.role == Role.OFFICE and viewer.organisation_id else set()


def hides_from(
    viewer: User, submission: Submission, element: DataElement, key: Key, *, uses: Uses, offices: set[int]
) -> bool:
    """Tell what is not shown: a school's small or restricted figures are for it and offices they concern."""
    if element.privacy == Privacy.AGGREGATE or viewer.organisation_id == submission.organisation_id:
        return False
    if submission.organisation_id in offices or uses.offices(key) & offices:
        return False
    return not (viewer.role == Role.LEADER and element.privacy == Privacy.RESTRICTED)
