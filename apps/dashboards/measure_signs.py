"""The states of measures as the pages speak of them: word, shape, colour class. Pure."""

from __future__ import annotations

import datetime as dt

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core.display import Sign
from apps.plans.enums import MeasureStatus as Status
from apps.plans.measures.querysets import DONE
from apps.plans.models import Measure

SIGNS: dict[str, Sign] = {
    Status.NOT_STARTED: Sign("○", Status.NOT_STARTED.label, "not-due"),
    Status.IN_PROGRESS: Sign("◆", Status.IN_PROGRESS.label, "on-track"),
    Status.COMPLETED: Sign("▷", Status.COMPLETED.label, "waiting"),
    Status.CLOSED: Sign("✓", Status.CLOSED.label, "achieved"),
    Status.RETURNED: Sign("↩", Status.RETURNED.label, "returned"),
    Status.DELAYED: Sign("■", Status.DELAYED.label, "off-track"),
    Status.CANCELLED: Sign("✕", Status.CANCELLED.label, "cancelled"),
}
OVERDUE = Sign("△", _("Overdue"), "late")

# What a person does to bring a measure into a status; taking a report back is told apart.
ACTIONS: dict[str, str | Promise] = {
    Status.NOT_STARTED: _("Take it up again"),
    Status.IN_PROGRESS: _("In progress: it has begun"),
    Status.COMPLETED: _("Completed: report it for closing"),
    Status.CLOSED: pgettext_lazy("measure", "Close it: checked and done"),
    Status.RETURNED: _("Return it for correction"),
    Status.DELAYED: _("Delayed: say why"),
    Status.CANCELLED: _("Cancel it: say why"),
}
TAKE_BACK = _("Take the report back")


def action_text(before: str, after: str) -> str:
    """Return what the step from one status to another is called on a button."""
    if (before, after) == (Status.COMPLETED, Status.IN_PROGRESS):
        return str(TAKE_BACK)
    return str(ACTIONS[after])


def days_overdue(measure: Measure, today: dt.date) -> int:
    """Return by how many days an unreported measure is over its due date; 0 otherwise, also without one."""
    if measure.due_on is None or measure.status in DONE:
        return 0
    return max((today - measure.due_on).days, 0)
