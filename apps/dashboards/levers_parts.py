"""The parts that an indicator's whole is made of, as far as a reader may see each of them.

Small numbers: a part is shown only where the slice of the same name is shown. If a single one is hidden, none
of its kind is used for anything here: a contribution or a supposed total would give it away by subtraction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext

from apps.accounts.enums import Role
from apps.accounts.models import User
from apps.dashboards import selectors, wording
from apps.dashboards.reading_cells import slice_name, slice_order
from apps.dashboards.schools import schools_for
from apps.dashboards.selectors import Scope
from apps.organisations.enums import Stage
from apps.organisations.models import Organisation
from apps.plans import formulas
from apps.plans.enums import Privacy, Reporter, SliceKind
from apps.plans.models import Indicator
from apps.rollups import unit_amounts
from apps.rollups.decomposition import Amounts
from apps.rollups.definitions import Definition
from apps.rollups.unit_amounts import UnitAmounts

SCHOOL = "school"
GROUPED = (SliceKind.STAGE, SliceKind.OWNERSHIP, SliceKind.SETTING)
UNKNOWN = "-"
JOINED = "+"


@dataclass(frozen=True)
class Partition:
    """A whole cut into parts: `groups` says which part each unit is in, `names` how a part is called."""

    kind: str
    parts: Mapping[str, Amounts]
    groups: Mapping[tuple[int, str], str]
    names: Mapping[str, str]

    @property
    def title(self) -> str:
        """What the parts are, e.g. "Stage"."""
        return gettext("School") if self.kind == SCHOOL else str(SliceKind(self.kind).label)


def has_schools(indicator: Indicator) -> bool:
    """Tell whether schools report it."""
    return indicator.reporter == Reporter.SCHOOL


def units_in(scope: Scope, definition: Definition, quarter: int) -> list[UnitAmounts]:
    """Return the units that are in the sum of a quarter (two queries)."""
    regions = list(scope.region.descendant_links.values_list("descendant_id", flat=True))
    found = unit_amounts.load(definition, periods=scope.periods, quarter=quarter, region_ids=regions)
    return [unit for unit in found if unit.amounts is not None]


def partitions_of(scope: Scope, indicator: Indicator, units: Sequence[UnitAmounts]) -> list[Partition]:
    """Return the ways to cut the whole that tell something and hide nothing; by school for the owner only."""
    attributes = formulas.parse(indicator.numerator).attributes
    found = [
        partition
        for kind in GROUPED
        if kind not in attributes
        and len((partition := grouped(kind, units)).parts) > 1
        and all_shown(scope, indicator, kind, partition.parts, quarter=scope.quarter)
    ]
    schools = by_school(scope, indicator, units)
    return [*found, *([schools] if schools else [])]


def grouped(kind: str, units: Iterable[UnitAmounts]) -> Partition:
    """Return the units added up by an attribute; a school of two stages is in a part of its own."""
    parts: dict[str, Amounts] = {}
    groups = {}
    for unit in units:
        key = group_of(kind, unit)
        groups[unit.key] = key
        if unit.amounts is not None:
            parts[key] = parts[key] + unit.amounts if key in parts else unit.amounts
    ordered = sorted(parts, key=lambda key: _order(kind, key))
    return Partition(
        kind, {key: parts[key] for key in ordered}, groups, {key: name_of(kind, key) for key in parts}
    )


def group_of(kind: str, unit: UnitAmounts) -> str:
    """Return the part of a unit."""
    if kind == SliceKind.STAGE:
        return JOINED.join(sorted(unit.stages, key=Stage.values.index)) or UNKNOWN
    return (unit.ownership if kind == SliceKind.OWNERSHIP else unit.setting) or UNKNOWN


def name_of(kind: str, key: str) -> str:
    """Return what a part is called."""
    if key == UNKNOWN:
        return gettext("Not known")
    return gettext(" and ").join(slice_name(kind, value) for value in key.split(JOINED))


def _order(kind: str, key: str) -> tuple[int, ...]:
    return (99,) if key == UNKNOWN else tuple(slice_order(kind, value) for value in key.split(JOINED))


def all_shown(scope: Scope, indicator: Indicator, kind: str, keys: Collection[str], *, quarter: int) -> bool:
    """Tell whether this reader sees every one of these parts in a quarter."""
    if indicator.privacy == Privacy.AGGREGATE:
        return True
    readings = selectors.slices_of(replace(scope, quarter=quarter), indicator).get(kind, [])
    shown = {reading.slice_value for reading in readings if not reading.is_hidden}
    return shown == {reading.slice_value for reading in readings} == set(keys)


def owns_schools(user: User, indicator: Indicator) -> bool:
    """Tell whether the reader is of the office that leads the indicator: it alone looks school by school."""
    return user.role == Role.OFFICE and user.organisation_id == indicator.lead_office_id


def by_school(scope: Scope, indicator: Indicator, units: Sequence[UnitAmounts]) -> Partition | None:
    """Return the whole by school and stage in the order of the schools' codes, for the owning office."""
    if not owns_schools(scope.user, indicator) or not units or _hides_a_school(scope, indicator, units):
        return None
    schools = {school.pk: school for school in schools_for(scope.user)}
    known = [unit for unit in units if unit.organisation_id in schools]
    if len(known) != len(units):
        return None
    ordered = sorted(known, key=lambda unit: (schools[unit.organisation_id].code, unit.stage))
    return Partition(
        SCHOOL,
        {school_key(unit): unit.amounts for unit in ordered if unit.amounts is not None},
        {unit.key: school_key(unit) for unit in ordered},
        {school_key(unit): school_name(unit, schools[unit.organisation_id]) for unit in ordered},
    )


def school_key(unit: UnitAmounts) -> str:
    """Return a unit's key as a form writes it."""
    return f"{unit.organisation_id}-{unit.stage}"


def school_name(unit: UnitAmounts, school: Organisation) -> str:
    name = wording.in_language(school)
    if unit.stage == Stage.WHOLE:
        return name
    return gettext("%(school)s (%(stage)s)") % {"school": name, "stage": Stage(unit.stage).label}


def _hides_a_school(scope: Scope, indicator: Indicator, units: Sequence[UnitAmounts]) -> bool:
    veil = selectors.veil_of(scope, indicator)
    return any(veil.hides_unit(*unit.key) for unit in units)
