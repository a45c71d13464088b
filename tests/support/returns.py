"""A small district with one plan, for the tests of collection and review.

Indicators (core, due every quarter unless said):
* myopia = myopic / screened, per stage, led by the health office, due in quarters 2 and 4;
* teachers = certified / pupils (a made-up ratio) of the staff office: `pupils` is shared with inclusion;
* inclusion = placed / pupils of the health office;
* visits: year to date, staff office;
* budget: an office fact of the finance office.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from apps.accounts.models import User
from apps.collection.models import Period, Submission
from apps.collection.services import (
    Entry,
    assignments_generate,
    periods_create,
    submission_start,
    submission_submit,
    values_save,
)
from apps.core import clock
from apps.organisations.models import Organisation
from apps.plans.models import AnnualPlan, DataElement, Indicator
from apps.reviews.models import OfficeReview
from apps.reviews.services import review_accept
from tests.factories import (
    AreaFactory,
    ElementFactory,
    IndicatorFactory,
    OfficeFactory,
    PlanFactory,
    RegionFactory,
    SchoolFactory,
    UserFactory,
    rule,
    warning,
)

IN_QUARTER_1 = dt.date(2025, 4, 2)
IN_QUARTER_2 = dt.date(2025, 7, 2)


@dataclass
class District:
    plan: AnnualPlan
    periods: dict[int, Period]
    elements: dict[str, DataElement]
    indicators: dict[str, Indicator]
    health: Organisation
    staff: Organisation
    finance: Organisation
    school: Organisation
    nine_year: Organisation
    reporter: User
    principal: User
    health_user: User
    staff_user: User
    finance_user: User
    cross_user: User


def make_district(**policy: object) -> District:
    """Make the district with its quarters and assignments, as of the second quarter."""
    region = RegionFactory()
    health, staff, finance = (OfficeFactory(region=region, name=name) for name in ("体卫", "人事", "计财"))
    plan = PlanFactory(region=region, policy=policy)
    area = AreaFactory(plan=plan, lead_office=health, number=6)
    staff_area = AreaFactory(plan=plan, lead_office=staff, number=10)
    elements = _elements()
    indicators = {
        "myopia": IndicatorFactory(
            area=area, elements=[elements["myopic"], elements["screened"]], due_quarters=[2, 4]
        ),
        "inclusion": IndicatorFactory(area=area, elements=[elements["placed"], elements["pupils"]]),
        "teachers": IndicatorFactory(area=staff_area, elements=[elements["certified"], elements["pupils"]]),
        "visits": IndicatorFactory(
            area=staff_area, elements=[elements["visits"]], accumulation="year_to_date"
        ),
        "budget": IndicatorFactory(
            area=staff_area, lead_office=finance, elements=[elements["budget"]], reporter="office"
        ),
    }
    school = SchoolFactory(region=region)
    nine_year = SchoolFactory(
        region=region, profile={"school_type": "nine_year"}, stages=["primary", "junior"]
    )
    periods = {period.quarter: period for period in periods_create(plan=plan)}
    with clock.held_at(IN_QUARTER_1):
        assignments_generate(plan=plan)
    return District(
        plan=plan,
        periods=periods,
        elements=elements,
        indicators=indicators,
        health=health,
        staff=staff,
        finance=finance,
        school=school,
        nine_year=nine_year,
        reporter=UserFactory(organisation=school),
        principal=UserFactory(organisation=school, role="principal"),
        health_user=UserFactory(organisation=health, role="office"),
        staff_user=UserFactory(organisation=staff, role="office"),
        finance_user=UserFactory(organisation=finance, role="office"),
        cross_user=UserFactory(organisation=plan.policy.cross_review_office, role="office"),
    )


def _elements() -> dict[str, DataElement]:
    elements = {
        "myopic": ElementFactory(code="myopic", name="近视学生数", per_stage=True),
        "screened": ElementFactory(code="screened", name="筛查学生数", per_stage=True),
        "placed": ElementFactory(code="placed", name="安置学生数"),
        "pupils": ElementFactory(code="pupils", name="在校学生数"),
        "certified": ElementFactory(code="certified", name="持证教师数"),
        "visits": ElementFactory(code="visits", name="家访次数", unit="次", accumulation="year_to_date"),
        "budget": ElementFactory(
            code="budget", name="教育经费", unit="万元", value_type="decimal", decimals=2, reporter="office"
        ),
    }
    rule(elements["myopic"], elements["screened"])
    warning("jump_previous", elements["pupils"], 20)
    warning("above", elements["pupils"], 5000)
    warning("not_falling", severity="hard")
    return elements


QUARTER_1 = {"placed": "2", "pupils": "900", "certified": "60", "visits": "10"}
QUARTER_2 = {
    "myopic": "12",
    "screened": "40",
    "placed": "2",
    "pupils": "910",
    "certified": "60",
    "visits": "25",
}


def entries(district: District, facts: dict[str, str], stage: str = "primary") -> list[Entry]:
    """Return entries for facts by code; facts asked per stage go to `stage`."""
    return [
        Entry(district.elements[code].pk, stage if district.elements[code].per_stage else "whole", text)
        for code, text in facts.items()
    ]


def write(district: District, quarter: int, facts: dict[str, str], stage: str = "primary") -> Submission:
    """Save a draft of the school for the quarter."""
    submission = submission_start(
        period=district.periods[quarter], organisation=district.school, by=district.reporter
    )
    outcome = values_save(
        submission=submission, entries=entries(district, facts, stage), by=district.reporter
    )
    assert outcome.problems == {}
    return submission


def submit(district: District, quarter: int, facts: dict[str, str] | None = None) -> Submission:
    """Write and submit the school's return for the quarter."""
    submission = write(district, quarter, facts or {1: QUARTER_1, 2: QUARTER_2}[quarter])
    return submission_submit(submission=submission, by=district.reporter)


def review_of(submission: Submission, office: Organisation) -> OfficeReview:
    return submission.reviews.get(office=office)


def accept_all(district: District, submission: Submission) -> Submission:
    """Accept both offices' parts."""
    review_accept(review=review_of(submission, district.health), by=district.health_user)
    review_accept(review=review_of(submission, district.staff), by=district.staff_user)
    submission.refresh_from_db()
    return submission
