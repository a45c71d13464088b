"""From a template and its slots to a checked sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import yaml
from django.utils.translation import gettext

from apps.reports.prose.bound import Bound, Piece, ProseError, Sentence, Source
from apps.reports.prose.facts import Facts
from apps.reports.prose.vocabulary import loose_words

FILE = Path(__file__).with_name("templates.yaml")
Slot = Bound | Sentence
Slots = Mapping[str, Slot | Sequence[Slot]]


@cache
def templates() -> dict[str, Any]:
    """Return the templates: key → sentence, or several to take turns."""
    found: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return found


@dataclass(frozen=True)
class Prose:
    """Says sentences of one release; each is checked when it is said."""

    facts: Facts

    def say(
        self,
        key: str,
        place: str,
        *,
        turn: int = 0,
        depends: Iterable[Source] = (),
        **slots: Slot | Sequence[Slot],
    ) -> Sentence:
        """Return the sentence of a template.

        Args:
            place: where it stands, for messages and tests.
            turn: which of several wordings is meant, counted on from the first.
            depends: what decided that it is said at all.

        Raises:
            ProseError: it says a figure or a judgement that does not follow from the release.
        """
        pieces = tuple(_pieces(template_of(key, turn), slots))
        sentence = Sentence(place, pieces, (*depends, *_depends(slots)))
        checked(sentence, self.facts)
        return sentence


def template_of(key: str, turn: int = 0) -> str:
    """Return a template, of several the one whose turn it is."""
    found = templates()[key]
    return str(found if isinstance(found, str) else found[turn % len(found)])


def checked(sentence: Sentence, facts: Facts) -> Sentence:
    """Return the sentence when all it says follows from the release.

    Raises:
        ProseError: with the sentence, its place and the first fault.
    """
    for literal in sentence.literals:
        if loose := loose_words(literal):
            fault = gettext("“%(text)s” is bound to nothing") % {"text": loose[0]}
            raise ProseError(sentence.place, sentence.text, fault)
    for bound in sentence.bindings:
        if not bound.text:
            fault = gettext("%(source)s says nothing") % {"source": bound.sources[0].field}
            raise ProseError(sentence.place, sentence.text, fault)
        if fault := bound.fault(facts):
            raise ProseError(sentence.place, sentence.text, fault)
    return sentence


def _pieces(template: str, slots: Slots) -> Iterable[Piece]:
    for literal, name, mark, _conversion in Formatter().parse(template):
        if literal:
            yield literal
        if name is not None:
            yield from _filled(slots[name], "" if mark == "+" else mark or "、")


def _filled(slot: Slot | Sequence[Slot], between: str) -> Iterable[Piece]:
    """Several fillings are joined by the mark after the slot's name: `{names:；}`, `{names:+}` for none."""
    filling = [slot] if isinstance(slot, Bound | Sentence) else list(slot)
    for place, one in enumerate(filling):
        if place:
            yield between
        yield from (one.pieces if isinstance(one, Sentence) else (one,))


def _depends(slots: Slots) -> Iterable[Source]:
    for slot in slots.values():
        for one in [slot] if isinstance(slot, Bound | Sentence) else slot:
            if isinstance(one, Sentence):
                yield from one.depends
