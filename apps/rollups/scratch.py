"""The scratch tables of a refresh: what all its indicators share, gone with its transaction.

Temporary tables live as long as their connection, their rows as long as the transaction; a second refresh in
the same transaction (a preview) begins by emptying them.
"""

# ruff: noqa: S608 - names of our own

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from apps.core import prepared
from apps.rollups.sql_facts import FACT_COLUMNS, SCHOOL_COLUMNS, add_facts_of_few, add_schools
from apps.rollups.sql_results import TYPES
from apps.rollups.sql_text import Text
from apps.rollups.sql_units import Wanted

WANTED_COLUMNS = {
    "indicator_id": "bigint",
    "period_id": "bigint",
    "as_of_id": "bigint",
    "threshold": "numeric",
}
NAMED = ("indicator_id", "period_id", "slice_kind", "slice_value")
PIECE_COLUMNS = {
    **dict.fromkeys(("indicator_id", "period_id", "region_id"), "bigint"),
    **dict.fromkeys(("slice_kind", "slice_value"), "text"),
    **{name: "bigint" if kind == "integer" else "numeric" for name, kind in TYPES.items()},
}
MOVED_COLUMNS = {name: kind for name, kind in PIECE_COLUMNS.items() if name in NAMED}
TABLES = {
    "rollup_school": SCHOOL_COLUMNS,
    "rollup_fact": FACT_COLUMNS,
    "rollup_wanted": WANTED_COLUMNS,
    "rollup_piece": PIECE_COLUMNS,
    "rollup_moved": MOVED_COLUMNS,
}


def prepare(cursor: Any) -> None:
    """Have the tables, empty. They have no index: to empty one makes PostgreSQL plan anew what reads it."""
    # Compiling a long statement takes longer than running it; a plan for any region is as good as for one.
    made = [
        "SET LOCAL jit = off",
        "SET LOCAL client_min_messages = warning",
        "SET LOCAL plan_cache_mode = force_generic_plan",
    ]
    for name, columns in TABLES.items():
        text = ", ".join(f"{column} {kind}" for column, kind in columns.items())
        made.append(f"CREATE TEMPORARY TABLE IF NOT EXISTS {name} ({text}) ON COMMIT DELETE ROWS")
        made.append(f"DELETE FROM {name}")  # nosec B608
    cursor.execute(";".join(made))


def fill_wanted(cursor: Any, wanted: Iterable[tuple[int, Wanted]]) -> None:
    rows = [(pk, row.period_id, row.as_of_id, row.threshold) for pk, row in wanted]
    columns = [list(column) for column in zip(*rows, strict=True)]
    cursor.execute(
        """INSERT INTO rollup_wanted
        SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::numeric[])""",
        columns,
    )


def fill_schools(cursor: Any, region_ids: Collection[int], period_ids: Collection[int]) -> int:
    """Return how many organisations × quarters there are."""
    # A district's are looked up; a table of few schools would be read through for each of them.
    text = Text().add("SET LOCAL enable_seqscan = off; INSERT INTO rollup_school")
    add_schools(text, sorted(region_ids), sorted(period_ids))
    cursor.execute(text.sql, text.params)
    count: int = cursor.rowcount
    return count


def fill_facts(cursor: Any, needed: Collection[tuple[int, int]]) -> None:
    """Fill in what few schools were asked: (period, element) pairs."""
    text = Text().add("INSERT INTO rollup_fact")
    add_facts_of_few(text, sorted(needed))
    look_up(cursor, text.sql, text.params)


def look_up(cursor: Any, sql: str, params: list[Any]) -> None:
    """Run a statement that looks rows up by keys, also if its plan is made while a table is empty."""
    prepared.execute_all(cursor, [(sql, params)], before="SET LOCAL enable_seqscan = off")


def looked_up(cursor: Any) -> None:
    """Leave the transaction's other statements to plan as they like."""
    cursor.execute("SET LOCAL enable_seqscan = on")


def add_up(cursor: Any, statements: list[prepared.Statement]) -> None:
    """Run statements over the tables in one go, never row by row, which suits one school, not a hundred."""
    prepared.execute_all(
        cursor, statements, before="SET LOCAL enable_nestloop = off", after="SET LOCAL enable_nestloop = on"
    )


def know_sizes(cursor: Any, *names: str) -> None:
    """Let PostgreSQL know how much there is: large tables it knows nothing of are joined row by row."""
    cursor.execute(f"ANALYZE {', '.join(names)}")
