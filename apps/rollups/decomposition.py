"""What moved a figure between two moments: exact contributions of its parts that add up to the change. Pure.

Of a rate R = Σn/Σd with weights w = d/Σd and own rates r = n/d, a part that is there both times contributes

    rate  (w₀ + w₁)/2 · (r₁ − r₀)         it did better or worse itself
    mix   (w₁ − w₀) · ((r₀ + r₁)/2 − R̄)   it became a larger or smaller part of the whole, R̄ = (R₀ + R₁)/2

and one that is there only once w₁·(r₁ − R̄) or −w₀·(r₀ − R̄). Symmetric in time, no remainder, and the order of
the parts does not matter: Griliches and Regev, "Firm productivity in Israeli industry 1979–1988", Journal of
Econometrics 65 (1995), eq. 3; for parts that stay it is Kitagawa's components of a difference between two
rates (JASA 50, 1955) with the mix measured from the average.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

K = TypeVar("K")
ZERO = Fraction(0)


@dataclass(frozen=True)
class Amounts:
    """A part at one moment: n and d of a rate; of a sum n alone (d is 0)."""

    numerator: Fraction
    denominator: Fraction = ZERO

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(self.numerator + other.numerator, self.denominator + other.denominator)


@dataclass(frozen=True)
class Contribution:
    """What a part adds to the change, by cause, in the unit of the figure (of a rate: as a share of 1).

    `schools`: it opened, closed or was merged; `reporting`: it is in the sum only once because it did not
    report, or the figure did not apply to it.
    """

    rate: Fraction = ZERO
    mix: Fraction = ZERO
    schools: Fraction = ZERO
    reporting: Fraction = ZERO

    @property
    def total(self) -> Fraction:
        return self.rate + self.mix + self.schools + self.reporting

    def __add__(self, other: Contribution) -> Contribution:
        return Contribution(
            self.rate + other.rate,
            self.mix + other.mix,
            self.schools + other.schools,
            self.reporting + other.reporting,
        )

    def scaled(self, factor: int) -> Contribution:
        """Return it in another unit (100: percentage points)."""
        return Contribution(*(part * factor for part in (self.rate, self.mix, self.schools, self.reporting)))


@dataclass(frozen=True)
class Sides:
    """The change of one quotient by its two numbers."""

    numerator: Fraction
    denominator: Fraction

    @property
    def total(self) -> Fraction:
        return self.numerator + self.denominator


def total(parts: Iterable[Amounts]) -> Amounts:
    """Return the whole of the parts."""
    return sum(parts, Amounts(ZERO))


def of_rate(
    before: Mapping[K, Amounts], after: Mapping[K, Amounts], *, alive_once: Collection[K] = ()
) -> dict[K, Contribution] | None:
    """Return each part's contribution to the change of Σn/Σd, None where either is 0/0.

    Args:
        alive_once: parts that opened, closed or were merged between the two moments.
    """
    whole = total(before.values()), total(after.values())
    if not whole[0].denominator or not whole[1].denominator:
        return None
    start, end = (one.numerator / one.denominator for one in whole)
    middle = (start + end) / 2
    return {
        key: _rate_part(before.get(key), after.get(key), whole, middle, is_life=key in alive_once)
        for key in before.keys() | after.keys()
    }


def _rate_part(
    before: Amounts | None,
    after: Amounts | None,
    whole: tuple[Amounts, Amounts],
    middle: Fraction,
    *,
    is_life: bool,
) -> Contribution:
    left = _deviation(before, whole[0], middle)
    arrived = _deviation(after, whole[1], middle)
    if before is None or after is None:
        once = arrived - left
        return Contribution(schools=once) if is_life else Contribution(reporting=once)
    if not before.denominator or not after.denominator:  # no rate of its own, so all of it is its weight
        return Contribution(mix=arrived - left)
    weights = before.denominator / whole[0].denominator, after.denominator / whole[1].denominator
    rates = before.numerator / before.denominator, after.numerator / after.denominator
    return Contribution(
        rate=(weights[0] + weights[1]) / 2 * (rates[1] - rates[0]),
        mix=(weights[1] - weights[0]) * ((rates[0] + rates[1]) / 2 - middle),
    )


def _deviation(part: Amounts | None, whole: Amounts, middle: Fraction) -> Fraction:
    """w·(r − R̄), written so that it also holds for a part with nothing to divide by."""
    return ZERO if part is None else (part.numerator - middle * part.denominator) / whole.denominator


def of_sum(
    before: Mapping[K, Amounts], after: Mapping[K, Amounts], *, alive_once: Collection[K] = ()
) -> dict[K, Contribution]:
    """Return each part's contribution to the change of Σn; a sum has no mix."""
    found = {}
    for key in before.keys() | after.keys():
        change = after.get(key, Amounts(ZERO)).numerator - before.get(key, Amounts(ZERO)).numerator
        if key in before and key in after:
            found[key] = Contribution(rate=change)
        else:
            found[key] = Contribution(schools=change) if key in alive_once else Contribution(reporting=change)
    return found


def of_sides(before: Amounts, after: Amounts) -> Sides | None:
    """Return what the numerator and what the denominator did to one quotient, None where either is n/0.

    ΔN · (1/D₀ + 1/D₁)/2 and (N₀ + N₁)/2 · (1/D₁ − 1/D₀); they add up to N₁/D₁ − N₀/D₀.
    """
    if not before.denominator or not after.denominator:
        return None
    inverse = 1 / before.denominator, 1 / after.denominator
    return Sides(
        numerator=(after.numerator - before.numerator) * (inverse[0] + inverse[1]) / 2,
        denominator=(before.numerator + after.numerator) / 2 * (inverse[1] - inverse[0]),
    )


def gathered(contributions: Mapping[K, Contribution], groups: Mapping[K, str]) -> dict[str, Contribution]:
    """Return the contributions added up by group."""
    found: dict[str, Contribution] = {}
    for key, contribution in contributions.items():
        found[groups[key]] = found.get(groups[key], Contribution()) + contribution
    return found
