"""What the forms cost those who fill them in: fields and time by type of school and quarter, and what each
indicator adds to that over a whole district and year. Pure, over `burden.Use`."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from apps.collection.burden import QUARTERS, STAGES_OF, Use
from apps.organisations.enums import Stage
from apps.plans.enums import Tier

Field = tuple[str, str]


@dataclass(frozen=True)
class Cost:
    """Fields to fill in and the seconds they take."""

    fields: int = 0
    seconds: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.fields + other.fields, self.seconds + other.seconds)

    def times(self, count: int) -> Cost:
        return Cost(self.fields * count, self.seconds * count)

    @property
    def minutes(self) -> int:
        """Whole minutes, half up; anything at all is at least one."""
        return max(1, (self.seconds + 30) // 60) if self.seconds else 0

    @property
    def hours(self) -> int:
        """Whole hours, half up."""
        return (self.seconds + 1800) // 3600


@dataclass(frozen=True)
class SchoolCost:
    """The forms of one school of a type: by quarter, and over the year."""

    school_type: str
    n_schools: int
    quarters: Sequence[Cost]

    @property
    def year(self) -> Cost:
        return sum(self.quarters, Cost())

    @property
    def district(self) -> Cost:
        """Over all schools of the type and the year."""
        return self.year.times(self.n_schools)


def asked(uses: Iterable[Use], *, tiers: Collection[str], muted: Collection[str]) -> list[Use]:
    """Return the uses of the indicators that are asked."""
    return [use for use in uses if use.tier in tiers and use.indicator not in muted]


def school_costs(
    uses: Sequence[Use], *, seconds: Mapping[str, int], schools: Mapping[str, int]
) -> list[SchoolCost]:
    """Return the cost for each type of school that there is.

    Args:
        seconds: by code of the fact.
        schools: type → how many there are.
    """
    return [
        SchoolCost(
            school_type,
            schools[school_type],
            [_cost(_fields(uses, school_type, quarter), seconds) for quarter in QUARTERS],
        )
        for school_type in STAGES_OF
        if schools.get(school_type)
    ]


def district_cost(costs: Iterable[SchoolCost]) -> Cost:
    """Return the cost of all schools over the year."""
    return sum((cost.district for cost in costs), Cost())


def tier_totals(
    uses: Sequence[Use], *, muted: Collection[str], seconds: Mapping[str, int], schools: Mapping[str, int]
) -> dict[str, Cost]:
    """Return for each tier what the district would fill in in a year with it and all tiers before it on."""
    return {
        tier: district_cost(
            school_costs(
                asked(uses, tiers=Tier.values[:place], muted=muted), seconds=seconds, schools=schools
            )
        )
        for place, tier in enumerate(Tier.values, start=1)
    }


def indicator_costs(
    uses: Sequence[Use],
    *,
    tiers: Collection[str],
    muted: Collection[str],
    seconds: Mapping[str, int],
    schools: Mapping[str, int],
) -> dict[str, Cost]:
    """Return by indicator what a district's schools fill in over a year for it alone.

    Of one that is asked: what switching it off saves. Of one that is not: what switching it on adds.
    """
    candidates = [use for use in uses if use.tier in tiers]
    found: dict[str, Cost] = defaultdict(Cost)
    for school_type, count in schools.items():
        if school_type not in STAGES_OF or not count:
            continue
        for quarter in QUARTERS:
            for code, cost in _alone(candidates, school_type, quarter, muted, seconds).items():
                found[code] += cost.times(count)
    return dict(found)


def _alone(
    uses: Sequence[Use], school_type: str, quarter: int, muted: Collection[str], seconds: Mapping[str, int]
) -> dict[str, Cost]:
    wanted: dict[str, set[Field]] = defaultdict(set)
    for use in uses:
        wanted[use.indicator] |= _fields_of(use, school_type, quarter)
    needed = Counter(field for code, fields in wanted.items() if code not in muted for field in fields)
    return {
        code: _cost({field for field in fields if needed[field] == (code not in muted)}, seconds)
        for code, fields in wanted.items()
    }


def _fields(uses: Iterable[Use], school_type: str, quarter: int) -> set[Field]:
    return {field for use in uses for field in _fields_of(use, school_type, quarter)}


def _fields_of(use: Use, school_type: str, quarter: int) -> set[Field]:
    if not use.is_asked(school_type=school_type, quarter=quarter):
        return set()
    taught = STAGES_OF[school_type]
    return {(stage, use.element) for stage in (*taught, Stage.WHOLE) if use.is_asked_of(stage, taught=taught)}


def _cost(fields: Iterable[Field], seconds: Mapping[str, int]) -> Cost:
    places = list(fields)
    return Cost(len(places), sum(seconds[element] for _stage, element in places))
