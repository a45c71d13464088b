"""Indicators counted in steps: a milestone of four steps, an action of eight parts. Pure.

Their values are stored as every other: a milestone as a share of 100, a count of parts as a count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from apps.plans.enums import Kind, ValueType
from apps.plans.models import DataElement, Indicator

STEP = "步"
# Values are kept with four decimals: a third of the way is 33.3333, and that is one step of three.
KEPT = Fraction(1, 10_000)


@dataclass(frozen=True)
class Steps:
    """How a value is told in steps: `scale` is the value of all of them, `names` those of single steps."""

    total: int
    scale: int
    unit: str
    names: Mapping[int, Mapping[str, str]]

    def reached(self, value: Fraction | Decimal | int) -> Fraction:
        """Return a value (or a difference of values) of the indicator in steps; whole ones are whole."""
        steps = Fraction(value) * self.total / self.scale
        whole = round(steps)
        return Fraction(whole) if abs(steps - whole) <= KEPT * self.total / self.scale else steps

    def name(self, value: Fraction | Decimal, *, chinese: bool) -> str:
        """Return the name of the step reached, empty where steps have none."""
        return self._name(int(self.reached(value)), chinese)

    def step_names(self, *, chinese: bool) -> list[str]:
        """Return the names of all steps from 0 on, their numbers where they have none."""
        return [self._name(step, chinese) or str(step) for step in range(self.total + 1)]

    def _name(self, step: int, chinese: bool) -> str:
        names = self.names.get(step, {})
        return str(names.get("label" if chinese else "label_en") or names.get("label") or "")


def steps_of(indicator: Indicator, elements: Sequence[DataElement] | None = None) -> Steps | None:
    """Return how an indicator is told in steps, None for all others.

    Args:
        elements: the facts of its numerator where they are known (else its prefetched links are read).
    """
    if indicator.kind not in (Kind.MILESTONE, Kind.LEVEL):
        return None
    if elements is None:
        elements = [link.element for link in indicator.element_links.all() if link.in_numerator]
    if indicator.kind == Kind.MILESTONE:
        return _milestone(indicator, elements)
    if indicator.denominator or len(elements) < 2:
        return None
    is_checklist = all(element.value_type == ValueType.BOOLEAN for element in elements)
    return Steps(len(elements), len(elements), indicator.unit, {}) if is_checklist else None


def _milestone(indicator: Indicator, elements: Sequence[DataElement]) -> Steps | None:
    """The number of steps is what the formula divides by; the choices of its one fact name them."""
    total = int(indicator.denominator) if indicator.denominator.strip().isdigit() else 0
    if not total:
        return None
    choices = elements[0].choices if len(elements) == 1 else []
    return Steps(total, 100, STEP, {int(choice["value"]): choice for choice in choices})
