"""The return of an organisation for a period, read with one statement that is planned once."""

from __future__ import annotations

from functools import cache

from django.db import connection

from apps.collection.models import Period, Submission
from apps.core import prepared
from apps.core.rows import columns, read
from apps.organisations.models import Organisation


def return_of(period: Period, organisation: Organisation, *, is_locked: bool = False) -> Submission | None:
    """Return the organisation's return of the period, None where none was begun (1 query).

    Args:
        is_locked: lock it until the transaction ends, as whoever writes to it does.
    """
    with connection.cursor() as cursor:
        prepared.execute(cursor, _return(is_locked), [period.pk, organisation.pk])
        row = cursor.fetchone()
    found = None if row is None else read(Submission, row)[0]
    if found is not None:
        found.period, found.organisation = period, organisation
    return found


@cache
def _return(is_locked: bool) -> str:
    return f"""SELECT {columns(Submission, "s")} FROM collection_submission s
        WHERE s.period_id = %s AND s.organisation_id = %s{" FOR UPDATE" if is_locked else ""}"""  # noqa: S608  # nosec B608 - names of columns
