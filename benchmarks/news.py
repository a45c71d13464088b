"""An acceptance as the roll-ups see it: other accepted numbers and the outbox, in one transaction."""

from __future__ import annotations

from typing import Any


def accept_some(submission: Any) -> None:
    """Accept the facts of one office in a return, each one more than before; a worker hears of it."""
    from django.db import transaction
    from django.db.models import F

    from apps.collection.models import DataValue
    from apps.plans.models import IndicatorElement
    from apps.reviews.signals import values_accepted

    links = IndicatorElement.objects.filter(indicator__reporter="school").order_by("indicator__lead_office")
    office = links.values_list("indicator__lead_office", flat=True)[0]
    elements = set(links.filter(indicator__lead_office=office).values_list("element", flat=True))
    with transaction.atomic():
        values = DataValue.objects.filter(
            submission=submission, element__in=elements, accepted_number__isnull=False
        )
        values.update(number=F("number") + 1, accepted_number=F("accepted_number") + 1)
        values_accepted.send(None, submission=submission, element_ids=sorted(elements), by=None)
