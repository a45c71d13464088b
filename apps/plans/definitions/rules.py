"""Which definition of an indicator is in force in which quarter, and which facts that asks. Pure."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass

from apps.plans.definitions.models import IndicatorRevision
from apps.plans.formulas import parse
from apps.plans.models import Indicator

QUARTERS = (1, 2, 3, 4)
# What a revision may change; unit, aggregation and accumulation make another indicator.
TEXTS = (
    "numerator",
    "denominator",
    "numerator_label",
    "numerator_label_en",
    "denominator_label",
    "denominator_label_en",
)


@dataclass(frozen=True)
class Use:
    """In which part of the formulas a fact stands, and the quarters whose definition uses it."""

    in_numerator: bool
    in_denominator: bool
    quarters: tuple[int, ...]


def revision_at(revisions: Iterable[IndicatorRevision], quarter: int) -> IndicatorRevision | None:
    """Return the latest confirmed revision that begins in `quarter` or before; None: the first definition."""
    valid = [row for row in revisions if row.confirmed_at is not None and row.from_quarter <= quarter]
    return max(valid, key=lambda row: row.number, default=None)


def as_revised(indicator: Indicator, revision: IndicatorRevision | None) -> Indicator:
    """Return a copy of the indicator with the texts of a revision, to read and never to save."""
    revised = copy.copy(indicator)
    for name in TEXTS if revision is not None else ():
        setattr(revised, name, getattr(revision, name))
    return revised


def uses_of(indicator: Indicator, revisions: Iterable[IndicatorRevision]) -> dict[str, Use]:
    """Return what the definitions of the year ask, by the code of the fact."""
    revisions = list(revisions)
    above: dict[str, set[int]] = {}
    below: dict[str, set[int]] = {}
    for quarter in QUARTERS:
        definition = as_revised(indicator, revision_at(revisions, quarter))
        for found, text in ((above, definition.numerator), (below, definition.denominator)):
            for code in parse(text).elements if text else ():
                found.setdefault(code, set()).add(quarter)
    return {
        code: Use(
            in_numerator=code in above,
            in_denominator=code in below,
            quarters=tuple(sorted(above.get(code, set()) | below.get(code, set()))),
        )
        for code in sorted(above.keys() | below.keys())
    }
