"""Fills a district, a city or a province of demonstration schools: python -m benchmarks.generator SIZE …

The plan, its areas, formulas and targets are the published ones; every school is asked the same hundred
facts in each quarter, so that sizes can be compared. Values come by COPY, in blocks that repeat after
VARIANTS schools.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from random import Random
from typing import Any

from benchmarks import place
from benchmarks.copying import copy, lines, unaudited, without_indexes
from benchmarks.sizes import ELEMENTS, QUARTERS, SIZES, School, Size, schools

VARIANTS = 64
TEMPLATE = "bench_template"
VALUES = "collection_datavalue"
ASSIGNMENTS = "collection_assignment"
MOMENT = "2025-12-20 10:00:00+08"
PASSWORD = "Lusong-2025"  # noqa: S105 - the demonstration's  # nosec B105


def generate(size: Size, *, again: bool = False) -> None:
    """Make the database of a size unless it is there; `again` makes it anew."""
    with place.cursor() as server:
        server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [size.database])
        if server.fetchone() and not again:
            return
        _template(server)
    started, unfinished = time.monotonic(), f"{size.database}_unfinished"
    with place.cursor() as server:
        server.execute(f'DROP DATABASE IF EXISTS "{unfinished}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{unfinished}" TEMPLATE {TEMPLATE}')
    with place.cursor(unfinished) as cursor:
        _fill(cursor, size)
    with place.cursor() as server:
        server.execute(f'DROP DATABASE IF EXISTS "{size.database}" WITH (FORCE)')
        server.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{size.database}"')
    print(f"{size.name}: {size.schools} schools in {time.monotonic() - started:.0f} s", flush=True)


def _template(server: Any) -> None:
    """The migrated database with plan, offices and people, which every size is copied from."""
    server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE])
    if server.fetchone():
        return
    unfinished = f"{TEMPLATE}_unfinished"
    server.execute(f'DROP DATABASE IF EXISTS "{unfinished}" WITH (FORCE)')
    server.execute(f'CREATE DATABASE "{unfinished}"')
    place.run("-m", "benchmarks.plan", database=unfinished)
    server.execute(f'ALTER DATABASE "{unfinished}" RENAME TO {TEMPLATE}')


def _fill(cursor: Any, size: Size) -> None:
    made = schools(size)
    with unaudited(cursor):
        districts = _regions(cursor, size)
        ids = _schools(cursor, made, districts)
        _people(cursor, made, ids)
        with without_indexes(cursor, ASSIGNMENTS, VALUES):
            _facts(cursor, made, ids)
    cursor.execute("VACUUM (ANALYZE)")


def _regions(cursor: Any, size: Size) -> list[int]:
    """Cities and districts of the plan's province; their codes are not those of real ones."""
    cursor.execute("SELECT id FROM organisations_region WHERE level = 'province'")
    (province,) = cursor.fetchone()

    def region(code: str, name: str, level: str, parent: int) -> int:
        cursor.execute(
            """INSERT INTO organisations_region (code, name, name_en, level, parent_id)
            VALUES (%s, %s, %s, %s, %s) RETURNING id""",
            [code, name, code, level, parent],
        )
        return cursor.fetchone()[0]

    cities = [
        region(f"99{number:02d}00", f"示例市{number}", "city", province) for number in range(size.cities)
    ]
    districts = [
        region(
            f"99{number // 10:02d}{number % 10 + 1:02d}", f"示例区{number}", "district", cities[number // 10]
        )
        for number in range(size.districts)
    ]
    cursor.execute(
        """INSERT INTO organisations_regionancestor (ancestor_id, descendant_id, distance)
        WITH RECURSIVE above AS (
            SELECT id, id AS ancestor, parent_id, 0 AS distance
                FROM organisations_region WHERE code LIKE '99%'
            UNION ALL SELECT a.id, r.id, r.parent_id, distance + 1
                FROM above a JOIN organisations_region r ON r.id = a.parent_id)
        SELECT ancestor, id, distance FROM above"""
    )
    return districts


def _schools(cursor: Any, made: list[School], districts: list[int]) -> dict[int, int]:
    copy(
        cursor,
        "organisations_organisation",
        ("kind", "region_id", "code", "name", "name_en", "sort_key", "opened_on", "is_demo"),
        lines(
            (
                "school",
                districts[one.district],
                one.code,
                f"示例学校{one.number}",
                "",
                one.code,
                "2010-09-01",
                "t",
            )
            for one in made
        ),
    )
    cursor.execute("SELECT code, id FROM organisations_organisation WHERE kind = 'school'")
    by_code = dict(cursor.fetchall())
    ids = {one.number: by_code[one.code] for one in made}
    copy(
        cursor,
        "organisations_schoolprofile",
        ("organisation_id", "name", "school_type", "type_code", "ownership", "setting", "valid_from"),
        lines(
            (
                ids[one.number],
                f"示例学校{one.number}",
                one.school_type,
                "",
                one.ownership,
                one.setting,
                "2010-09-01",
            )
            for one in made
        ),
    )
    copy(
        cursor,
        "organisations_schoolstage",
        ("organisation_id", "stage", "valid_from"),
        lines((ids[one.number], stage, "2010-09-01") for one in made for stage in one.stages),
    )
    return ids


def _people(cursor: Any, made: list[School], ids: dict[int, int]) -> None:
    """One reporter a school, in the region the bureau's people are of."""
    cursor.execute("SELECT region_id, password FROM accounts_user WHERE username = 'leader'")
    region, password = cursor.fetchone()
    columns = ("username", "name", "email", "role", "region_id", "organisation_id", "password")
    copy(
        cursor,
        "accounts_user",
        (*columns, "is_active", "must_change_password", "is_demo", "unread_notices", "created_at"),
        lines(
            (
                one.code,
                "示例填报员",
                "",
                "reporter",
                region,
                ids[one.number],
                password,
                "t",
                "f",
                "t",
                0,
                MOMENT,
            )
            for one in made
        ),
    )


def _facts(cursor: Any, made: list[School], ids: dict[int, int]) -> None:
    cursor.execute("SELECT quarter, id FROM collection_period")
    periods = dict(cursor.fetchall())
    cursor.execute(
        """SELECT id, per_stage, value_type, coalesce(minimum, 0), choices FROM plans_dataelement
        WHERE reporter = 'school' AND id IN (SELECT element_id FROM plans_indicatorelement)
        ORDER BY position, code"""
    )
    elements = cursor.fetchall()
    assert len(elements) == ELEMENTS, len(elements)
    cursor.execute("SELECT id FROM accounts_user WHERE username = 'admin'")
    (user,) = cursor.fetchone()
    _submissions(cursor, ids, periods, user)
    cursor.execute("SELECT period_id, organisation_id, id FROM collection_submission")
    submissions = {(period, school): pk for period, school, pk in cursor.fetchall()}
    copy(
        cursor,
        ASSIGNMENTS,
        ("period_id", "organisation_id", "element_id", "stage"),
        _assignment_blocks(made, ids, periods, elements),
    )
    copy(
        cursor,
        VALUES,
        (
            *("submission_id", "element_id", "stage", "number", "accepted_number", "text", "not_applicable"),
            *("reason", "typed", "is_open", "version", "updated_by_id", "updated_at", "accepted_text"),
            *("accepted_not_applicable", "accepted_at", "accepted_by_id", "source"),
        ),
        _value_blocks(made, ids, periods, elements, submissions, user),
    )


def _submissions(cursor: Any, ids: dict[int, int], periods: dict[int, int], user: int) -> None:
    copy(
        cursor,
        "collection_submission",
        (
            *("period_id", "organisation_id", "status", "version", "started_by_id", "started_at"),
            *("submitted_by_id", "submitted_at", "submitted_on", "accepted_at", "remark"),
        ),
        lines(
            (periods[q], pk, "accepted", 3, user, MOMENT, user, MOMENT, "2025-12-20", MOMENT, "")
            for pk in ids.values()
            for q in QUARTERS
        ),
    )


def _stages(one: School, per_stage: bool) -> tuple[str, ...]:
    return one.stages if per_stage else ("whole",)


def _assignment_blocks(made: list[School], ids: Any, periods: Any, elements: Any) -> Iterator[str]:
    blocks: dict[tuple[str, ...], str] = {}
    for one in made:
        if one.stages not in blocks:
            blocks[one.stages] = "".join(
                f"%(period)d\t%(school)d\t{element[0]}\t{stage}\n"
                for element in elements
                for stage in _stages(one, element[1])
            )
        for period in periods.values():
            yield blocks[one.stages] % {"period": period, "school": ids[one.number]}


def _value_blocks(
    made: list[School], ids: Any, periods: Any, elements: Any, submissions: Any, user: int
) -> Iterator[str]:
    """One fact in fifty is missing, one in a hundred does not apply."""
    blocks: dict[tuple[tuple[str, ...], int], str] = {}
    for one in made:
        key = (one.stages, one.number % VARIANTS)
        if key not in blocks:
            luck = Random(f"{key}")  # no secret  # nosec B311
            blocks[key] = "".join(
                _value_line(element, stage, luck, user)
                for element in elements
                for stage in _stages(one, element[1])
                if luck.random() > 0.02
            )
        for period in periods.values():
            yield blocks[key] % {"submission": submissions[period, ids[one.number]]}


def _value_line(element: Any, stage: str, luck: Random, user: int) -> str:
    pk, _, kind, minimum, choices = element
    excused = luck.random() < 0.01
    if choices:
        number: object = luck.choice(choices)["value"]
    elif kind == "boolean":
        number = luck.randint(0, 1)
    elif kind == "decimal":
        number = round(luck.uniform(1, 100), 1)
    else:
        number = int(minimum) + luck.randint(0, 400)
    if excused:
        number = "\\N"
    flag = "t" if excused else "f"
    reason = "示例" if excused else ""
    return (
        f"%(submission)d\t{pk}\t{stage}\t{number}\t{number}\t\t{flag}\t{reason}\t\tf\t1\t{user}\t{MOMENT}\t"
        f"\t{flag}\t{MOMENT}\t{user}\t\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="+", choices=list(SIZES))
    parser.add_argument("--again", action="store_true", help="make them anew")
    options = parser.parse_args()
    with place.servers():
        for name in options.sizes:
            generate(SIZES[name], again=options.again)


if __name__ == "__main__":
    main()
