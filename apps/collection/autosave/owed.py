"""Some facts of one return as they are written now and counted before, whatever else the form asks.

As `collection.slots` reads the whole form, of which these are a part; its statements are made once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

from django.db import connection

from apps.accounts.models import User
from apps.collection.facts import accepted_of
from apps.collection.keys import Key
from apps.collection.models import DataValue, Period, Submission
from apps.collection.slots import Previous
from apps.core import prepared
from apps.core.rows import columns, read
from apps.plans.models import AnnualPlan

Written = dict[Key, DataValue | None]


@cache
def _written() -> str:
    return f"""SELECT a.element_id, a.stage, u.id, u.name, {columns(DataValue, "v")}
        FROM collection_assignment a
        LEFT JOIN collection_datavalue v ON v.submission_id = %s AND v.element_id = a.element_id
          AND v.stage = a.stage
        LEFT JOIN accounts_user u ON u.id = v.updated_by_id
        JOIN plans_dataelement e ON e.id = a.element_id
        WHERE a.period_id = %s AND a.organisation_id = %s AND a.element_id = ANY(%s)
          AND a.withdrawn_on IS NULL
        ORDER BY e.position, e.code, a.stage"""  # noqa: S608  # nosec B608 - names of columns


def written_of(submission: Submission, elements: Collection[int]) -> Written:
    """Return what is written at the owed facts of some elements, None where nothing is yet (1 query)."""
    asked: list[Any] = [submission.pk, submission.period_id, submission.organisation_id, list(elements)]
    found: Written = {}
    with connection.cursor() as cursor:
        prepared.execute(cursor, _written(), asked)
        for row in cursor.fetchall():
            value, _end = read(DataValue, row, 4)
            if value is not None:
                value.updated_by = User.from_db(connection.alias, ["id", "name"], row[2:4])
            found[row[0], row[1]] = value
    return found


@cache
def _counted() -> str:
    return f"""SELECT {columns(Period, "q")}, {columns(AnnualPlan, "p")}, {columns(DataValue, "v")}
        FROM collection_datavalue v
        JOIN collection_submission s ON s.id = v.submission_id
        JOIN collection_period q ON q.id = s.period_id
        JOIN plans_annualplan p ON p.id = q.plan_id
        WHERE s.organisation_id = %s AND v.element_id = ANY(%s) AND v.accepted_at IS NOT NULL
          AND p.region_id = %s AND (q.ends_on < %s OR (p.year = %s AND q.quarter = %s))
        ORDER BY q.ends_on DESC"""  # noqa: S608  # nosec B608 - names of columns


def counted_before(
    submission: Submission, elements: Collection[int]
) -> tuple[Mapping[Key, Previous], Mapping[Key, Previous]]:
    """Return what counted last before this period, and in the same quarter a year ago (1 query)."""
    period = submission.period
    year = period.plan.year - 1
    whose = [submission.organisation_id, list(elements), period.plan.region_id]
    asked: list[Any] = [*whose, period.ends_on, year, period.quarter]
    previous: dict[Key, Previous] = {}
    last_year: dict[Key, Previous] = {}
    with connection.cursor() as cursor:
        prepared.execute(cursor, _counted(), asked)
        for row in cursor.fetchall():
            then, after_period = read(Period, row)
            plan, after_plan = read(AnnualPlan, row, after_period)
            assert plan is not None
            value, _end = read(DataValue, row, after_plan)
            accepted = accepted_of(value)
            assert then is not None
            assert value is not None
            assert accepted is not None
            then.plan = plan
            key = (value.element_id, value.stage)
            if then.ends_on < period.ends_on:
                previous.setdefault(key, Previous(accepted, then))
            if (plan.year, then.quarter) == (year, period.quarter):
                last_year.setdefault(key, Previous(accepted, then))
    return previous, last_year
