"""A reading: one figure with everything a page says about it. Pure.

Three signals stay apart: performance (`status`, `reason`, `recovered_from`), data state (`data_state`,
`coverage`, `as_of_quarter`) and confidence (`confidence`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext

from apps.collection.enums import DataState
from apps.core.display import Sign
from apps.dashboards import wording
from apps.dashboards.lights import HIDDEN, JUDGED, NOT_APPLICABLE, sign_of, text_of
from apps.dashboards.natural_units import natural_unit
from apps.dashboards.outlooks import NO_OUTLOOK, Outlook, outlook_of
from apps.plans.enums import Aggregation, Basis, Privacy, SliceKind
from apps.plans.models import Indicator, TargetRevision
from apps.plans.steps import Steps, steps_of
from apps.rollups.enums import Confidence, Reason, Status
from apps.rollups.models import Result
from apps.rollups.subjects import NEEDS_BASELINE


@dataclass(frozen=True)
class Reading:
    """Indicator × quarter × slice. `value` is in the value unit, `change` and `gap` in the gap unit.

    Where there are `steps`, `told` and `gap_told` are what a reader is told: steps, not a share of them.
    """

    indicator: Indicator
    quarter: int
    status: str
    slice_kind: str = SliceKind.ALL
    slice_value: str = ""
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    change: Decimal | None = None
    gap: Decimal | None = None
    n_due: int = 0
    n_reported: int = 0
    n_not_applicable: int = 0
    as_of_quarter: int | None = None
    as_of_date: dt.date | None = None
    data_until: dt.date | None = None
    target: TargetRevision | None = None
    gap_units: Decimal | None = None
    achievement: Decimal | None = None
    required: Decimal | None = None
    reason: str = ""
    carried_status: str = ""
    recovered_from: int | None = None
    forecast: Outlook = NO_OUTLOOK
    bounds_low: Decimal | None = None
    bounds_high: Decimal | None = None
    confidence: str = Confidence.NONE
    due_on: dt.date | None = None
    is_overdue: bool = False
    n_returned: int = 0
    is_exceeded: bool = False
    is_provisional: bool = False
    is_hidden: bool = False
    steps: Steps | None = None

    @property
    def sign(self) -> Sign:
        return sign_of(self.status)

    @property
    def light_text(self) -> str:
        return text_of(self.status)

    @property
    def n_expected(self) -> int:
        return self.n_due - self.n_not_applicable

    @property
    def data_state(self) -> DataState:
        """How far the reports of the figure are: those of the quarter itself, where it measures anything."""
        if self.n_expected <= 0 or self.is_carried or self.as_of_quarter is None:
            return DataState.NOT_DUE
        if self.n_reported == self.n_expected:
            return DataState.ACCEPTED
        if self.is_overdue:
            return DataState.LATE
        return DataState.RETURNED if self.n_returned else DataState.DUE

    @property
    def confidence_word(self) -> str:
        """Final, provisional, estimated or suppressed; empty without a figure."""
        if self.is_hidden:
            return str(Confidence.SUPPRESSED.label)
        return str(Confidence(self.confidence).label) if self.value is not None else ""

    @property
    def coverage(self) -> Fraction | None:
        """Reported over due, those it does not apply to left out; None when nothing is due."""
        return Fraction(self.n_reported, self.n_expected) if self.n_expected > 0 else None

    @property
    def is_carried(self) -> bool:
        return self.as_of_quarter is not None and self.as_of_quarter != self.quarter

    @property
    def is_judged(self) -> bool:
        return self.status in JUDGED

    @property
    def unit(self) -> str:
        return self.steps.unit if self.steps else wording.value_unit(self.indicator.unit)

    @property
    def decimals(self) -> int:
        return self.indicator.decimals

    @property
    def told(self) -> Decimal | None:
        """The value as it is told: in steps where there are steps."""
        if self.value is None or self.steps is None:
            return self.value
        return wording.as_decimal(self.steps.reached(self.value))

    @property
    def gap_told(self) -> Decimal | None:
        """The size of the gap as it is told: in steps where there are steps."""
        if self.gap is None:
            return None
        return abs(self.gap) if self.steps is None else wording.as_decimal(self.steps.reached(abs(self.gap)))

    @property
    def value_text(self) -> str:
        """The value with its unit (of steps: how many of how many, and which), or why there is none."""
        return f"{self.short_text} · {self.step_name}" if self.step_name else self.short_text

    @property
    def step_name(self) -> str:
        """The name of the step reached, empty where steps have none."""
        if self.value is None or self.steps is None:
            return ""
        return self.steps.name(self.value, chinese=wording.is_chinese())

    @property
    def short_text(self) -> str:
        """The value with its unit, without the name of a step."""
        if self.value is None:
            return self.absence_text
        if self.steps:
            return wording.steps_text(self.steps, self.value)
        return wording.number_text(self.value, unit=self.unit, decimals=self.decimals)

    @property
    def absence_text(self) -> str:
        if self.is_hidden:
            return gettext("Hidden: small numbers")
        if self.as_of_quarter is None and self.n_due == 0:
            return gettext("Not due yet") if self.status == Status.NOT_DUE else gettext("No data yet")
        if self.status == NOT_APPLICABLE or self.n_expected <= 0:
            return gettext("Does not apply")
        if self.n_reported == 0:
            return gettext("No data yet")
        if self.indicator.aggregation == Aggregation.WEIGHTED_CV and self.slice_kind == SliceKind.ALL:
            return gettext("Worked out stage by stage")
        if self.n_reported < self.n_expected and self.denominator != 0:
            return gettext("Waiting for all reports")
        return gettext("Cannot be computed")

    @property
    def change_text(self) -> str:
        """The change against the baseline in words, for indicators judged by it."""
        if self.change is None:
            return ""
        size = wording.gap_text(self.change, unit=self.indicator.unit, decimals=self.decimals)
        if self.change == 0:
            return gettext("unchanged from the baseline")
        if self.change > 0:
            return gettext("%(size)s above the baseline") % {"size": size}
        return gettext("%(size)s below the baseline") % {"size": size}

    @property
    def gap_text(self) -> str:
        """How far the target is, in words; empty without a target or a value."""
        if self.gap is None or not self.is_judged:
            return ""
        if self.status == Status.ACHIEVED and self.is_exceeded:
            return gettext("more than planned")
        if self.status == Status.ACHIEVED:
            return gettext("target met")
        if self.steps:
            return gettext("%(size)s to go") % {"size": wording.steps_size(self.steps, self.gap)}
        size = wording.gap_text(self.gap, unit=self.indicator.unit, decimals=self.decimals)
        if self.units_text and natural_unit(self.indicator) != self.indicator.unit:
            return gettext("%(size)s (%(units)s) short of the target") % {
                "size": size,
                "units": self.units_text,
            }
        return gettext("%(size)s short of the target") % {"size": size}

    @property
    def units_text(self) -> str:
        """The gap in whole things with their unit, empty where there are none or it is closed."""
        if not self.gap_units or self.steps or not self.is_judged or self.status == Status.ACHIEVED:
            return ""
        unit = natural_unit(self.indicator)
        return wording.number_text(self.gap_units, unit=unit, decimals=0) if unit else ""

    @property
    def recovered_text(self) -> str:
        """The quarter a good light recovered from, in words; empty when none was missed."""
        if self.recovered_from is None:
            return ""
        quarter = wording.quarter_name(self.recovered_from)
        return gettext("recovered, off track in the %(quarter)s") % {"quarter": quarter.lower()}

    @property
    def last_light_text(self) -> str:
        """The light of the last measurement, between two of them; empty otherwise."""
        if not self.carried_status or self.as_of_quarter is None or self.is_hidden:
            return ""
        return gettext("last measured in the %(quarter)s: %(light)s") % {
            "quarter": wording.quarter_name(self.as_of_quarter).lower(),
            "light": text_of(self.carried_status),
        }

    @property
    def reason_text(self) -> str:
        """Why the light is what it is, empty without a light."""
        return str(Reason(self.reason).label) if self.is_judged else ""

    @property
    def coverage_text(self) -> str:
        """Coverage in words: the share with both counts."""
        if self.coverage is None:
            return gettext("nothing due")
        return gettext("%(share)s (%(reported)d of %(due)d)") % {
            "share": wording.share_text(self.coverage),
            "reported": self.n_reported,
            "due": self.n_expected,
        }

    @property
    def carried_text(self) -> str:
        """Where a carried value comes from; empty for a fresh one."""
        if not self.is_carried or self.as_of_quarter is None or self.as_of_date is None:
            return ""
        return gettext("carried from the %(quarter)s (%(date)s)") % {
            "quarter": wording.quarter_name(self.as_of_quarter).lower(),
            "date": self.as_of_date.isoformat(),
        }

    def settled(self) -> Reading:
        """Return the reading; it "does not apply" where all have answered and it is nothing of nothing."""
        is_nothing = self.n_expected <= 0 or (self.n_reported == self.n_expected and self.denominator == 0)
        if self.status == Status.NO_DATA and self.value is None and self.n_due > 0 and is_nothing:
            return replace(self, status=NOT_APPLICABLE)
        return self

    def hidden(self) -> Reading:
        """Return the reading without any number that could tell the small cell."""
        return replace(
            self,
            status=HIDDEN,
            is_hidden=True,
            is_exceeded=False,
            value=None,
            numerator=None,
            denominator=None,
            minimum=None,
            maximum=None,
            change=None,
            gap=None,
            gap_units=None,
            achievement=None,
            required=None,
            reason="",
            carried_status="",
            recovered_from=None,
            forecast=NO_OUTLOOK,
        )

    def without_change(self) -> Reading:
        """Return the reading without what would tell a baseline that is hidden, or that of a part."""
        if self.indicator.privacy != Privacy.SMALL_CELL:
            return self
        needs_it = self.indicator.basis == Basis.CHANGE or (
            self.target is not None and self.target.operator in NEEDS_BASELINE
        )
        if not needs_it:
            return replace(self, change=None)
        return replace(
            self,
            change=None,
            gap=None,
            gap_units=None,
            achievement=None,
            required=None,
            forecast=NO_OUTLOOK,
        )


def reading_of(
    result: Result, *, indicator: Indicator, quarter: int, today: dt.date, n_returned: int = 0
) -> Reading:
    """Return the reading of a stored result (with its judgement and as-of period selected).

    Args:
        n_returned: how many organisations have its facts back for correction.
    """
    judgement = getattr(result, "judgement", None)
    reading = Reading(
        indicator=indicator,
        quarter=quarter,
        status=judgement.status if judgement else Status.NO_DATA,
        slice_kind=result.slice_kind,
        slice_value=result.slice_value,
        numerator=result.numerator,
        denominator=result.denominator,
        # The weakest and the strongest school are schools' own figures.
        minimum=None if indicator.privacy == Privacy.SMALL_CELL else result.minimum,
        maximum=None if indicator.privacy == Privacy.SMALL_CELL else result.maximum,
        n_due=result.n_due,
        n_reported=result.n_reported,
        n_not_applicable=result.n_not_applicable,
        as_of_quarter=result.as_of.quarter if result.as_of else None,
        as_of_date=result.as_of.ends_on if result.as_of else None,
        data_until=min(result.as_of.ends_on, today) if result.as_of else None,
        due_on=result.as_of.due_on if result.as_of else None,
        is_overdue=result.as_of is not None and today > result.as_of.due_on,
        n_returned=n_returned,
        is_provisional=indicator.is_provisional,
        steps=steps_of(indicator),
    )
    if judgement is None:
        return reading.settled()
    return replace(
        reading,
        value=judgement.value,
        change=judgement.change,
        gap=judgement.gap,
        gap_units=judgement.gap_units,
        achievement=judgement.achievement,
        required=judgement.required,
        reason=judgement.reason,
        carried_status=judgement.carried_status,
        recovered_from=judgement.recovered_from,
        forecast=outlook_of(judgement),
        confidence=judgement.confidence,
        target=judgement.target_revision,
        is_exceeded=judgement.is_exceeded,
        is_provisional=judgement.is_provisional or indicator.is_provisional,
    ).settled()


def absent(indicator: Indicator, quarter: int) -> Reading:
    """Return the reading of a result that has not been computed: not due yet, or no data."""
    due = quarter >= min(indicator.due_quarters)
    return Reading(indicator=indicator, quarter=quarter, status=Status.NO_DATA if due else Status.NOT_DUE)
