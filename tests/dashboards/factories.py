"""Factories of results and what they are held against, on top of the shared ones."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from apps.collection.models import Period
from apps.plans.enums import TargetOperator, TargetSource
from apps.plans.models import Baseline, Measure, Target, TargetRevision
from apps.rollups.enums import Status
from apps.rollups.models import Judgement, Result
from tests.factories import AreaFactory, IndicatorFactory, OfficeFactory, PlanFactory, UserFactory

YEAR = 2025
PUBLISHED = dt.date(2025, 3, 10)
QUARTER_ENDS = {
    1: dt.date(2025, 3, 31),
    2: dt.date(2025, 6, 30),
    3: dt.date(2025, 9, 30),
    4: dt.date(2025, 12, 31),
}


class PeriodFactory(DjangoModelFactory):
    class Meta:
        model = Period
        django_get_or_create = ("plan", "quarter")

    plan = factory.SubFactory(PlanFactory)
    quarter = 1
    starts_on = factory.LazyAttribute(lambda period: dt.date(YEAR, period.quarter * 3 - 2, 1))
    ends_on = factory.LazyAttribute(lambda period: QUARTER_ENDS[period.quarter])
    opens_on = factory.LazyAttribute(lambda period: period.ends_on - dt.timedelta(days=20))
    due_on = factory.LazyAttribute(lambda period: period.ends_on + dt.timedelta(days=10))
    closes_on = factory.LazyAttribute(lambda period: period.ends_on + dt.timedelta(days=20))


class TargetFactory(DjangoModelFactory):
    class Meta:
        model = Target
        django_get_or_create = ("indicator",)

    indicator = factory.SubFactory(IndicatorFactory)
    source = TargetSource.PLAN


class TargetRevisionFactory(DjangoModelFactory):
    """A confirmed target of at least 54, as the plan states it."""

    class Meta:
        model = TargetRevision

    target = factory.SubFactory(TargetFactory)
    number = 1
    source = TargetSource.PLAN
    operator = TargetOperator.AT_LEAST
    value = Decimal(54)
    effective_from = PUBLISHED
    reason = "依据工作要点"
    confirmed_on = PUBLISHED


class BaselineFactory(DjangoModelFactory):
    class Meta:
        model = Baseline

    indicator = factory.SubFactory(IndicatorFactory)
    region = factory.SelfAttribute("indicator.plan.region")
    numerator = Decimal(500)
    denominator = Decimal(1000)
    as_of = dt.date(2024, 12, 31)
    definition = "上年度同口径"
    locked_at = factory.LazyFunction(timezone.now)
    locked_by = factory.SubFactory(UserFactory, role="administrator")


class MeasureFactory(DjangoModelFactory):
    class Meta:
        model = Measure

    area = factory.SubFactory(AreaFactory)
    code = factory.Sequence(lambda n: f"M{n:03d}")
    name = factory.Sequence(lambda n: f"举措{n}")
    name_en = factory.Sequence(lambda n: f"Measure {n}")
    source_quote = "有效控制肥胖率"
    quote_start = 13
    quote_end = 20
    lead_office = factory.SubFactory(OfficeFactory)


class ResultFactory(DjangoModelFactory):
    """53 % of 1,000 pupils of ten schools, nine of which have reported; of the quarter itself."""

    class Meta:
        model = Result

    indicator = factory.SubFactory(IndicatorFactory)
    plan = factory.SelfAttribute("indicator.plan")
    region = factory.SelfAttribute("indicator.plan.region")
    period = factory.SubFactory(PeriodFactory, plan=factory.SelfAttribute("..plan"))
    as_of = factory.SelfAttribute("period")
    n_due = 10
    n_reported = 9
    numerator = Decimal(530)
    denominator = Decimal(1000)
    computed_at = factory.LazyFunction(timezone.now)


class JudgementFactory(DjangoModelFactory):
    class Meta:
        model = Judgement

    result = factory.SubFactory(ResultFactory)
    status = Status.NO_TARGET
    value = Decimal(53)
    judged_on = dt.date(2025, 12, 15)
