from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from apps.accounts.enums import Role
from apps.core import clock
from apps.plans.enums import Privacy
from apps.plans.models import DataElement
from apps.rollups.enums import Status
from tests.dashboards.factories import (
    BaselineFactory,
    JudgementFactory,
    MeasureFactory,
    PeriodFactory,
    ResultFactory,
    TargetFactory,
    TargetRevisionFactory,
)
from tests.factories import (
    AreaFactory,
    ElementFactory,
    IndicatorFactory,
    OfficeFactory,
    PlanFactory,
    UserFactory,
)

TODAY = dt.date(2025, 12, 15)


def rate_indicator(area, **fields):
    """A rate in per cent over two facts of schools, due in Q2 and Q4."""
    facts = [
        DataElement.objects.filter(code=code).first() or ElementFactory(code=code)
        for code in ("fit", "tested")
    ]
    return IndicatorFactory(area=area, elements=facts, **{"due_quarters": [2, 4], **fields})


@pytest.fixture
def today():
    with clock.held_at(TODAY):
        yield TODAY


@pytest.fixture
def plan(db):
    plan = PlanFactory()
    for quarter in (1, 2, 3, 4):
        PeriodFactory(plan=plan, quarter=quarter)
    return plan


@pytest.fixture
def area(plan):
    return AreaFactory(
        plan=plan, number=6, name="促进学生全面健康发展", text="体质健康优良率达54%以上，有效控制肥胖率。"
    )


@pytest.fixture
def indicator(area):
    """53.96 % against at least 54 %: missed, though it rounds to 54.0 %. Reported in Q2, carried in Q3."""
    indicator = rate_indicator(area, code="A06-FITNESS", name="体质健康优良率", quote_start=0, quote_end=12)
    revision = TargetRevisionFactory(target=TargetFactory(indicator=indicator))
    BaselineFactory(indicator=indicator, numerator=Decimal(520), denominator=Decimal(1000))
    add_quarters(indicator, revision=revision, numerator=Decimal(5396), denominator=Decimal(10000))
    return indicator


def add_quarters(indicator, *, revision=None, numerator, denominator, status=Status.OFF_TRACK, **result):
    """Adds results for Q2 and, carried from it, Q3, with judgements."""
    periods = {quarter: PeriodFactory(plan=indicator.plan, quarter=quarter) for quarter in (2, 3)}
    for quarter in (2, 3):
        stored = ResultFactory(
            indicator=indicator,
            period=periods[quarter],
            as_of=periods[2],
            numerator=numerator,
            denominator=denominator,
            **result,
        )
        value = numerator * 100 / denominator
        judge(stored, revision=revision, status=status, value=value)


def judge(result, *, revision=None, status, value):
    gap = max(Decimal(0), revision.value - value) if revision is not None else None
    return JudgementFactory(result=result, target_revision=revision, status=status, value=value, gap=gap)


@pytest.fixture
def small_indicator(area):
    """8 of 200: a small cell."""
    indicator = rate_indicator(
        area, code="A09-SPED-HOME", privacy=Privacy.SMALL_CELL, quote_start=13, quote_end=20
    )
    add_quarters(indicator, numerator=Decimal(8), denominator=Decimal(200), status=Status.NO_TARGET)
    return indicator


@pytest.fixture
def restricted_indicator(area):
    return rate_indicator(area, code="A10-SECRET", privacy=Privacy.RESTRICTED)


@pytest.fixture
def measure(area):
    return MeasureFactory(area=area)


@pytest.fixture
def leader(plan):
    return UserFactory(role=Role.LEADER)


@pytest.fixture
def stranger_office(plan):
    """Staff of an office that owns none of the indicators."""
    return UserFactory(role=Role.OFFICE, organisation=OfficeFactory())
