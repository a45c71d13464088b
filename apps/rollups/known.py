"""What a refresh needs to know of a plan beside facts and results, kept by the process while it is true.

Definitions, targets, baselines, quarters and the tree of regions change a few times in a year, facts hundreds
of times in a day. One query over the versions of their rows (as of a kept page) says whether what was read
before still holds; a version is seen by those who see the row, so that nobody is told of what is not
committed.
"""

# ruff: noqa: S608 - constant text

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.db import connection

from apps.collection.models import Period
from apps.core import clock, prepared
from apps.plans.models import AnnualPlan, PlanPolicy
from apps.rollups import bench, definitions, regions
from apps.rollups.bench import Circumstances
from apps.rollups.definitions import Definition
from apps.rollups.last_year import LastYear, last_year_of
from apps.rollups.regions import Tree

MOST = 8
"""Plans kept by a process."""
TABLES = (
    "collection_period",
    "organisations_regionancestor",
    "plans_baseline",
    "plans_dataelement",
    "plans_indicator",
    "plans_indicatorelement",
    "plans_indicatorrevision",
    "plans_planpolicy",
    "plans_target",
    "plans_targetrevision",
    "plans_targetschedule",
)
VERSION = "hashtextextended(concat_ws(',', t.id, t.xmin, t.ctid), 0)"
ROWS = " UNION ALL ".join(
    f"SELECT {place} AS place, count(*) AS n, sum({VERSION}) AS rows FROM {table} t"  # nosec B608
    for place, table in enumerate(TABLES)
)
# Of other years' plans their results count as well, which their generation stands for.
PLANS = f"""SELECT {len(TABLES)}, count(*), sum(hashtextextended(concat_ws(',', id, year, region_id,
    CASE WHEN id <> %s::bigint THEN generation END), 0)) FROM plans_annualplan"""  # nosec B608
STAMP = f"""SELECT md5(string_agg(concat_ws(',', place, n, rows), ';' ORDER BY place))
    FROM ({ROWS} UNION ALL {PLANS}) found"""  # nosec B608


@dataclass
class Known:
    """A plan's quarters, tree and policy, and of its indicators what has been asked for so far."""

    stamp: str
    plan: AnnualPlan
    periods: dict[int, Period]
    policy: PlanPolicy
    tree: Tree
    loaded: dict[int, Definition] = field(default_factory=dict)
    baselines: dict[bench.BaselineKey, list[bench.Baseline]] = field(default_factory=dict)
    last_year: LastYear = field(default_factory=lambda: LastYear({}))

    def definitions(self, indicator_ids: Collection[int]) -> list[Definition]:
        """Return the definitions of indicators; those not yet known are read, all of them together."""
        missing = sorted(set(indicator_ids) - self.loaded.keys())
        if missing:
            baselines = bench.baselines_of(missing)
            last_year = last_year_of(self.plan, missing)
            found = definitions.load(plan=self.plan, indicator_ids=missing)
            self.baselines.update(baselines)
            self.last_year = LastYear({**self.last_year.found, **last_year.found})
            self.loaded |= {definition.indicator.pk: definition for definition in found}
        return [self.loaded[pk] for pk in sorted(indicator_ids) if pk in self.loaded]

    @property
    def quarters(self) -> Mapping[int, int]:
        """Return the quarter of each period by its key."""
        return {period.pk: quarter for quarter, period in self.periods.items()}

    def circumstances(self) -> Circumstances:
        """Return what judgements of the known indicators share today."""
        return bench.circumstances_of(
            plan=self.plan,
            today=clock.today(),
            policy=self.policy,
            periods=self.periods,
            baselines=self.baselines,
            last_year=self.last_year,
        )


_KEPT: dict[int, Known] = {}


def known_of(plan: AnnualPlan) -> Known:
    """Return what is known of a plan as it stands (one query, four more when it has changed)."""
    with connection.cursor() as cursor:
        prepared.execute(cursor, STAMP, [plan.pk])
        stamp = str(cursor.fetchone()[0])
    known = _KEPT.pop(plan.pk, None)
    if known is None or known.stamp != stamp:
        known = Known(
            stamp=stamp,
            plan=plan,
            periods=definitions.periods_of(plan),
            policy=PlanPolicy.objects.filter(plan=plan).first() or PlanPolicy(plan=plan),
            tree=regions.tree_of(plan),
        )
    _KEPT[plan.pk] = known
    while len(_KEPT) > MOST:
        _KEPT.pop(next(iter(_KEPT)), None)
    return known
