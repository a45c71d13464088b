"""How long facts take to fill in: noted coarsely, told as what is left in minutes."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import connection

from apps.collection.autosave.models import LONGEST_SECONDS, FillTime
from apps.collection.keys import Key
from apps.collection.models import Submission

# Before a fact was filled in often enough, this is what the page reckons with.
DEFAULT_SECONDS = 40
FEWEST_FILLS = 5

MEDIANS = """
    SELECT element_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds)
    FROM collection_filltime WHERE element_id = ANY(%s)
    GROUP BY element_id HAVING count(*) >= %s
"""


def fill_times_note(*, submission: Submission, seconds: Mapping[Key, int]) -> None:
    """Add the seconds that somebody was at some facts of a locked return; a long absence counts once."""
    spent = {key: number for key, number in seconds.items() if number > 0}
    if not spent:
        return
    before = {
        (row.element_id, row.stage): row.seconds
        for row in submission.fill_times.filter(element__in={element for element, _stage in spent})
    }
    rows = [
        FillTime(
            submission=submission,
            element_id=element,
            stage=stage,
            seconds=min(before.get((element, stage), 0) + number, LONGEST_SECONDS),
        )
        for (element, stage), number in spent.items()
    ]
    FillTime.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["submission", "element", "stage"],
        update_fields=["seconds"],
    )


def seconds_of(elements: Collection[int]) -> dict[int, int]:
    """Return the median seconds that each fact takes, the default before there are enough fills (1 query)."""
    with connection.cursor() as cursor:
        cursor.execute(MEDIANS, [list(elements), FEWEST_FILLS])
        medians = dict(cursor.fetchall())
    return {element: max(1, round(medians.get(element, DEFAULT_SECONDS))) for element in elements}


def minutes(seconds: int) -> int:
    """Return whole minutes for a person: never less than one."""
    return max(1, round(seconds / 60))
