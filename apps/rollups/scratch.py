"""The scratch tables of a refresh: what all its indicators share, gone with its transaction.

Temporary tables live as long as their connection, their rows as long as the transaction; a second refresh in
the same transaction (a preview) begins by emptying them.
"""

# ruff: noqa: S608 - names of our own

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from apps.rollups.sql_facts import FACT_COLUMNS, SCHOOL_COLUMNS, add_facts, add_schools
from apps.rollups.sql_results import TYPES
from apps.rollups.sql_text import Text
from apps.rollups.sql_units import Wanted

WANTED_COLUMNS = {
    "indicator_id": "bigint",
    "period_id": "bigint",
    "as_of_id": "bigint",
    "threshold": "numeric",
}
PIECE_COLUMNS = {
    **dict.fromkeys(("indicator_id", "period_id", "region_id"), "bigint"),
    **dict.fromkeys(("slice_kind", "slice_value"), "text"),
    **{name: "bigint" if kind == "integer" else "numeric" for name, kind in TYPES.items()},
}
TABLES = {
    "rollup_school": SCHOOL_COLUMNS,
    "rollup_fact": FACT_COLUMNS,
    "rollup_wanted": WANTED_COLUMNS,
    "rollup_piece": PIECE_COLUMNS,
}


def prepare(cursor: Any) -> None:
    """Have the tables, empty."""
    # Compiling a long statement takes longer than running it.
    made = ["SET LOCAL jit = off", "SET LOCAL client_min_messages = warning"]
    for name, columns in TABLES.items():
        text = ", ".join(f"{column} {kind}" for column, kind in columns.items())
        made.append(f"CREATE TEMPORARY TABLE IF NOT EXISTS {name} ({text}) ON COMMIT DELETE ROWS")
        made.append(f"DELETE FROM {name}")  # nosec B608
    made.append("CREATE INDEX IF NOT EXISTS rollup_fact_element ON rollup_fact (element_id)")
    cursor.execute(";".join(made))


def fill_schools(cursor: Any, region_ids: Collection[int], period_ids: Collection[int]) -> int:
    """Return how many organisations × quarters there are."""
    text = Text().add("INSERT INTO rollup_school")
    add_schools(text, sorted(region_ids), sorted(period_ids))
    cursor.execute(text.sql, text.params)
    count: int = cursor.rowcount
    cursor.execute("ANALYZE rollup_school")
    return count


def fill_facts(cursor: Any, element_ids: Sequence[int], period_ids: Collection[int]) -> None:
    text = Text().add("INSERT INTO rollup_fact")
    add_facts(text, element_ids, sorted(period_ids))
    cursor.execute(text.sql, text.params)
    cursor.execute("ANALYZE rollup_fact")


def count_pieces(cursor: Any) -> None:
    """Let PostgreSQL know how many there are: tables it knows nothing of are joined row by row."""
    cursor.execute("ANALYZE rollup_wanted, rollup_piece")


def fill_wanted(cursor: Any, wanted: Iterable[tuple[int, Wanted]]) -> None:
    rows = [(pk, row.period_id, row.as_of_id, row.threshold) for pk, row in wanted]
    columns = [list(column) for column in zip(*rows, strict=True)]
    cursor.execute(
        """INSERT INTO rollup_wanted
        SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::numeric[])""",
        columns,
    )
