"""The lock every write to a return takes first."""

from __future__ import annotations

from apps.collection.models import Submission


def locked(submission: Submission) -> Submission:
    """Return the return read anew and locked until the transaction ends; writers queue here."""
    return (
        Submission.objects.select_for_update(of=("self",))
        .select_related("organisation", "period__plan__policy")
        .get(pk=submission.pk)
    )
