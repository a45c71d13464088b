"""The schedule of a target on its page: what each quarter is asked, and the form that sets another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.display import QUARTER_NAMES
from apps.dashboards import wording
from apps.plans.enums import ScheduleKind
from apps.plans.models import Indicator, TargetSchedule
from apps.plans.schedules.services import follows_schedule
from apps.plans.steps import steps_of
from apps.rollups import definitions
from apps.rollups.expectation import expected_path

QUARTERS = (1, 2, 3, 4)
FIELDS = tuple(f"quarter_{quarter}" for quarter in QUARTERS)


@dataclass(frozen=True)
class ScheduleRow:
    """An indicator that builds up over the year: its schedules and what each quarter is asked."""

    unit: str
    schedules: Sequence[TargetSchedule]
    expected: Sequence[tuple[str, str]]

    @property
    def in_force(self) -> TargetSchedule | None:
        today = clock.today()
        begun = [schedule for schedule in self.schedules if schedule.effective_from <= today]
        return begun[-1] if begun else None

    @property
    def words(self) -> str:
        """The schedule in force in words; an even one where none has been set."""
        kind = self.in_force.kind if self.in_force else ScheduleKind.EVEN
        return str(ScheduleKind(kind).label)


def schedule_row(indicator: Indicator) -> ScheduleRow | None:
    """Return the schedule of an indicator, None where no quarter can ask for a part of its target."""
    if not follows_schedule(indicator):
        return None
    definition = definitions.load(plan=indicator.plan, indicator_ids=[indicator.pk])[0]
    steps = steps_of(indicator, definition.parts[0].elements)
    unit = steps.unit if steps else wording.value_unit(indicator.unit)
    path = expected_path(indicator.plan, definition)
    told = {quarter: steps.reached(level) if steps else level for quarter, level in path.items()}
    return ScheduleRow(
        unit=wording.unit_word(unit),
        schedules=definition.schedules,
        expected=[
            (wording.quarter_name(quarter), _number(wording.as_decimal(told[quarter]) or Decimal(0), unit))
            for quarter in sorted(told)
        ],
    )


def _number(number: Decimal, unit: str) -> str:
    decimals = 0 if number == number.to_integral_value() else 2
    return wording.number_text(number, unit=unit, decimals=decimals)


class ScheduleForm(forms.Form):
    """Say by when how much of the target is expected: evenly, by due quarters, or by four running totals."""

    prefix = "schedule"
    kind = forms.ChoiceField(label=_("Schedule"), choices=ScheduleKind.choices)
    quarter_1 = forms.DecimalField(max_digits=18, decimal_places=4, min_value=0, required=False)
    quarter_2 = forms.DecimalField(max_digits=18, decimal_places=4, min_value=0, required=False)
    quarter_3 = forms.DecimalField(max_digits=18, decimal_places=4, min_value=0, required=False)
    quarter_4 = forms.DecimalField(max_digits=18, decimal_places=4, min_value=0, required=False)
    effective_from = forms.DateField(
        label=_("Counts from"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(
        label=_("Reason or document"), max_length=300, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, *args: Any, row: ScheduleRow, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for quarter, name in zip(QUARTERS, FIELDS, strict=True):
            self.fields[name].label = gettext("By the end of the %(quarter)s (%(unit)s)") % {
                "quarter": str(QUARTER_NAMES[quarter]).lower(),
                "unit": row.unit or gettext("in all"),
            }
        self.initial.setdefault("effective_from", clock.today())
        if row.in_force is not None:
            self.initial.setdefault("kind", row.in_force.kind)
            for name, number in zip(FIELDS, row.in_force.checkpoints, strict=False):
                self.initial.setdefault(name, wording.plain_text(number))

    @property
    def checkpoints(self) -> list[Decimal | None]:
        """The four running totals as given."""
        return [self.cleaned_data.get(name) for name in FIELDS]
