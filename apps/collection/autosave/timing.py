"""How long facts take to fill in: noted coarsely, told as what is left in minutes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.core.cache import cache
from django.db import connection

from apps.collection.autosave.models import LONGEST_SECONDS
from apps.collection.keys import Key
from apps.collection.models import Submission

# Before a fact was filled in often enough, this is what the page reckons with.
DEFAULT_SECONDS = 40
FEWEST_FILLS = 5

# They are hints: the form need not read all that all schools needed each time it is opened.
KEPT, KEPT_SECONDS = "collection.fill-seconds", 600

MEDIANS = """
    SELECT element_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds)
    FROM collection_filltime GROUP BY element_id HAVING count(*) >= %s
"""

NOTE = """
    INSERT INTO collection_filltime AS known (submission_id, element_id, stage, seconds)
    SELECT %(submission)s, * FROM unnest(%(elements)s::bigint[], %(stages)s::text[], %(seconds)s::int[])
    ON CONFLICT (submission_id, element_id, stage)
    DO UPDATE SET seconds = LEAST(known.seconds + excluded.seconds, %(longest)s)
"""


def fill_times_note(*, submission: Submission, seconds: Mapping[Key, int]) -> None:
    """Add the seconds that somebody was at some facts of a return; a long absence counts once (1 query)."""
    spent = {key: min(number, LONGEST_SECONDS) for key, number in seconds.items() if number > 0}
    if not spent:
        return
    elements, stages = zip(*spent, strict=True)
    sent: dict[str, Any] = {
        "submission": submission.pk,
        "elements": list(elements),
        "stages": list(stages),
        "seconds": list(spent.values()),
        "longest": LONGEST_SECONDS,
    }
    with connection.cursor() as cursor:
        cursor.execute(NOTE, sent)


def seconds_of(elements: Collection[int]) -> dict[int, int]:
    """Return the median seconds that each fact takes, the default before there are enough fills.

    As they were at most ten minutes ago (1 query then, else none).
    """
    medians = cache.get(KEPT)
    if medians is None:
        with connection.cursor() as cursor:
            cursor.execute(MEDIANS, [FEWEST_FILLS])
            medians = dict(cursor.fetchall())
        cache.set(KEPT, medians, KEPT_SECONDS)
    return {element: max(1, round(medians.get(element, DEFAULT_SECONDS))) for element in elements}


def minutes(seconds: int) -> int:
    """Return whole minutes for a person: never less than one."""
    return max(1, round(seconds / 60))
