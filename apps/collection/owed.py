"""The facts an organisation owes for a period as they are written now, and what counted before.

All of them, or some. The statements are planned once for each connection and read no more than is told: of an
earlier plan its year, not its text.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection

from apps.accounts.models import User
from apps.collection.facts import FactValue
from apps.collection.keys import Key
from apps.collection.models import DataValue, Period, Submission
from apps.core import prepared
from apps.core.rows import columns, read
from apps.organisations.models import Organisation
from apps.plans.models import AnnualPlan

Written = dict[Key, DataValue | None]


@dataclass(frozen=True)
class Previous:
    """A value that was accepted for another period, and for which; of its plan only the year is read."""

    value: FactValue
    period: Period


Counted = Mapping[Key, Previous]


@cache
def _written(*, of_some: bool) -> str:
    some = "AND a.element_id = ANY(%s)" if of_some else ""
    return f"""SELECT a.element_id, a.stage, u.id, u.name, {columns(DataValue, "v")}
        FROM collection_assignment a
        LEFT JOIN collection_datavalue v ON v.submission_id = %s AND v.element_id = a.element_id
          AND v.stage = a.stage
        LEFT JOIN accounts_user u ON u.id = v.updated_by_id
        JOIN plans_dataelement e ON e.id = a.element_id
        WHERE a.period_id = %s AND a.organisation_id = %s {some}
          AND a.withdrawn_on IS NULL
        ORDER BY e.position, e.code, a.stage"""  # noqa: S608  # nosec B608 - names of columns


def written_of(
    submission: Submission | None,
    period: Period,
    organisation: Organisation,
    elements: Collection[int] | None = None,
) -> Written:
    """Return what is written at the owed facts, of some elements alone if told so (1 query).

    In the order of the form; None where nothing is written yet.
    """
    asked: list[Any] = [submission.pk if submission else None, period.pk, organisation.pk]
    asked += [] if elements is None else [list(elements)]
    found: Written = {}
    people: dict[int, User] = {}
    with connection.cursor() as cursor:
        prepared.execute(cursor, _written(of_some=elements is not None), asked)
        for row in cursor.fetchall():
            value, _end = read(DataValue, row, 4)
            if value is not None:
                if row[2] not in people:
                    people[row[2]] = User.from_db(connection.alias, ["id", "name"], row[2:4])
                value.updated_by = people[row[2]]
            found[row[0], row[1]] = value
    return found


@cache
def _counted(*, of_some: bool) -> str:
    """Of each fact the latest value before the period, and that of the same quarter a year ago."""
    some = "AND v.element_id = ANY(%s)" if of_some else ""
    return f"""SELECT DISTINCT ON (v.element_id, v.stage, is_a_year_ago)
            v.element_id, v.stage, v.accepted_number, v.accepted_date, v.accepted_text,
            v.accepted_not_applicable, p.year = %s AND q.quarter = %s AS is_a_year_ago,
            p.id, p.region_id, p.year, {columns(Period, "q")}
        FROM collection_datavalue v
        JOIN collection_submission s ON s.id = v.submission_id
        JOIN collection_period q ON q.id = s.period_id
        JOIN plans_annualplan p ON p.id = q.plan_id
        WHERE s.organisation_id = %s AND p.region_id = %s AND v.accepted_at IS NOT NULL
          AND (q.ends_on < %s OR (p.year = %s AND q.quarter = %s)) {some}
        ORDER BY v.element_id, v.stage, is_a_year_ago, q.ends_on DESC"""  # noqa: S608  # nosec B608 - names of columns


def counted_before(
    period: Period, organisation: Organisation, elements: Collection[int] | None = None
) -> tuple[Counted, Counted]:
    """Return what counted last before this period, and in the same quarter a year ago (1 query)."""
    ago = [period.plan.year - 1, period.quarter]
    asked: list[Any] = [*ago, organisation.pk, period.plan.region_id, period.ends_on, *ago]
    asked += [] if elements is None else [list(elements)]
    previous: dict[Key, Previous] = {}
    last_year: dict[Key, Previous] = {}
    periods: dict[int, Period] = {}
    with connection.cursor() as cursor:
        prepared.execute(cursor, _counted(of_some=elements is not None), asked)
        for row in cursor.fetchall():
            key, value, is_a_year_ago = (row[0], row[1]), FactValue(*row[2:6]), row[6]
            then = periods.get(row[10]) or periods.setdefault(row[10], _period(row))
            found = Previous(value, then)
            if is_a_year_ago:
                last_year[key] = found
            if then.ends_on < period.ends_on:
                previous[key] = max(previous.get(key, found), found, key=_ends_on)
    return previous, last_year


def _ends_on(previous: Previous) -> Any:
    return previous.period.ends_on


def _period(row: Sequence[Any]) -> Period:
    """Return the period of a row of `_counted`, with its plan."""
    then, _end = read(Period, row, 10)
    assert then is not None
    then.plan = AnnualPlan.from_db(connection.alias, ["id", "region_id", "year"], row[7:10])
    return then
