"""What somebody typed for facts, and what becomes of it: one way for the form and for every file. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from apps.collection.checks import Problem
from apps.collection.facts import FactValue, check_words, echo_of, read_fact
from apps.collection.keys import Key
from apps.collection.slots import Slot
from apps.core.typed import Unreadable, has_personal_number, tidy
from apps.plans.models import DataElement

TYPED_LENGTH = 200
NOT_APPLICABLE_TYPED = "不适用"
BLANK = FactValue()
Reader = Callable[[DataElement, str], FactValue]


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody typed for one fact. `text` is raw, as typed."""

    element_id: int
    stage: str
    text: str = ""
    not_applicable: bool = False
    reason: str = ""

    @property
    def key(self) -> Key:
        return (self.element_id, self.stage)


@dataclass
class SaveOutcome:
    """How many facts changed, what could not be read, what was read otherwise than typed, and the version."""

    version: int
    saved: int = 0
    problems: dict[Key, Problem] = field(default_factory=dict)
    echoes: dict[Key, str] = field(default_factory=dict)


@dataclass(slots=True)
class Place:
    """Where a fact is written: what is asked, whether it may be written, and what stands there now."""

    element: DataElement
    editable: bool
    value: FactValue = BLANK
    typed: str = ""

    @classmethod
    def of(cls, slot: Slot) -> Place:
        """Return the place of a fact of the form."""
        return cls(slot.element, slot.editable, slot.value, slot.stored.typed if slot.stored else "")


@dataclass(frozen=True, slots=True)
class Written:
    """A fact that changes, as it is to be stored; `typed` holds what could not be read."""

    element_id: int
    stage: str
    value: FactValue
    typed: str


class KnownTexts:
    """Reads facts as `read_fact` does, each text of a fact once: a file says the same thing many times."""

    def __init__(self) -> None:
        self._read: dict[tuple[int, str], FactValue | Unreadable] = {}

    def __call__(self, element: DataElement, typed: str) -> FactValue:
        text = (element.id, typed)
        known = self._read.get(text)
        if known is None:
            try:
                known = read_fact(element, typed)
            except Unreadable as refusal:
                known = refusal
            self._read[text] = known
        if isinstance(known, Unreadable):
            raise known.with_traceback(None)
        return known


def changes_of(
    entries: Iterable[Entry], places: Mapping[Key, Place], outcome: SaveOutcome, read: Reader = read_fact
) -> list[Written]:
    """Return the facts that entries change; what they cannot and how they were read goes to `outcome`."""
    changed: dict[Key, Written] = {}
    for entry in entries:
        key = entry.key
        place = places.get(key)
        if place is None or not place.editable:
            if place is None or not says_the_same(entry, place, read):
                outcome.problems[key] = Problem("not_open", _("This fact is not open for changes."))
            continue
        value, typed = _read(entry, place, outcome, read)
        if place.value != value or place.typed != typed:
            place.value, place.typed = value, typed
            changed[key] = Written(entry.element_id, entry.stage, value, typed)
    outcome.saved = len(changed)
    return list(changed.values())


def says_the_same(entry: Entry, place: Place, read: Reader = read_fact) -> bool:
    """Tell whether an entry is what is stored already; reasons aside."""
    if entry.not_applicable and place.value.not_applicable:
        return True
    try:
        return read(place.element, entry.text).same_as(place.value)
    except Unreadable:
        return bool(place.typed and place.typed == _kept(entry))


def _read(entry: Entry, place: Place, outcome: SaveOutcome, read: Reader) -> tuple[FactValue, str]:
    """Return the fact and, when it cannot be read, what was typed."""
    reason = _reason(entry, outcome)
    try:
        value = _not_applicable(entry, reason) if entry.not_applicable else read(place.element, entry.text)
    except Unreadable as refusal:
        outcome.problems.setdefault(entry.key, Problem(refusal.code, refusal.message))
        return FactValue(reason=reason), _kept(entry)
    if echo := echo_of(place.element, entry.text, value):
        outcome.echoes[entry.key] = echo
    return replace(value, reason=reason) if reason else value, ""


def _reason(entry: Entry, outcome: SaveOutcome) -> str:
    reason = entry.reason.strip()
    if not reason:
        return ""
    try:
        check_words(reason)
    except Unreadable as refusal:
        outcome.problems[entry.key] = Problem(refusal.code, refusal.message)
        return ""
    return reason


def _kept(entry: Entry) -> str:
    """Return what is kept of an unreadable text: all of it, but no personal number."""
    typed = tidy(entry.text)[:TYPED_LENGTH]
    if has_personal_number(typed):
        return ""
    return typed or NOT_APPLICABLE_TYPED


def _not_applicable(entry: Entry, reason: str) -> FactValue:
    if tidy(entry.text):
        raise Unreadable("both")
    if not reason:
        raise Unreadable("no_reason")
    return FactValue(not_applicable=True, reason=reason)
