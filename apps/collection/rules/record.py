"""How often each rule fired and how often it was right.

It was right when the figure was changed afterwards, or an office returned it; a false alarm when the figure
was accepted as it was, with its reason. Until then it is open.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q

from apps.accounts.models import User
from apps.collection.models import DataValue, RuleFiring


@dataclass(frozen=True)
class Record:
    """Of one rule: firings, those that were right, false alarms; the rest is open."""

    fired: int = 0
    right: int = 0
    false: int = 0

    @property
    def open(self) -> int:
        return self.fired - self.right - self.false

    @property
    def share(self) -> float | None:
        """The share that was right of those that are settled, None while none is."""
        settled = self.right + self.false
        return self.right / settled if settled else None


def records(user: User) -> dict[int, Record]:
    """Return the record of every rule that ever fired in the reader's region (1 query)."""
    returned = DataValue.objects.filter(pk=OuterRef("value"), returns__returned_at__gt=OuterRef("fired_at"))
    changed = DataValue.objects.filter(submission=OuterRef("submission"), updated_at__gt=OuterRef("fired_at"))
    is_right = (
        Q(was_returned=True)
        | Q(value__isnull=False) & (~Q(value__number=F("number")) | Q(value__number__isnull=True))
        | Q(value__isnull=True, was_changed=True)
    )
    is_kept = Q(value__accepted_at__gte=F("fired_at"), value__accepted_number=F("number")) | Q(
        value__isnull=True, submission__accepted_at__isnull=False
    )
    rows = (
        RuleFiring.objects.filter(
            submission__organisation__region__ancestor_links__ancestor_id=user.region_id
        )
        .order_by()
        .annotate(was_returned=Exists(returned), was_changed=Exists(changed))
        .values("rule")
        .annotate(
            fired=Count("pk"),
            right=Count("pk", filter=is_right),
            false=Count("pk", filter=is_kept & ~is_right),
        )
    )
    return {row["rule"]: Record(row["fired"], row["right"], row["false"]) for row in rows}
