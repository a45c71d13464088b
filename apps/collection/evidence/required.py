"""The facts that a return may not be submitted without a file for; none unless the bureau said so."""

from __future__ import annotations

from collections.abc import Iterable

from apps.collection.models import Submission
from apps.collection.slots import Slot
from apps.core.kept import Scan
from apps.plans.models import DataElement


def required_elements(slots: Iterable[Slot]) -> list[DataElement]:
    """Return the owed facts that need a file; what does not apply needs none."""
    wanted = [slot for slot in slots if slot.element.evidence_required and not slot.value.not_applicable]
    return list({slot.element.pk: slot.element for slot in wanted}.values())


def without_file(submission: Submission, slots: Iterable[Slot]) -> list[DataElement]:
    """Return the owed facts that still need a file (no query where none is required, else 1)."""
    wanted = required_elements(slots)
    if not wanted:
        return []
    kept = submission.evidence.filter(erased_at=None).exclude(scan=Scan.INFECTED)
    there = set(kept.values_list("element_id", flat=True))
    return [element for element in wanted if element.pk not in there]
