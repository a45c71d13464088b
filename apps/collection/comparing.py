"""A school's figures against the middle half of schools of its type, once its return is handed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from apps.collection.fact_rows import FactRow
from apps.collection.facts import FactValue, shown_text
from apps.collection.keys import Key
from apps.collection.models import Submission
from apps.collection.slots import FIGURES
from apps.plans.enums import Privacy

# Fewer others would show single schools.
FEWEST_OTHERS = 8

# What the other schools of the type have handed in for the very quarter.
QUARTILES = """
    WITH own AS (
      SELECT school_type FROM organisations_schoolprofile
      WHERE organisation_id = %(organisation)s AND valid_from <= %(on)s
        AND (valid_to IS NULL OR valid_to > %(on)s)
    ), handed_in AS (
      SELECT DISTINCT ON (v.id) v.element_id, v.stage, r.number
      FROM collection_datavaluerevision r
      JOIN collection_datavalue v ON v.id = r.value_id
      JOIN collection_submission s ON s.id = v.submission_id
      JOIN organisations_organisation o ON o.id = s.organisation_id
      JOIN organisations_schoolprofile p ON p.organisation_id = o.id
      WHERE s.period_id = %(period)s AND s.organisation_id <> %(organisation)s
        AND o.region_id = %(region)s AND p.school_type = (SELECT school_type FROM own)
        AND p.valid_from <= %(on)s AND (p.valid_to IS NULL OR p.valid_to > %(on)s)
        AND v.element_id = ANY(%(elements)s)
      ORDER BY v.id, r.number_in_order DESC
    )
    SELECT element_id, stage, count(*), percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY number)
    FROM handed_in WHERE number IS NOT NULL
    GROUP BY element_id, stage HAVING count(*) >= %(fewest)s
"""


@dataclass(frozen=True)
class Comparison:
    """One fact: the school's figure, and between which two figures the middle half of the others lies."""

    row: FactRow
    count: int
    low: Decimal
    middle: Decimal
    high: Decimal

    @property
    def low_text(self) -> str:
        return self._text(self.low)

    @property
    def middle_text(self) -> str:
        return self._text(self.middle)

    @property
    def high_text(self) -> str:
        return self._text(self.high)

    @property
    def place(self) -> str:
        """Where the figure lies: `below`, `inside` or `above` the middle half."""
        number = self.row.value.number
        assert number is not None
        return "below" if number < self.low else "above" if number > self.high else "inside"

    def _text(self, number: Decimal) -> str:
        return shown_text(self.row.slot.element, FactValue(number=number), unit=False)


def comparisons(submission: Submission, rows: Sequence[FactRow]) -> list[Comparison]:
    """Return the figures of a school that can be compared (1 query); of an office none."""
    open_rows = {
        row.slot.key: row
        for row in rows
        if row.slot.element.privacy == Privacy.AGGREGATE
        and row.slot.element.value_type in FIGURES
        and row.value.number is not None
    }
    if not submission.organisation.is_school or not open_rows:
        return []
    parameters: dict[str, object] = {
        "organisation": submission.organisation_id,
        "region": submission.organisation.region_id,
        "period": submission.period_id,
        "on": submission.period.ends_on,
        "elements": sorted({element for element, _stage in open_rows}),
        "fewest": FEWEST_OTHERS,
    }
    with connection.cursor() as cursor:
        cursor.execute(QUARTILES, parameters)  # type: ignore[arg-type]
        found: dict[Key, tuple[int, list[float]]] = {
            (element, stage): (count, shares) for element, stage, count, shares in cursor.fetchall()
        }
    return [_comparison(row, *found[key]) for key, row in open_rows.items() if key in found]


def _comparison(row: FactRow, count: int, quartiles: list[float]) -> Comparison:
    """Quartiles between two schools' figures are told with one decimal more than the figures have."""
    places = row.slot.element.decimals + 1
    low, middle, high = (Decimal(str(round(number, places))) for number in quartiles)
    return Comparison(row, count, low, middle, high)
