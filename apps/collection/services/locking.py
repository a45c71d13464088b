"""The lock every write to a return takes first."""

from __future__ import annotations

from apps.collection.models import Period, Submission
from apps.organisations.models import Organisation


def locked(submission: Submission) -> Submission:
    """Return the return read anew and locked until the transaction ends; writers queue here."""
    return (
        Submission.objects.select_for_update(of=("self",))
        .select_related("organisation", "period__plan__policy")
        .get(pk=submission.pk)
    )


def locked_of(*, period: Period, organisation: Organisation) -> Submission | None:
    """Return the organisation's return of the period in the same way; None where none was begun."""
    rows = Submission.objects.select_for_update().order_by()
    found = rows.filter(period=period.pk, organisation=organisation.pk).first()
    if found is not None:
        found.period, found.organisation = period, organisation
    return found
