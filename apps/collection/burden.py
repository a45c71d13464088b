"""How many fields the forms of a plan have, for each type of school, stage and quarter. Pure.

The rule of who is asked what is that of `duties.py`, for a school of each type with the stages of that type.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from apps.organisations.enums import SchoolType, Stage
from apps.plans.enums import Tier

QUARTERS = (1, 2, 3, 4)
STAGES_OF: Mapping[str, tuple[str, ...]] = {
    SchoolType.KINDERGARTEN: (Stage.KINDERGARTEN,),
    SchoolType.PRIMARY: (Stage.PRIMARY,),
    SchoolType.JUNIOR: (Stage.JUNIOR,),
    SchoolType.NINE_YEAR: (Stage.PRIMARY, Stage.JUNIOR),
    SchoolType.SENIOR: (Stage.SENIOR,),
    SchoolType.SPECIAL: (Stage.SPECIAL,),
}


@dataclass(frozen=True)
class Use:
    """One school fact in one part (numerator or denominator) of an indicator."""

    indicator: str
    element: str
    per_stage: bool
    tier: str
    due_quarters: tuple[int, ...]
    applies_to: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()

    def is_asked(self, *, school_type: str, quarter: int) -> bool:
        return quarter in self.due_quarters and (not self.applies_to or school_type in self.applies_to)

    def is_asked_of(self, stage: str, *, taught: Sequence[str]) -> bool:
        """Tell whether `stage` (or the whole school) of a school that teaches `taught` is asked."""
        wanted = [one for one in taught if not self.stages or one in self.stages]
        return stage in wanted if self.per_stage else stage == Stage.WHOLE and bool(wanted)


@dataclass(frozen=True)
class Line:
    """Fields of a form: tier → how many with this tier and those before it switched on.

    `asked` counts each fact once; `unshared` is what it would be if every indicator asked for the facts of
    its numerator and of its denominator itself. `stage` is empty for the whole form.
    """

    school_type: str
    stage: str
    quarter: int
    asked: Mapping[str, int]
    unshared: Mapping[str, int]


def burden(uses: Iterable[Use]) -> list[Line]:
    """Return the lines of every type of school: each stage, the school as one, the whole form."""
    uses = list(uses)
    return [
        line
        for school_type in STAGES_OF
        for quarter in QUARTERS
        for line in _form(uses, school_type=school_type, quarter=quarter)
    ]


def _form(uses: Sequence[Use], *, school_type: str, quarter: int) -> Iterator[Line]:
    taught = STAGES_OF[school_type]
    due = [use for use in uses if use.is_asked(school_type=school_type, quarter=quarter)]
    everything: list[tuple[str, Use]] = []
    for stage in (*taught, Stage.WHOLE):
        fields = [(stage, use) for use in due if use.is_asked_of(stage, taught=taught)]
        everything += fields
        yield _line(fields, school_type, stage, quarter)
    yield _line(everything, school_type, "", quarter)


def _line(fields: Sequence[tuple[str, Use]], school_type: str, stage: str, quarter: int) -> Line:
    asked, unshared = {}, {}
    for place, tier in enumerate(Tier.values, start=1):
        enabled = [(at, use) for at, use in fields if use.tier in Tier.values[:place]]
        asked[tier] = len({(at, use.element) for at, use in enabled})
        unshared[tier] = len(enabled)
    return Line(school_type=school_type, stage=stage, quarter=quarter, asked=asked, unshared=unshared)
