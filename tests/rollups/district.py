"""A small district for tests of the roll-ups: facts are written as if accepted, no workflow needed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils import timezone

from apps.collection.calendar import quarter_dates
from apps.collection.models import Assignment, DataValue, Period, Submission
from apps.plans import formulas
from apps.plans.models import Baseline, DataElement, Indicator, IndicatorElement, Target, TargetRevision
from apps.rollups.models import Result
from apps.rollups.services import affected_pairs, refresh
from tests.factories import (
    AreaFactory,
    ElementFactory,
    IndicatorFactory,
    OfficeFactory,
    PlanFactory,
    RegionFactory,
    SchoolFactory,
    UserFactory,
)

NOT_APPLICABLE = object()
WRITTEN_ONLY = object()


class District:
    """A region with a plan, its quarters and one administrator who accepts everything."""

    def __init__(self, *, region=None, ratio=1, year=2025):
        self.region = region or RegionFactory()
        self.plan = PlanFactory(region=self.region, year=year, policy={"on_track_ratio": ratio})
        self.area = AreaFactory(plan=self.plan, lead_office__region=self.region)
        self.office = self.area.lead_office
        self.user = UserFactory(role="administrator", region=self.region)
        self.periods = {
            quarter: Period.objects.create(
                plan=self.plan, quarter=quarter, **vars(quarter_dates(self.plan.year, quarter))
            )
            for quarter in (1, 2, 3, 4)
        }

    def element(self, code: str, **options) -> DataElement:
        found = DataElement.objects.filter(code=code).first()
        return found or ElementFactory(code=code, **options)

    def indicator(
        self, numerator: str, denominator: str = "", *, per_stage=False, office=(), **options
    ) -> Indicator:
        """An indicator over elements made as needed; those named in `office` are reported by the office."""
        indicator = IndicatorFactory(
            area=self.area, plan=self.plan, numerator=numerator, denominator=denominator, **options
        )
        parts = {"in_numerator": formulas.parse(numerator).elements}
        parts["in_denominator"] = formulas.parse(denominator).elements if denominator else frozenset()
        for code in sorted(parts["in_numerator"] | parts["in_denominator"]):
            reporter = "office" if code in office else "school"
            element = self.element(code, per_stage=per_stage and reporter == "school", reporter=reporter)
            IndicatorElement.objects.create(
                indicator=indicator, element=element, **{name: code in codes for name, codes in parts.items()}
            )
        return indicator

    def target(self, indicator: Indicator, operator: str, value=None, **options) -> TargetRevision:
        """A confirmed revision from the plan; confirmed=False leaves it to the bureau."""
        target, _ = Target.objects.get_or_create(indicator=indicator, defaults={"source": "plan"})
        confirmed = options.pop("confirmed", True)
        return TargetRevision.objects.create(
            target=target,
            number=target.revisions.count() + 1,
            operator=operator,
            value=value,
            **{
                "source": "plan" if confirmed else "plan_implied",
                "effective_from": dt.date(2025, 1, 1),
                "reason": "示例",
                "confirmed_on": dt.date(2025, 3, 10) if confirmed else None,
                **options,
            },
        )

    def baseline(
        self, indicator: Indicator, numerator, denominator=None, *, locked=True, **options
    ) -> Baseline:
        return Baseline.objects.create(
            indicator=indicator,
            region=self.region,
            numerator=numerator,
            denominator=denominator,
            as_of=dt.date(2024, 12, 31),
            definition="示例",
            locked_at=timezone.now() if locked else None,
            locked_by=self.user if locked else None,
            **options,
        )

    def school(self, school_type="primary", *, stages=None, ownership="public", setting="urban", **options):
        stages = stages or (["primary", "junior"] if school_type == "nine_year" else [school_type])
        profile = {"school_type": school_type, "ownership": ownership, "setting": setting}
        return SchoolFactory(**{"region": self.region, **options}, profile=profile, stages=stages)

    def office_of(self, region):
        return OfficeFactory(region=region)

    def owe(self, organisation, quarter: int, codes, *, stage="whole", withdrawn_on=None) -> None:
        Assignment.objects.bulk_create(
            Assignment(
                period=self.periods[quarter],
                organisation=organisation,
                element=DataElement.objects.get(code=code),
                stage=stage,
                withdrawn_on=withdrawn_on,
            )
            for code in codes
        )

    def report(self, organisation, quarter: int, *, stage="whole", withdrawn_on=None, **facts) -> None:
        """Owe these facts and have them accepted; None: owed only, WRITTEN_ONLY: not accepted yet."""
        self.owe(organisation, quarter, facts, stage=stage, withdrawn_on=withdrawn_on)
        self.accept(organisation, quarter, stage=stage, **facts)

    def accept(self, organisation, quarter: int, *, stage="whole", **facts) -> Submission:
        submission, _ = Submission.objects.get_or_create(
            period=self.periods[quarter], organisation=organisation, defaults={"started_by": self.user}
        )
        for code, fact in facts.items():
            if fact is not None:
                self.write(submission, code, stage, fact)
        return submission

    def write(self, submission, code, stage, fact) -> DataValue:
        number = None if fact in (NOT_APPLICABLE, WRITTEN_ONLY) else Decimal(str(fact))
        accepted = {
            "accepted_number": number,
            "accepted_not_applicable": fact is NOT_APPLICABLE,
            "accepted_at": timezone.now(),
            "accepted_by": self.user,
        }
        value, _ = DataValue.objects.update_or_create(
            submission=submission,
            element=DataElement.objects.get(code=code),
            stage=stage,
            defaults={
                "number": 7 if fact is WRITTEN_ONLY else number,
                "not_applicable": fact is NOT_APPLICABLE,
                "reason": "示例" if fact is NOT_APPLICABLE else "",
                "updated_by": self.user,
                **({} if fact is WRITTEN_ONLY else accepted),
            },
        )
        return value

    def refresh(self, *indicators, **options):
        pairs = affected_pairs(
            indicators=indicators or Indicator.objects.filter(plan=self.plan), periods=self.periods.values()
        )
        return refresh(plan=self.plan, pairs=pairs, **options)

    def result(self, indicator, quarter: int, kind="all", value="", region=None) -> Result | None:
        return (
            Result.objects.filter(
                indicator=indicator,
                period=self.periods[quarter],
                region=region or self.region,
                slice_kind=kind,
                slice_value=value,
            )
            .select_related("judgement", "as_of")
            .first()
        )
