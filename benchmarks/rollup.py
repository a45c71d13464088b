"""Rolling up: a full rebuild against the bare statement, and what one acceptance costs.

    python -m benchmarks.rollup SIZE

The floor is a SELECT with the same joins and the same groupings over the same tables, without the rules:
no definitions by quarter, no formulas, nothing written. Work is the processor time of database and Python.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from typing import Any

from benchmarks import place
from benchmarks.clockwork import Work, measured, percentile
from benchmarks.results import Row, add, at_most, kept
from benchmarks.sizes import SIZES, Size

FLOOR = """SELECT l.indicator_id, a.period_id, o.region_id, p.ownership, p.setting, t.stage, count(*),
    count(v.accepted_number), count(*) FILTER (WHERE v.accepted_not_applicable),
    count(*) FILTER (WHERE v.accepted_number > 0),
    sum(v.accepted_number) FILTER (WHERE l.in_numerator),
    sum(v.accepted_number) FILTER (WHERE l.in_denominator), min(v.accepted_number), max(v.accepted_number)
FROM collection_assignment a
JOIN plans_indicatorelement l ON l.element_id = a.element_id
JOIN organisations_organisation o ON o.id = a.organisation_id
JOIN organisations_schoolprofile p ON p.organisation_id = o.id AND p.valid_to IS NULL
JOIN organisations_schoolstage t ON t.organisation_id = o.id AND t.valid_to IS NULL
    AND (a.stage = 'whole' OR a.stage = t.stage)
LEFT JOIN collection_submission s ON s.period_id = a.period_id AND s.organisation_id = a.organisation_id
LEFT JOIN collection_datavalue v ON v.submission_id = s.id AND v.element_id = a.element_id
    AND v.stage = a.stage AND v.accepted_at IS NOT NULL
WHERE a.withdrawn_on IS NULL
GROUP BY GROUPING SETS (
    (l.indicator_id, a.period_id, o.region_id), (l.indicator_id, a.period_id, o.region_id, p.ownership),
    (l.indicator_id, a.period_id, o.region_id, p.setting),
    (l.indicator_id, a.period_id, o.region_id, t.stage))"""
ACCEPTANCES = 40


def backend() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid: int = cursor.fetchone()[0]
    return pid


def floor() -> Work:
    """Run the bare statement to its end by one process, as the rebuild is; its rows stay on the server."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")
        with measured(backend()) as work:
            cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, BUFFERS OFF) {FLOOR}")
    return work


def full(size: Size) -> None:
    from apps.plans.models import AnnualPlan
    from apps.rollups.rebuilding import rebuild

    plan = AnnualPlan.objects.get()
    bare = floor()
    _empty()
    with measured(backend()) as first:
        run = rebuild(plan=plan)
    with measured(backend()) as again:
        rebuild(plan=plan)
    for name, work in (("from nothing", first), ("nothing new", again)):
        add(
            Row(
                "Rollup, full",
                size.name,
                f"rebuild, {name}: {run.results:,} results",
                f"{work.processor:.1f} s (wall {work.wall:.1f})",
                f"bare SELECT {bare.processor:.1f} s (wall {bare.wall:.1f})",
                **_held_against(size, work.processor / bare.processor),
            )
        )


def _held_against(size: Size, ratio: float) -> dict[str, Any]:
    """The wanted ratio is that of a province; of few schools most is what each indicator costs by itself."""
    return at_most(ratio, 2.5) if size.name == "province" else {"ratio": ratio}


def _empty() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE rollups_result CASCADE")


def acceptances(size: Size) -> None:
    """Accept a part of one office in one return after the other, and refresh what that made stale."""
    from apps.collection.models import Submission
    from apps.plans.models import Indicator
    from apps.rollups import outbox, warming

    by_office: dict[int, set[int]] = defaultdict(set)
    for indicator in Indicator.objects.filter(reporter="school").prefetch_related("element_links"):
        by_office[indicator.lead_office_id] |= {link.element_id for link in indicator.element_links.all()}
    offices = sorted(by_office)
    works: list[Work] = []
    cold: list[Work] = []
    with measured(backend()) as rehearsal:  # as every process of a worker at its start
        warming.warm_up()
    returns = Submission.objects.filter(period__quarter=4, organisation__kind="school")
    first = returns.order_by("organisation__region", "pk").values_list("organisation__region", flat=True)[0]
    chosen = returns.filter(organisation__region=first).select_related("organisation", "period")
    for place_, submission in enumerate(chosen.order_by("pk")[: ACCEPTANCES + len(offices)]):
        _accept(submission, sorted(by_office[offices[place_ % len(offices)]]))
        with measured(backend()) as work:
            outbox.refresh_pending()
        # The first of each office on a connection reads what it has not touched before.
        (works if place_ >= len(offices) else cold).append(work)
    p95 = percentile([work.processor for work in works], 0.95)
    median = percentile([work.processor for work in works], 0.5)
    add(
        Row(
            "Rollup, one acceptance",
            size.name,
            "work from commit to visible result, p95 (median)",
            f"{p95 * 1000:.0f} ms ({median * 1000:.0f})",
            limit="≤ 100 ms",
            holds=p95 <= 0.1,
        )
    )
    at_first = percentile([work.processor for work in cold], 0.95)
    add(
        Row(
            "Rollup, one acceptance",
            size.name,
            "the first of each office in a process, p95",
            f"{at_first * 1000:.0f} ms",
            f"its rehearsal at the start {rehearsal.processor * 1000:.0f} ms",
        )
    )
    _against_district(size, median)


def _accept(submission: Any, elements: list[int]) -> None:
    """What an acceptance writes for the roll-ups: other accepted numbers, and the outbox."""
    from django.db import transaction
    from django.db.models import F

    from apps.collection.models import DataValue
    from apps.reviews.signals import values_accepted

    with transaction.atomic():
        values = DataValue.objects.filter(
            submission=submission, element__in=elements, accepted_number__isnull=False
        )
        values.update(number=F("number") + 1, accepted_number=F("accepted_number") + 1)
        values_accepted.send(None, submission=submission, element_ids=elements, by=None)


def _against_district(size: Size, median: float) -> None:
    if size.name == "district":
        add(Row("(base)", size.name, "acceptance, median", f"{median * 1000:.3f}"))
        return
    base = next((row for row in reversed(kept()) if row.topic == "(base)"), None)
    if base is not None:
        add(
            Row(
                "Rollup, one acceptance",
                size.name,
                "median against the same at district size",
                f"{median * 1000:.0f} ms",
                f"{float(base.figure):.0f} ms",
                **at_most(median * 1000 / float(base.figure), 1.3),  # type: ignore[arg-type]
            )
        )


def main() -> None:
    size = SIZES[sys.argv[1]]
    with place.servers():
        place.use(size.database)
        full(size)
        acceptances(size)


if __name__ == "__main__":
    main()
