"""What moved a figure since the locked baseline, the same quarter of last year or the last due quarter.

Each way to cut the whole is compared with the first of these that is stored for its parts; which one is said.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Q
from django.utils.translation import gettext

from apps.collection.models import Period
from apps.dashboards import levers_parts, wording
from apps.dashboards.last_year import counterpart_of, scope_of_last_year
from apps.dashboards.levers_parts import Partition
from apps.dashboards.selectors import Scope
from apps.organisations.models import Organisation
from apps.plans.enums import Privacy, SliceKind
from apps.plans.models import Baseline, Indicator
from apps.rollups import decomposition, definitions
from apps.rollups.decomposition import Amounts, Contribution
from apps.rollups.definitions import Definition
from apps.rollups.standing import Standing
from apps.rollups.suppression import is_small
from apps.rollups.unit_amounts import UnitAmounts

Parts = Mapping[str, Amounts]
Units = Mapping[tuple[int, str], UnitAmounts]


@dataclass(frozen=True)
class Earlier:
    """The units of an earlier moment, what it is called, and the days between which schools came and went."""

    text: str
    units: Sequence[UnitAmounts]
    begins: dt.date
    ends: dt.date
    scope: Scope
    indicator: Indicator


@dataclass(frozen=True)
class Movement:
    """What moved a whole: the contributions of its parts in the value's unit, which add up to the change.

    `by_unit`: worked out school by school and then added up, so that openings and closings are told apart.
    """

    partition: Partition
    since: str
    before: Parts
    after: Parts
    names: Mapping[str, str]
    contributions: Mapping[str, Contribution]
    by_unit: bool
    came: Sequence[Organisation] = ()
    went: Sequence[Organisation] = ()

    @property
    def whole(self) -> Contribution:
        return sum(self.contributions.values(), Contribution())


def movements_of(
    scope: Scope, standing: Standing, partitions: Sequence[Partition], units: Sequence[UnitAmounts]
) -> list[Movement]:
    """Return what moved the whole, for each way to cut it whose earlier figures may be shown."""
    locked = list(
        Baseline.objects.filter(
            indicator=standing.definition.indicator,
            region=scope.region,
            superseded_at__isnull=True,
            locked_at__isnull=False,
        )
    )
    locked = [row for row in locked if standing.definition.is_base(row)]
    earlier = earlier_of(scope, standing) if partitions else None
    found = []
    for partition in partitions:
        movement = _since_baseline(scope, standing, partition, locked)
        if movement is None and earlier is not None:
            movement = _since(standing, partition, units, earlier)
        found += [movement] if movement else []
    return found


def _since(
    standing: Standing, partition: Partition, units: Sequence[UnitAmounts], earlier: Earlier
) -> Movement | None:
    if standing.definition.indicator.privacy != Privacy.AGGREGATE:
        return _between_groups(standing, partition, earlier)
    return _between_units(standing, partition, units, earlier)


def earlier_of(scope: Scope, standing: Standing) -> Earlier | None:
    """Return the same quarter of last year if it is stored, else the due quarter before the as-of one."""
    indicator, as_of = standing.definition.indicator, standing.result.as_of
    if as_of is None:
        return None
    then = scope_of_last_year(scope)
    twin = counterpart_of(then, indicator) if then else None
    if then is not None and twin is not None and as_of.quarter in then.periods:
        definition = definitions.load(plan=then.plan, indicator_ids=[twin.pk])[0]
        then, definition = replace(then, quarter=as_of.quarter), definition.at(as_of.quarter)
        units = levers_parts.units_in(then, definition, as_of.quarter)
        if units and _as_of(definition, then) == as_of.quarter:
            return _earlier(_last_year_text(then), units, then, twin, as_of)
    before = [
        quarter for quarter in standing.definition.due_until(as_of.quarter - 1) if quarter in scope.periods
    ]
    if not before or not standing.definition.is_like(before[-1], as_of.quarter):
        return None
    then = replace(scope, quarter=before[-1])
    units = levers_parts.units_in(then, standing.definition, before[-1])
    text = gettext("the %(quarter)s (%(date)s)") % {
        "quarter": wording.quarter_name(before[-1]).lower(),
        "date": scope.periods[before[-1]].ends_on.isoformat(),
    }
    return _earlier(text, units, then, indicator, as_of) if units else None


def _as_of(definition: Definition, scope: Scope) -> int:
    return max((due for due in definition.due_until(scope.quarter) if due in scope.periods), default=0)


def _last_year_text(then: Scope) -> str:
    return gettext("the same quarter of last year (%(date)s)") % {
        "date": then.periods[then.quarter].ends_on.isoformat()
    }


def _earlier(
    text: str, units: Sequence[UnitAmounts], then: Scope, indicator: Indicator, as_of: Period
) -> Earlier:
    return Earlier(text, units, then.periods[then.quarter].ends_on, as_of.ends_on, then, indicator)


def _since_baseline(
    scope: Scope, standing: Standing, partition: Partition, locked: Sequence[Baseline]
) -> Movement | None:
    """A baseline is stored by slice: it serves where all parts have one and these make up the whole's."""
    if partition.kind not in SliceKind.values:
        return None
    indicator = standing.definition.indicator
    found = {
        (row.slice_kind, row.slice_value): row
        for row in locked
        if row.slice_kind in (SliceKind.ALL, partition.kind)
    }
    whole = found.pop((SliceKind.ALL.value, ""), None)
    rows = {value: row for (_, value), row in found.items()}
    if whole is None or rows.keys() != partition.parts.keys() or not _adds_up(rows, whole):
        return None
    is_private = indicator.privacy == Privacy.SMALL_CELL
    cells = [(row.numerator, row.denominator) for row in rows.values()]
    if is_private and any(is_small(*cell, threshold=scope.viewer.threshold) for cell in cells):
        return None
    before = {value: _amounts(rows[value]) for value in partition.parts}
    text = gettext("the locked baseline (%(date)s)") % {"date": whole.as_of.isoformat()}
    return _moved(standing, partition, text, before, partition.parts)


def _adds_up(rows: Mapping[str, Baseline], whole: Baseline) -> bool:
    return len({row.as_of for row in (*rows.values(), whole)}) == 1 and decomposition.total(
        _amounts(row) for row in rows.values()
    ) == _amounts(whole)


def _amounts(baseline: Baseline) -> Amounts:
    return Amounts(
        *(
            definitions.exact(part) or decomposition.ZERO
            for part in (baseline.numerator, baseline.denominator)
        )
    )


def _between_groups(standing: Standing, partition: Partition, earlier: Earlier) -> Movement | None:
    """Where small numbers are hidden, groups that are all shown are compared, never schools."""
    if partition.kind not in SliceKind.values:
        return None
    then = levers_parts.grouped(partition.kind, earlier.units)
    quarter = earlier.scope.quarter
    if not levers_parts.all_shown(
        earlier.scope, earlier.indicator, partition.kind, then.parts, quarter=quarter
    ):
        return None
    return _moved(standing, partition, earlier.text, then.parts, partition.parts)


def _moved(
    standing: Standing, partition: Partition, text: str, before: Parts, after: Parts
) -> Movement | None:
    contributions = _contributions(standing, before, after)
    if contributions is None:
        return None
    names = {
        key: partition.names.get(key) or levers_parts.name_of(partition.kind, key) for key in contributions
    }
    return Movement(partition, text, before, after, names, contributions, by_unit=False)


def _contributions(
    standing: Standing, before: Mapping, after: Mapping, alive_once: Collection = ()
) -> dict | None:
    if not standing.is_ratio:
        return decomposition.of_sum(before, after, alive_once=alive_once)
    found = decomposition.of_rate(before, after, alive_once=alive_once)
    scale = standing.definition.scale
    return None if found is None else {key: one.scaled(scale) for key, one in found.items()}


def _between_units(
    standing: Standing, partition: Partition, units: Sequence[UnitAmounts], earlier: Earlier
) -> Movement | None:
    then = {unit.key: unit for unit in earlier.units}
    now = {unit.key: unit for unit in units}
    once = {key[0] for key in then.keys() ^ now.keys()}
    came, went = _lives(once, earlier)
    alive_once = {key for key in then.keys() ^ now.keys() if key[0] in {one.pk for one in (*came, *went)}}
    before, after = ({key: unit.amounts for key, unit in side.items()} for side in (then, now))
    contributions = _contributions(standing, before, after, alive_once)
    if contributions is None:
        return None
    groups, names = _places(partition, then, now)
    return Movement(
        partition,
        earlier.text,
        _summed(before, groups),
        _summed(after, groups),
        names,
        decomposition.gathered(contributions, groups),
        by_unit=True,
        came=came,
        went=went,
    )


def _places(
    partition: Partition,
    then: Mapping[tuple[int, str], UnitAmounts],
    now: Mapping[tuple[int, str], UnitAmounts],
) -> tuple[dict, dict[str, str]]:
    """A unit counts in the part it is in now; one that has gone in the part it was in."""
    units = {**then, **now}
    if partition.kind == levers_parts.SCHOOL:
        groups = {unit.key: levers_parts.school_key(unit) for unit in units.values()}
        schools = Organisation.objects.in_bulk({key[0] for key in units})
        ordered = sorted(units.values(), key=lambda unit: (schools[unit.organisation_id].code, unit.stage))
        names = {
            levers_parts.school_key(unit): levers_parts.school_name(unit, schools[unit.organisation_id])
            for unit in ordered
        }
        return groups, names
    groups = {key: levers_parts.group_of(partition.kind, unit) for key, unit in units.items()}
    return groups, {key: levers_parts.name_of(partition.kind, key) for key in groups.values()}


def _summed(parts: Mapping, groups: Mapping) -> dict[str, Amounts]:
    found: dict[str, Amounts] = {}
    for key, amounts in parts.items():
        group = groups[key]
        found[group] = found[group] + amounts if group in found else amounts
    return found


def _lives(once: Collection[int], earlier: Earlier) -> tuple[list[Organisation], list[Organisation]]:
    """Return the schools that opened and those that closed or were merged between the two moments."""
    between = {"gt": earlier.begins, "lte": earlier.ends}
    opened = Q(**{f"opened_on__{name}": date for name, date in between.items()})
    closed = Q(**{f"closed_on__{name}": date for name, date in between.items()})
    found = list(Organisation.objects.filter(opened | closed, pk__in=once).order_by("code"))
    went = [school for school in found if school.closed_on is not None and school.closed_on <= earlier.ends]
    return [school for school in found if school not in went], went
