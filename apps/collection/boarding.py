"""Who owes what in which area of a quarter, and how far it is: one cell for each organisation × area."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from apps.collection.duties import DUTIES
from apps.collection.enums import DataState
from apps.collection.models import Period
from apps.collection.status import data_state
from apps.core.reading import connection_for_reading

# Only facts that are asked now count, on either side of the share: what was withdrawn is in neither.
STATEMENT = f"""{DUTIES},
    owed AS (
        SELECT DISTINCT d.organisation_id, i.area_id, d.element_id, d.stage
        FROM duties d
        JOIN plans_indicator i ON i.id = d.indicator_id
        JOIN collection_assignment a ON a.period_id = d.period_id AND a.organisation_id = d.organisation_id
         AND a.element_id = d.element_id AND a.stage = d.stage AND a.withdrawn_on IS NULL
        WHERE %(office)s::bigint IS NULL OR d.office_id = %(office)s
    )
    SELECT owed.organisation_id, owed.area_id, s.status, count(*),
           count(*) FILTER (WHERE v.is_open),
           count(*) FILTER (WHERE NOT v.is_open AND v.accepted_at IS NOT NULL
                            AND v.accepted_number IS NOT DISTINCT FROM v.number
                            AND v.accepted_date IS NOT DISTINCT FROM v.date
                            AND v.accepted_text = v.text
                            AND v.accepted_not_applicable = v.not_applicable)
    FROM owed
    LEFT JOIN collection_submission s ON s.organisation_id = owed.organisation_id AND s.period_id = %(period)s
    LEFT JOIN collection_datavalue v ON v.submission_id = s.id AND v.element_id = owed.element_id
     AND v.stage = owed.stage
    GROUP BY owed.organisation_id, owed.area_id, s.status
"""  # noqa: S608 - constant text  # nosec B608


@dataclass(frozen=True)
class Part:
    """What one organisation owes in one area: facts asked, sent back, and accepted as they stand."""

    organisation_id: int
    area_id: int
    status: str | None
    n_owed: int
    n_open: int
    n_accepted: int

    def state(self, period: Period, today: dt.date, *, due_on: dt.date | None = None) -> DataState:
        """Return the state of this part; it may be accepted while the rest of the return still waits."""
        whole = data_state(assigned=True, status=self.status, period=period, today=today, due_on=due_on)
        if whole not in (DataState.WAITING, DataState.RETURNED):
            return whole
        if self.n_open:
            return DataState.RETURNED
        return DataState.ACCEPTED if self.n_accepted == self.n_owed else DataState.WAITING


def parts_of_period(period: Period, *, office_id: int | None = None) -> list[Part]:
    """Return every part of a period that somebody owes (one query).

    Args:
        office_id: only facts of indicators that this office leads.
    """
    parameters: dict[str, Any] = {
        "plan": period.plan_id,
        "only_periods": [period.pk],
        "organisations": None,
        "period": period.pk,
        "office": office_id,
    }
    with connection_for_reading().cursor() as cursor:
        cursor.execute(STATEMENT, parameters)
        return [Part(*row) for row in cursor.fetchall()]
