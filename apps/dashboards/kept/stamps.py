"""What the pages show, as one short text that differs whenever any of it does (one query).

The version of a row in PostgreSQL changes with every change of the row and becomes visible with it, so
that a stamp is never ahead of the data or behind it. Only short tables are read, whose length does not depend
on the number of schools: plans with their generation, which stands for all results, the catalogue, measures,
findings, and what has been sent back. A school that changes asks for its results anew, and that is seen, too.
"""

# ruff: noqa: S608 - constant text

from __future__ import annotations

from typing import Any

from apps.accounts.enums import SCHOOL_ROLES
from apps.core.reading import alias, connection_for_reading

VERSION = "t.xmin || ',' || t.ctid"
"""Of a row; the second part tells two versions apart that one transaction has written."""
PLANS = """plans_annualplan t WHERE t.region_id IN (
    SELECT ancestor_id FROM organisations_regionancestor WHERE descendant_id = %(region)s
    UNION SELECT descendant_id FROM organisations_regionancestor WHERE ancestor_id = %(region)s)"""
SOURCES = (
    PLANS,
    "collection_submission t WHERE t.status IN ('returned', 'reopened')",
    "rollups_staleresult t WHERE NOT t.facts_only",
    "organisations_organisation t WHERE t.kind = 'office'",
    *(
        f"{table} t"
        for table in (
            "collection_period",
            "plans_baseline",
            "plans_dataelement",
            "plans_indicator",
            "plans_indicator_also_in",
            "plans_indicatorrevision",
            "plans_measure",
            "plans_measurestep",
            "plans_planpolicy",
            "plans_referenceline",
            "plans_target",
            "plans_targetrevision",
            "plans_targetschedule",
            "plans_taskarea",
            "rollups_evaluationfinding",
            "rollups_ruleconfirmation",
        )
    ),
)
# A login changes the row of an account, but nothing that others read of it.
PEOPLE = "accounts_user t WHERE t.role <> ALL(%(school_roles)s)"
OF_SCHOOL = (
    "organisations_organisation t WHERE t.id = %(school)s",
    *(
        f"{table} t WHERE t.organisation_id = %(school)s"
        for table in ("organisations_schoolprofile", "organisations_schoolstage", "collection_submission")
    ),
    "organisations_organisationevent t WHERE t.organisation_id = %(school)s OR t.successor_id = %(school)s",
)


MOST = 1000

_latest: dict[tuple[str, int, int | None], tuple[str, str]] = {}


def stamp_at(moment: str, *, region_id: int, school_id: int | None = None) -> str:
    """Return the stamp of what a reader of a region sees, of a school's own rows as well.

    It is not asked for again if nothing has become visible since this process last did (no query, else one).
    `moment` is what `clock.read` told at the beginning of the request; empty: ask.
    """
    key = (alias(), region_id, school_id)
    known, stamp = _latest.get(key, ("", ""))
    if moment and moment == known:
        return stamp
    seen, stamp = _asked(region_id, school_id)
    if len(_latest) >= MOST:
        _latest.clear()
    _latest[key] = (seen, stamp)
    return stamp


def _asked(region_id: int, school_id: int | None) -> tuple[str, str]:
    """The moment at which the database was asked, and what it says; both of one statement.

    A standby server cannot tell the moment: of what it says nothing is taken for granted.
    """
    sources = [(source, VERSION) for source in (*SOURCES, *(OF_SCHOOL if school_id else ()))]
    rows = " UNION ALL ".join(
        f"SELECT {place} AS place, count(*) AS n, sum(hashtextextended(t.id || ',' || {version}, 0)) AS rows"
        f" FROM {source}"  # nosec B608
        for place, (source, version) in enumerate([*sources, (PEOPLE, "t.name")])
    )
    parameters: dict[str, Any] = {
        "region": region_id,
        "school": school_id,
        "school_roles": sorted(SCHOOL_ROLES),
    }
    with connection_for_reading().cursor() as cursor:
        cursor.execute(
            "SELECT CASE WHEN pg_is_in_recovery() THEN '' ELSE pg_current_snapshot()::text END,"
            f" md5(string_agg(concat_ws(',', place, n, rows), ';' ORDER BY place)) FROM ({rows}) found",  # nosec B608
            parameters,
        )
        found: tuple[str, str] = cursor.fetchone()
    return found
