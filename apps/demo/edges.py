"""Brings a figure of the story just below its target, where a rounded display would seem to meet it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from apps.demo.reporting import WrittenFact


def bring_ratio_to(pairs: Sequence[tuple[WrittenFact, WrittenFact]], share: Fraction) -> None:
    """Change numerators evenly until they sum to the largest whole number within `share` of the denominators.

    Each stays between 0 and its own denominator.
    """
    whole = sum(int(below.number or 0) for _, below in pairs)
    missing = int(whole * share) - sum(int(above.number or 0) for above, _ in pairs)
    step = 1 if missing > 0 else -1
    ordered = sorted(pairs, key=lambda pair: -(pair[1].number or 0))
    while missing:
        before = missing
        for above, below in ordered:
            part = step * max(1, abs(missing) * int(below.number or 0) // max(1, whole))
            part = part if abs(part) <= abs(missing) else missing
            number = min(below.number or Decimal(0), max(Decimal(0), (above.number or Decimal(0)) + part))
            missing -= int(number - (above.number or 0))
            above.number = number
            if not missing:
                return
        if missing == before:
            raise ValueError("no room left to change the numerators")
