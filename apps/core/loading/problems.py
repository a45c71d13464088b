from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Problem:
    """One mistake: the file and record it is in, and a sentence that says what is wrong."""

    place: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}"


@dataclass
class Problems:
    """The mistakes found so far."""

    found: list[Problem] = field(default_factory=list)

    def add(self, place: str, sentence: str) -> None:
        self.found.append(Problem(place, sentence))

    def extend(self, problems: Iterable[Problem]) -> None:
        self.found.extend(problems)


class LoadRefused(Exception):
    """Nothing was loaded; `problems` says why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems
