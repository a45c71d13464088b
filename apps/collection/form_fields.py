"""One control of the form: what stands in it, what is wrong with it, what counted before. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from apps.collection.checks import Problem
from apps.collection.facts import FactValue, input_text, shown_text
from apps.collection.slots import Slot
from apps.organisations.enums import Stage
from apps.plans.enums import Accumulation, ValueType

# Shown only once somebody tried to submit.
QUIET = frozenset({"missing", "untouched"})


@dataclass
class FieldView:
    """One control: what stands in it, what is wrong with it, what counted before."""

    slot: Slot
    text: str
    not_applicable: bool
    reason: str
    problems: list[Problem]
    flags: list[Problem]
    seconds: int = 0

    @property
    def name(self) -> str:
        return self.slot.name

    @property
    def kind(self) -> str:
        return {ValueType.BOOLEAN: "choice", ValueType.CHOICE: "choice", ValueType.TEXT: "text"}.get(
            ValueType(self.slot.element.value_type), "figure"
        )

    @property
    def options(self) -> list[tuple[str, str]]:
        """The choices of a yes/no or choice fact: value and label."""
        element = self.slot.element
        is_yes_no = element.value_type == ValueType.BOOLEAN
        values = ["1", "0"] if is_yes_no else [str(choice["value"]) for choice in element.choices]
        return [(value, shown_text(element, FactValue(number=Decimal(value)))) for value in values]

    @property
    def errors(self) -> list[Problem]:
        """What is wrong, without what is only not filled in yet and what only asks for a reason."""
        return [problem for problem in self.problems if problem.code not in QUIET | {"reason"}]

    @property
    def wants_reason(self) -> bool:
        return any(problem.code in ("reason", "untouched", "no_reason") for problem in self.problems)

    @property
    def shows_reason(self) -> bool:
        return bool(
            self.reason or self.not_applicable or self.flags or self.slot.field_return or self.wants_reason
        )

    @property
    def is_done(self) -> bool:
        return not self.problems

    @property
    def stage_label(self) -> str:
        return str(Stage(self.slot.stage).label)

    @property
    def saved_text(self) -> str:
        """What is stored, in words."""
        return shown_text(self.slot.element, self.slot.value)

    @property
    def accepted_text(self) -> str:
        return shown_text(self.slot.element, self.slot.accepted)

    @property
    def differs_from_saved(self) -> bool:
        """What was typed is not what is stored (somebody else saved meanwhile)."""
        stored = self.slot.stored.typed if self.slot.stored and self.slot.stored.typed else None
        return self.text.strip() != (stored or input_text(self.slot.element, self.slot.value))

    @property
    def previous_text(self) -> str:
        return shown_text(self.slot.element, self.slot.previous.value) if self.slot.previous else ""

    @property
    def last_year_text(self) -> str:
        """The same quarter's accepted value a year ago, unless that is the last accepted one anyway."""
        last, previous = self.slot.last_year, self.slot.previous
        if last is None or (previous is not None and previous.period.pk == last.period.pk):
            return ""
        return shown_text(self.slot.element, last.value)

    @property
    def version(self) -> int:
        return self.slot.stored.version if self.slot.stored else 0

    @property
    def carried_text(self) -> str:
        """What carrying the last accepted value over writes; empty where that makes no sense (a flow)."""
        previous = self.slot.previous
        if previous is None or self.slot.element.accumulation == Accumulation.FLOW or not self.slot.editable:
            return ""
        return input_text(self.slot.element, previous.value)
