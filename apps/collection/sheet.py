"""The form of one return as its page shows it: areas, stages, fields, what is left to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from apps.collection.arithmetic import Ratio, ratios_of
from apps.collection.autosave.timing import minutes, seconds_of
from apps.collection.checks import Problem, flags_of, form_flags, problems_of, soft_contradictions
from apps.collection.enums import SubmissionStatus
from apps.collection.facts import input_text
from apps.collection.form_fields import FieldView
from apps.collection.grouping import Uses, stages_of, uses_of
from apps.collection.keys import Key
from apps.collection.models import Period, Submission
from apps.collection.rules.kept import kept_rules
from apps.collection.services import Entry
from apps.collection.slots import Slot, slots_of
from apps.organisations.enums import Stage
from apps.organisations.models import Organisation
from apps.plans.models import Indicator, TaskArea

Views = Mapping[Key, FieldView]


@dataclass
class StageGroup:
    """The fields of one area for one stage, with the rates they give."""

    stage: Stage
    fields: list[FieldView]
    ratios: list[Ratio]


@dataclass
class Section:
    """One task area of the form; `area` is None for facts no indicator asks any more."""

    area: TaskArea | None
    groups: list[StageGroup]

    @property
    def fields(self) -> list[FieldView]:
        return [view for group in self.groups for view in group.fields]

    @property
    def left(self) -> int:
        return sum(not view.is_done for view in self.fields)

    @property
    def is_folded(self) -> bool:
        """Everything of it is filled in and nothing unusual: it need not stay open."""
        return not self.left and not any(view.flags for view in self.fields)

    @property
    def is_fixed(self) -> bool:
        """Nothing of it can be written now: the other areas were returned."""
        return not any(view.slot.editable for view in self.fields)


@dataclass
class Sheet:
    """A whole form."""

    period: Period
    organisation: Organisation
    submission: Submission | None
    sections: list[Section] = field(default_factory=list)
    flags: list[Problem] = field(default_factory=list)
    rules_stamp: str = ""

    @property
    def wants_remark(self) -> bool:
        """The return as a whole is unusual and nobody has said why yet."""
        return bool(self.flags) and (self.submission is None or not self.submission.remark)

    @property
    def fields(self) -> list[FieldView]:
        return [view for section in self.sections for view in section.fields]

    @property
    def sections_in_order(self) -> list[Section]:
        """The areas in their order; while something is corrected, those with something to correct first."""
        return sorted(self.sections, key=lambda section: section.is_fixed)

    @property
    def total(self) -> int:
        return len(self.fields)

    @property
    def left(self) -> int:
        return sum(not view.is_done for view in self.fields)

    @property
    def done(self) -> int:
        return self.total - self.left

    @property
    def is_editable(self) -> bool:
        """A draft stays open for submitting even when other systems have told every fact."""
        is_draft = self.submission is not None and self.submission.status == SubmissionStatus.DRAFT
        return is_draft or any(view.slot.editable for view in self.fields)

    @property
    def minutes_left(self) -> int:
        """Whole minutes that what is left takes, as others needed for it."""
        return minutes(sum(view.seconds for view in self.fields if not view.is_done))

    @property
    def stages(self) -> set[str]:
        return {view.slot.stage for view in self.fields} - {Stage.WHOLE}

    @property
    def can_carry(self) -> bool:
        return any(view.carried_text and view.slot.value.is_blank and not view.text for view in self.fields)


def build_sheet(
    *,
    period: Period,
    organisation: Organisation,
    submission: Submission | None,
    typed: Mapping[Key, Entry] | None = None,
    refused: Mapping[Key, Problem] | None = None,
) -> Sheet:
    """Build the form (12 queries at most, two more once a rule has changed).

    Args:
        typed: what was just sent; shown again as typed where it was refused.
        refused: the problems of what was just sent and could not be taken.
    """
    slots = slots_of(period=period, organisation=organisation, submission=submission)
    kept = kept_rules()
    rules = kept.book
    problems = problems_of(slots, rules, period)
    between = soft_contradictions(slots, rules)
    for key, problem in (refused or {}).items():
        problems[key] = [problem]
    seconds = seconds_of({slot.element.pk for slot in slots})
    views = {
        slot.key: field_view(
            slot,
            entry=(typed or {}).get(slot.key),
            problems=problems.get(slot.key, []),
            flags=flags_of(slot, slot.value, rules) + between.get(slot.key, []),
            seconds=seconds[slot.element.pk],
        )
        for slot in slots
    }
    uses = uses_of(period, organisation)
    sections = _sections(views, uses)
    return Sheet(period, organisation, submission, sections, form_flags(slots, rules), kept.stamp)


def field_view(
    slot: Slot,
    *,
    problems: list[Problem],
    flags: list[Problem],
    entry: Entry | None = None,
    seconds: int = 0,
) -> FieldView:
    """Return the control of a fact as it is stored, or as `entry` was just typed."""
    value, stored = slot.value, slot.stored
    shown = entry if entry is not None and slot.editable else None
    typed = stored.typed if stored and stored.typed else input_text(slot.element, value)
    return FieldView(
        slot=slot,
        text=shown.text if shown else typed,
        not_applicable=shown.not_applicable if shown else value.not_applicable,
        reason=shown.reason if shown else value.reason,
        problems=problems,
        flags=flags,
        seconds=seconds,
    )


def _sections(views: Views, uses: Uses) -> list[Section]:
    numbers = sorted({uses.area_number(key) for key in views})
    sections = []
    for number in numbers:
        inside = {key: view for key, view in views.items() if uses.area_number(key) == number}
        area = next((uses.areas[key] for key in inside if key in uses.areas), None)
        sections.append(Section(area, [_group(stage, inside, uses, views) for stage in stages_of(inside)]))
    return sections


def _group(stage: str, inside: Views, uses: Uses, everything: Views) -> StageGroup:
    fields = [view for key, view in inside.items() if key[1] == stage]
    indicators: list[Indicator] = []
    for view in fields:
        indicators.extend(each for each in uses.indicators.get(view.slot.key, []) if each not in indicators)
    same_stage: Sequence[Slot] = [view.slot for key, view in everything.items() if key[1] == stage]
    own = {view.slot.element.code for view in fields}
    ratios = [ratio for ratio in ratios_of(same_stage, indicators) if ratio.numerator.element.code in own]
    return StageGroup(Stage(stage), fields, ratios)
