"""The three sizes: regions, schools, and what each school reports."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

ELEMENTS = 100
QUARTERS = (1, 2, 3, 4)
PER_CITY = 10
"""Districts in a city."""


@dataclass(frozen=True)
class Size:
    """The same three-level tree and districts of 150 schools everywhere: only their number differs."""

    name: str
    schools: int
    districts: int

    @property
    def database(self) -> str:
        return f"bench_{self.name}"

    @property
    def cities(self) -> int:
        return -(-self.districts // PER_CITY)


SIZES = {
    size.name: size
    for size in (Size("district", 150, 1), Size("city", 1_500, 10), Size("province", 30_000, 200))
}

# Shares as in a district of Hunan: kindergartens are the many.
TYPES = {
    "kindergarten": (40, ("kindergarten",)),
    "primary": (34, ("primary",)),
    "junior": (12, ("junior",)),
    "nine_year": (6, ("primary", "junior")),
    "senior": (6, ("senior",)),
    "special": (2, ("special",)),
}
OWNERSHIPS = {"public": 60, "inclusive": 28, "private": 12}
SETTINGS = {"urban": 35, "town": 40, "rural": 25}


@dataclass(frozen=True)
class School:
    """A school before it is a row; `district` counts from 0."""

    number: int
    district: int
    school_type: str
    stages: tuple[str, ...]
    ownership: str
    setting: str

    @property
    def code(self) -> str:
        return f"{3_000_000_000 + self.number:010d}"


def schools(size: Size) -> list[School]:
    """Return the schools of a size, the same every time, dealt out evenly over the districts."""
    luck = Random(size.name)  # no secret  # nosec B311
    kinds = list(TYPES)
    found = []
    for number in range(size.schools):
        kind = luck.choices(kinds, [TYPES[one][0] for one in kinds])[0]
        found.append(
            School(
                number,
                number % size.districts,
                kind,
                TYPES[kind][1],
                luck.choices(list(OWNERSHIPS), list(OWNERSHIPS.values()))[0],
                luck.choices(list(SETTINGS), list(SETTINGS.values()))[0],
            )
        )
    return found
