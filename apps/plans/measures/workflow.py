"""Which step a measure may take next, who takes it, and when it has to say why. Pure.

    not started → in progress → completed → closed 销号
                                    ↘ returned → (again)

The lead office reports; a second pair of eyes closes or returns; delaying and cancelling say why.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from apps.plans.enums import MeasureStatus as Status


class Actor(StrEnum):
    """Who takes a step: the lead office, its second pair of eyes, or whoever decides for the bureau."""

    LEAD = "lead"
    CHECKER = "checker"
    BUREAU = "bureau"


@dataclass(frozen=True)
class Step:
    """A step of the workflow."""

    actor: Actor
    needs_note: bool = False


_START = {Status.IN_PROGRESS: Step(Actor.LEAD)}
_REPORT = {
    Status.COMPLETED: Step(Actor.LEAD, needs_note=True),
    Status.DELAYED: Step(Actor.LEAD, needs_note=True),
}
_CANCEL = {Status.CANCELLED: Step(Actor.BUREAU, needs_note=True)}

STEPS: dict[Status, dict[Status, Step]] = {
    Status.NOT_STARTED: _START | _REPORT | _CANCEL,
    Status.IN_PROGRESS: _REPORT | _CANCEL,
    Status.DELAYED: _START | {Status.COMPLETED: Step(Actor.LEAD, needs_note=True)} | _CANCEL,
    Status.COMPLETED: {
        Status.CLOSED: Step(Actor.CHECKER),
        Status.RETURNED: Step(Actor.CHECKER, needs_note=True),
        Status.IN_PROGRESS: Step(Actor.LEAD, needs_note=True),
    },
    Status.RETURNED: _START | _REPORT | _CANCEL,
    Status.CLOSED: {Status.RETURNED: Step(Actor.CHECKER, needs_note=True)},
    Status.CANCELLED: {Status.NOT_STARTED: Step(Actor.BUREAU, needs_note=True)},
}

SAID_COMPLETED = frozenset({Status.COMPLETED, Status.CLOSED})
# The lead office writes steps and notes as long as it has the measure in hand.
IN_HAND = frozenset({Status.NOT_STARTED, Status.IN_PROGRESS, Status.DELAYED, Status.RETURNED})


def step_between(before: str, after: str) -> Step | None:
    """Return the step from one status to another, None where there is none."""
    return STEPS[Status(before)].get(Status(after))
