"""The one statement that recomputes an indicator: every wanted quarter and slice of the regions of one level.

facts     one row per quarter × organisation × stage that owes them: all accepted? one not applicable?
amounts   those rows for each wanted quarter, with the formulas' amounts and the school's attributes
units     one row per unit and wanted quarter: of a stock one fact row, of a flow one per due quarter
pieces    units added up by region and slice, the children's results, the plan region's own empty row
produced  pieces added up; written where different, and what is no longer produced is removed
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from apps.rollups.definitions import Definition
from apps.rollups.sql_results import add_produced, add_writing
from apps.rollups.sql_text import Text
from apps.rollups.sql_units import add_units


@dataclass(frozen=True)
class Wanted:
    """A quarter to compute, its as-of period (None before the first due one) and the periods summed."""

    period_id: int
    as_of_id: int | None = None
    as_of_ends: dt.date | None = None
    threshold: Decimal | None = None
    source_ids: tuple[int, ...] = ()


def refresh_statement(
    definition: Definition,
    *,
    wanted: Sequence[Wanted],
    plan_id: int,
    plan_region_id: int,
    region_ids: Sequence[int],
    computed_at: dt.datetime,
) -> tuple[str, list[Any]]:
    """Return the statement for one indicator and the regions of one level; it yields (written, removed).

    The regions below must have been refreshed before: their results are added, not their schools.
    """
    text = Text()
    add_wanted(text, wanted)
    for number, part in enumerate(definition.parts):
        add_units(text, definition, part, number, region_ids)
    add_produced(text, definition, region_ids, plan_region_id)
    add_writing(text, definition.indicator.pk, plan_id, region_ids, computed_at)
    return text.sql, text.params


def add_wanted(text: Text, wanted: Sequence[Wanted]) -> None:
    """Begin a statement with the steps `wanted` and `sources`, which `sql_units` reads."""
    text.add(
        """WITH wanted (period_id, as_of_id, as_of_ends, threshold) AS (
            SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::date[], %s::numeric[])),
        sources (period_id, source_id) AS (SELECT * FROM unnest(%s::bigint[], %s::bigint[]))""",
        [row.period_id for row in wanted],
        [row.as_of_id for row in wanted],
        [row.as_of_ends for row in wanted],
        [row.threshold for row in wanted],
        [row.period_id for row in wanted for _ in row.source_ids],
        [source for row in wanted for source in row.source_ids],
    )
