"""Would PostgreSQL partitions by plan year help? Tried on copies in the shape of the table of values.

    python -m benchmarks.partitions [--schools 1500] [--years 3] [--write docs/scaling.md]

Both copies hold the same rows with the same indexes; one is partitioned by the year, a column of its
own there, as PostgreSQL wants it in every unique key. Milliseconds are processor time of the connection.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks import place
from benchmarks.clockwork import measured

DATABASE = "bench_partitions"
BEGIN, END = "<!-- partitions: begin -->", "<!-- partitions: end -->"
FIRST_YEAR, ELEMENTS, SHARE_OF_DISTRICT = 2025, 100, 150
COLUMNS = """id bigint NOT NULL, submission_id bigint NOT NULL, element_id bigint NOT NULL,
    stage varchar(20) NOT NULL, number numeric(20, 4), note text NOT NULL, is_open boolean NOT NULL,
    version integer NOT NULL, updated_by_id bigint NOT NULL, updated_at timestamptz NOT NULL,
    accepted_number numeric(20, 4), accepted_text text NOT NULL, accepted_not_applicable boolean NOT NULL,
    accepted_at timestamptz, accepted_by_id bigint, year smallint NOT NULL"""
INDEXES = (
    "(submission_id)",
    "(element_id)",
    "(updated_by_id)",
    "(accepted_by_id)",
    "(element_id, submission_id) INCLUDE (stage, accepted_number, accepted_not_applicable)"
    " WHERE accepted_at IS NOT NULL",
)
TABLES = {"plain": "", "parted": "PARTITION BY LIST (year)"}
AGAIN = 5
Row = tuple[str, str, str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schools", type=int, default=1500)
    parser.add_argument("--years", type=int, default=3)
    parser.add_argument("--write", type=Path, help="put the table into this file, between its marks")
    options = parser.parse_args()
    years = range(FIRST_YEAR, FIRST_YEAR + options.years)
    with place.servers():
        with place.cursor() as server:
            server.execute(f'DROP DATABASE IF EXISTS "{DATABASE}" WITH (FORCE)')
            server.execute(f'CREATE DATABASE "{DATABASE}"')
        with place.cursor(DATABASE) as cursor:
            fill(cursor, options.schools, years)
            rows = list(found(cursor, options.schools, years))
        with place.cursor() as server:
            server.execute(f'DROP DATABASE "{DATABASE}" WITH (FORCE)')
    text = table(rows, options.schools, years)
    print(text)
    if options.write:
        old = options.write.read_text(encoding="utf-8")
        marked = f"{BEGIN}\n{text}\n{END}"
        new = re.sub(f"{BEGIN}.*{END}", lambda _: marked, old, flags=re.DOTALL)
        options.write.write_text(new, encoding="utf-8")


def table(rows: Sequence[Row], schools: int, years: range) -> str:
    """The table as Markdown, with date, command and size."""
    head = (
        f"{dt.datetime.now().astimezone().date()}, `python -m benchmarks.partitions`: {len(years)} years of"
    )
    head += f" {schools * 4 * ELEMENTS:,} values, PostgreSQL 18, everything in memory."
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([head, "", "| | One table | Partitioned by year |", "|---|--:|--:|", *lines])


def fill(cursor: Any, schools: int, years: range) -> None:
    """Returns and values: the same rows into both copies, indexes afterwards."""
    cursor.execute(
        "CREATE TABLE submission (id bigint PRIMARY KEY, organisation_id int, period_id int, year smallint)"
    )
    for year in years:
        cursor.execute(
            """INSERT INTO submission SELECT %s::bigint * 1000000 + school * 4 + quarter, school,
            %s * 4 + quarter, %s FROM generate_series(1, %s) school, generate_series(0, 3) quarter""",
            [year, year, year, schools],
        )
    cursor.execute("CREATE INDEX ON submission (period_id); ANALYZE submission")
    for name, parts in TABLES.items():
        cursor.execute(f"CREATE TABLE {name} ({COLUMNS}) {parts}")
        for year in years if parts else ():
            cursor.execute(f"CREATE TABLE {name}_{year} PARTITION OF {name} FOR VALUES IN ({year})")
        for year in years:
            cursor.execute(_values(name), [ELEMENTS, year])
        _index(cursor, name)
    cursor.execute("VACUUM (ANALYZE)")


def _values(name: str) -> str:
    return f"""INSERT INTO {name} SELECT s.id * 1000 + e, s.id, e, 'whole', s.organisation_id + e, '', FALSE,
        1,
        s.organisation_id %% 3000, now(), s.organisation_id + e, '', FALSE, now(),
        s.organisation_id %% 20, s.year
        FROM submission s, generate_series(1, %s) e WHERE s.year = %s ORDER BY s.id, e"""  # nosec B608


def _index(cursor: Any, name: str) -> None:
    """As the product has it; a partitioned table wants the year in what is unique."""
    more = ", year" if TABLES[name] else ""
    cursor.execute(f"ALTER TABLE {name} ADD PRIMARY KEY (id{more})")
    cursor.execute(f"ALTER TABLE {name} ADD UNIQUE (submission_id, element_id, stage{more})")
    for index in INDEXES:
        cursor.execute(f"CREATE INDEX ON {name} {index}")


def found(cursor: Any, schools: int, years: range) -> Iterator[Row]:
    """What is compared, in the order of the table; detaching and deleting come last."""
    last, first = years[-1], years[0]
    cursor.execute("SET max_parallel_workers_per_gather = 0")
    district = list(range(1, min(schools, SHARE_OF_DISTRICT) + 1))
    for label, sql, parameters in (
        (
            "one acceptance: ten facts of a district's schools in a quarter",
            ACCEPTANCE,
            [last * 4, district],
        ),
        ("rebuild: every accepted fact of a year, by fact and quarter", REBUILD, [last]),
    ):
        plain = _asked(cursor, sql.format(table="plain", year=""), parameters)
        unnamed = _asked(cursor, sql.format(table="parted", year=""), parameters)
        named = _asked(cursor, sql.format(table="parted", year=f"AND v.year = {last}"), parameters)
        yield label, plain, f"{named}; {unnamed} where the statement does not name the year"
    yield "all indexes", _size(cursor, ["plain"]), _size(cursor, [f"parted_{year}" for year in years])
    yield "indexes that a year's work touches", _size(cursor, ["plain"]), _size(cursor, [f"parted_{last}"])
    plain = _done(
        cursor,
        f"DELETE FROM plain v USING submission s WHERE s.id = v.submission_id AND s.year = {first}",  # nosec B608
        "VACUUM plain",
    )
    parted = _done(cursor, f"ALTER TABLE parted DETACH PARTITION parted_{first}")
    yield "taking the oldest year out (log written)", f"{plain}, with its vacuum", parted
    left = [f"parted_{year}" for year in years[1:]]
    yield "all indexes afterwards", _size(cursor, ["plain"]), _size(cursor, left)


ACCEPTANCE = """SELECT v.element_id, sum(v.accepted_number) FROM submission s
    JOIN {table} v ON v.submission_id = s.id AND v.accepted_at IS NOT NULL {year}
    WHERE s.period_id = %s AND s.organisation_id = ANY(%s) AND v.element_id BETWEEN 40 AND 49 GROUP BY 1"""
REBUILD = """SELECT v.element_id, s.period_id, count(*), sum(v.accepted_number) FROM submission s
    JOIN {table} v ON v.submission_id = s.id AND v.accepted_at IS NOT NULL {year}
    WHERE s.year = %s GROUP BY 1, 2"""


def _asked(cursor: Any, statement: str, parameters: list[Any]) -> str:
    """Processor milliseconds of the connection, the median of five warm runs."""
    cursor.execute(statement, parameters)
    times = []
    for _again in range(AGAIN):
        with measured(cursor.connection.info.backend_pid) as work:
            cursor.execute(statement, parameters)
        times.append(work.processor)
    return f"{sorted(times)[AGAIN // 2] * 1000:.0f} ms"


def _done(cursor: Any, *statements: str) -> str:
    """Wall seconds and the log that is written, which a replica and every backup of the log get as well."""
    cursor.execute("SELECT pg_current_wal_lsn()")
    before = cursor.fetchone()[0]
    with measured(cursor.connection.info.backend_pid) as work:
        for statement in statements:
            cursor.execute(statement)
    cursor.execute("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), %s)", [before])
    return f"{work.wall:.2f} s ({cursor.fetchone()[0] / 1_000_000:.1f} MB)"


def _size(cursor: Any, tables: list[str]) -> str:
    cursor.execute("SELECT sum(pg_indexes_size(one::regclass)) FROM unnest(%s) one", [tables])
    return f"{cursor.fetchone()[0] / 1_000_000:.0f} MB"


if __name__ == "__main__":
    main()
