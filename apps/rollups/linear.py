"""What follows from sums that are known: whether a vector lies in the span of others. Pure and exact."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

Vector = Sequence[int | Fraction]


class Span:
    """The span of vectors, added one by one; of each vector in it, from which of them it follows."""

    def __init__(self, vectors: Sequence[Vector] = ()) -> None:
        self._rows: list[tuple[int, list[Fraction], dict[int, Fraction]]] = []
        for place, vector in enumerate(vectors):
            rest, made_of = self._reduced(vector)
            pivot = next((column for column, number in enumerate(rest) if number), None)
            if pivot is not None:
                made_of = {key: -share for key, share in made_of.items()} | {place: Fraction(1)}
                scale = rest[pivot]
                self._rows.append(
                    (pivot, [n / scale for n in rest], {k: share / scale for k, share in made_of.items()})
                )

    def makes(self, vector: Vector) -> set[int] | None:
        """Return the places of the vectors whose combination gives `vector`; None when none does."""
        rest, made_of = self._reduced(vector)
        return None if any(rest) else {place for place, share in made_of.items() if share}

    def _reduced(self, vector: Vector) -> tuple[list[Fraction], dict[int, Fraction]]:
        rest = [Fraction(number) for number in vector]
        made_of: dict[int, Fraction] = {}
        for pivot, row, parts in self._rows:
            share = rest[pivot]
            if share:
                rest = [number - share * own for number, own in zip(rest, row, strict=True)]
                for place, part in parts.items():
                    made_of[place] = made_of.get(place, Fraction(0)) + share * part
        return rest, made_of
