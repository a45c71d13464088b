"""Computing results and judgements. Idempotent: the same facts give the same rows, whatever was there."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from apps.collection.models import Period
from apps.plans.models import AnnualPlan, Indicator
from apps.rollups import judgements, scratch
from apps.rollups.definitions import Definition
from apps.rollups.judgements import Change
from apps.rollups.known import Known, known_of
from apps.rollups.sql_facts import add_facts
from apps.rollups.sql_results import add_pieces
from apps.rollups.sql_text import Text
from apps.rollups.sql_units import Job, Wanted, add_jobs, add_units, by_shape, facts_of, periods_in
from apps.rollups.sql_writing import Level, add_writing

FEW = 4000
"""Organisations × quarters whose facts are read at once; of more, one indicator's after another's."""
FEW_RESULTS = 500
"""Indicators × quarters × regions of a level, whose results are looked up one by one; more are joined."""
LOCK_CLASS = 0x4C53  # "LS": keeps our advisory locks apart from others' on a shared server


@dataclass(frozen=True)
class RefreshCounts:
    """What a refresh changed; `generation` is the plan's afterwards."""

    written: int
    removed: int
    judged: int
    generation: int

    @property
    def changed(self) -> bool:
        return bool(self.written or self.removed or self.judged)


Task = tuple[Definition, list[Wanted]]


@dataclass
class Recomputed:
    """How many results were written and removed, and which of the plan's own region were written.

    `changes` is None where a removed one makes it unknown what else its absence changes.
    """

    written: int = 0
    removed: int = 0
    changes: list[Change] | None = field(default_factory=list)

    def note(self, written: int, removed: int, changes: Any) -> None:
        self.written, self.removed = self.written + written, self.removed + removed
        found = json.loads(changes) if isinstance(changes, str) else changes
        if removed or self.changes is None:
            self.changes = None
        else:
            self.changes += [Change(*one) for one in found]


@transaction.atomic
def refresh(
    *,
    plan: AnnualPlan,
    pairs: Iterable[tuple[Indicator, Period]],
    region_ids: Collection[int] | None = None,
    facts_only: bool = False,
) -> RefreshCounts:
    """Recompute and judge the results of the given indicator × period pairs.

    Args:
        pairs: exactly these are recomputed; `affected_pairs` adds the later quarters that a change reaches.
        region_ids: regions whose facts changed (those above follow); None: all of the plan.
        facts_only: nothing but facts of organisations in these very regions changed, so that regions below
            and judgements of unchanged results stay.
    """
    lock(plan=plan)
    wanted: dict[int, set[int]] = defaultdict(set)
    for indicator, period in pairs:
        wanted[indicator.pk].add(period.quarter)
    return refresh_quarters(plan, known_of(plan), wanted, region_ids=region_ids, facts_only=facts_only)


def refresh_quarters(
    plan: AnnualPlan,
    known: Known,
    wanted: Mapping[int, Collection[int]],
    *,
    region_ids: Collection[int] | None,
    facts_only: bool,
) -> RefreshCounts:
    """Do the same for quarters by indicator, within a transaction that holds the plan's lock."""
    if region_ids is not None and not known.tree.depths.keys() >= set(region_ids):
        region_ids, facts_only = None, False
    news = set(region_ids or ()) if facts_only else None
    levels = known.tree.levels(changed=region_ids, facts_only=facts_only)
    done = _recompute(known, wanted, levels, news)
    written = done.changes if facts_only else None
    judged = judgements.update(known=known, indicator_ids=wanted.keys(), written=written)
    return _counts(plan, done.written, done.removed, judged)


@transaction.atomic
def rejudge(*, plan: AnnualPlan) -> RefreshCounts:
    """Judge all stored results again, after a change of a target or baseline, or because a day has passed."""
    lock(plan=plan)
    ids = Indicator.objects.filter(plan=plan).values_list("pk", flat=True)
    return _counts(plan, 0, 0, judgements.update(known=known_of(plan), indicator_ids=set(ids)))


def rehearse(known: Known, wanted: Mapping[int, Collection[int]]) -> None:
    """Do what an acceptance asks for, about regions that do not exist: no fact is read, nothing written."""
    _recompute(known, wanted, [[0], [-1]], {0})


def affected_pairs(
    *, indicators: Iterable[Indicator], periods: Iterable[Period], since: int = 1
) -> list[tuple[Indicator, Period]]:
    """Return the pairs that a change in quarter `since` reaches: that quarter and the later ones."""
    later = [period for period in periods if period.quarter >= since]
    return [(indicator, period) for indicator in indicators for period in later]


def lock(*, plan: AnnualPlan) -> None:
    """Take the plan's refresh lock until the transaction ends; what is read afterwards is committed news."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_CLASS, plan.pk])


def _recompute(
    known: Known, wanted: Mapping[int, Collection[int]], levels: list[list[int]], news: set[int] | None
) -> Recomputed:
    """Add up the schools of the regions once, then their results level by level.

    Args:
        news: regions whose facts have changed, when nothing else has; None: anything may have changed.
    """
    tasks = list(_tasks(known, wanted))
    done, plan = Recomputed(), known.plan
    if not tasks:
        return done
    with connection.cursor() as cursor:
        scratch.prepare(cursor)
        scratch.fill_wanted(cursor, ((one.indicator.pk, row) for one, rows in tasks for row in rows))
        _add_up(cursor, tasks, [pk for level in levels for pk in level])
        is_few = sum(len(rows) for _, rows in tasks) * max(map(len, levels)) <= FEW_RESULTS
        if not is_few:
            scratch.looked_up(cursor)
            scratch.know_sizes(cursor, "rollup_wanted", "rollup_piece")
        for level in levels:
            text, moved_only = Text(), is_few and news is not None and not news & set(level)
            add_writing(text, Level(plan.pk, plan.region_id, level, is_few, moved_only))
            if is_few:
                scratch.look_up(cursor, text.sql, text.params)
            else:
                cursor.execute(text.sql, text.params)
            done.note(*cursor.fetchone())
        scratch.looked_up(cursor)
    return done


def _tasks(known: Known, wanted: Mapping[int, Collection[int]]) -> Iterator[Task]:
    """Each quarter is computed with its own definition: a closed one never changes its meaning."""
    for whole in known.definitions(wanted.keys()):
        for definition, quarters in whole.by_version(wanted[whole.indicator.pk]):
            yield definition, [wanted_of(definition, known.periods, quarter) for quarter in quarters]


def _add_up(cursor: Any, tasks: Sequence[Task], region_ids: Collection[int]) -> None:
    """Fill the pieces.

    Of few schools the facts are read once and the parts of one shape are added up together, by statements
    that are planned once; of many an indicator at a time, by a plan of its own.
    """
    jobs = [
        Job(one, number, tuple(rows))
        for one, rows in tasks
        for number in range(len(one.parts))
        if periods_in(rows)
    ]
    periods = {pk for job in jobs for pk in periods_in(job.wanted)}
    if scratch.fill_schools(cursor, region_ids, periods) <= FEW:
        _add_up_few(cursor, jobs)
        return
    scratch.looked_up(cursor)
    scratch.know_sizes(cursor, "rollup_school")
    for job in jobs:
        text = _pieces_of([job], is_few=False)
        cursor.execute(text.sql, text.params)


def _add_up_few(cursor: Any, jobs: Sequence[Job]) -> None:
    scratch.fill_facts(cursor, facts_of(jobs))
    texts = [_pieces_of(batch, is_few=True) for batch in by_shape(jobs)]
    scratch.add_up(cursor, [(text.sql, text.params) for text in texts])


def _pieces_of(jobs: Sequence[Job], is_few: bool) -> Text:
    text = Text().add("INSERT INTO rollup_piece")
    add_jobs(text, jobs)
    if not is_few:
        text.add(", rollup_fact AS (")
        add_facts(text, jobs[0].element_ids, periods_in(jobs[0].wanted))
        text.add(")")
    add_units(text, jobs[0].shape)
    add_pieces(text, jobs[0].shape)
    return text


def wanted_of(definition: Definition, periods: Mapping[int, Period], quarter: int) -> Wanted:
    """Return what a statement needs to know of one quarter: its as-of period and the periods it sums."""
    period = periods[quarter]
    due = [periods[due] for due in definition.due_until(quarter) if due in periods]
    threshold = definition.threshold(period.ends_on)
    if not due:
        return Wanted(period_id=period.pk, threshold=threshold)
    sources = due if definition.is_flow else due[-1:]
    return Wanted(
        period_id=period.pk,
        as_of_id=due[-1].pk,
        as_of_ends=due[-1].ends_on,
        threshold=threshold,
        source_ids=tuple(source.pk for source in sources),
    )


def _counts(plan: AnnualPlan, written: int, removed: int, judged: int) -> RefreshCounts:
    if written or removed or judged:
        generation_raise(plan=plan)
    else:
        plan.refresh_from_db(fields=["generation"])
    return RefreshCounts(written, removed, judged, plan.generation)


def generation_raise(*, plan: AnnualPlan) -> None:
    """Tell pages that something of the plan is new."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE plans_annualplan SET generation = generation + 1 WHERE id = %s RETURNING generation",
            [plan.pk],
        )
        (plan.generation,) = cursor.fetchone()
