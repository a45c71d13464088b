"""Bindings and the sentences made of them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

if TYPE_CHECKING:
    from apps.reports.prose.facts import Facts


class ProseError(Exception):
    """Text and data disagree: the sentence, where it stands, and what is wrong with it."""

    def __init__(self, place: str, sentence: str, fault: str) -> None:
        super().__init__(f"{place}: {fault} — {sentence}")
        self.place, self.sentence, self.fault = place, sentence, fault


@dataclass(frozen=True, order=True)
class Source:
    """A place in a release: of what (the code of an indicator or a measure), when, which field.

    `quarter` is 0 where a field belongs to no quarter.
    """

    code: str
    quarter: int
    field: str


@dataclass(frozen=True)
class Bound:
    """A piece of text with what it rests on.

    Attributes:
        read: takes the value from the release again.
        tell: says the value, rounded as the pages round it.
    """

    text: str
    sources: tuple[Source, ...]
    value: Any
    read: Callable[[Facts], Any]
    tell: Callable[[Any], str]

    def fault(self, facts: Facts) -> str:
        """Return what is wrong with the binding, empty when it follows from the release."""
        if self.read(facts) != self.value:
            return gettext("“%(text)s” is bound to another value than the release has") % {"text": self.text}
        if self.tell(self.value) != self.text:
            words = gettext("“%(text)s” does not follow from its value, which is told as “%(told)s”")
            return words % {"text": self.text, "told": self.tell(self.value)}
        return ""


Piece = str | Bound


@dataclass(frozen=True)
class Sentence:
    """Text made of literal pieces and bindings; `depends` are what decided that it is said at all."""

    place: str
    pieces: tuple[Piece, ...]
    depends: tuple[Source, ...] = ()

    @property
    def text(self) -> str:
        return "".join(piece if isinstance(piece, str) else piece.text for piece in self.pieces)

    @property
    def bindings(self) -> list[Bound]:
        return [piece for piece in self.pieces if isinstance(piece, Bound)]

    @property
    def literals(self) -> list[str]:
        return [piece for piece in self.pieces if isinstance(piece, str)]

    @property
    def sources(self) -> set[Source]:
        """Everything in the release that the sentence rests on."""
        return {source for bound in self.bindings for source in bound.sources} | set(self.depends)


def bind(
    facts: Facts,
    sources: Sequence[Source],
    read: Callable[[Facts], Any],
    tell: Callable[[Any], str] = str,
) -> Bound:
    """Return the binding of what is read from the release."""
    value = read(facts)
    return Bound(tell(value), tuple(sources), value, read, tell)
