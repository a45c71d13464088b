"""The lock every write to a return takes first."""

from __future__ import annotations

from functools import cache

from django.db import connection

from apps.collection.models import Period, Submission
from apps.core.rows import columns, read
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
    with connection.cursor() as cursor:
        cursor.execute(_statement(), [period.pk, organisation.pk])
        row = cursor.fetchone()
    found = None if row is None else read(Submission, row)[0]
    if found is not None:
        found.period, found.organisation = period, organisation
    return found


@cache
def _statement() -> str:
    return f"""SELECT {columns(Submission, "s")} FROM collection_submission s
        WHERE s.period_id = %s AND s.organisation_id = %s FOR UPDATE"""  # noqa: S608  # nosec B608 - names of columns
