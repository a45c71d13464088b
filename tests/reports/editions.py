"""A small district frozen as a release: two areas, an indicator of each light, measures of each state."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from apps.core import clock
from apps.dashboards.readings import Reading
from apps.reports.releases.audience import Audience
from apps.reports.releases.content import content_of
from apps.reports.releases.edition import Edition, edition_of_content
from tests.dashboards.factories import MeasureFactory
from tests.factories import AreaFactory, OfficeFactory
from tests.rollups.district import District

TODAY = dt.date(2025, 10, 15)
QUARTER = 3
LEADERS = Audience(sees_all=True)


def small_content() -> dict[str, Any]:
    """Return what a release of the third quarter holds; writes to the database."""
    with clock.held_at(TODAY):
        return content_of(small_district().plan, quarter=QUARTER, version=1)


def small_district() -> District:
    """Return a district with its results and measures in the database."""
    with clock.held_at(TODAY):
        made = District()
        _results(made)
        _measures(made)
        made.refresh()
        return made


def _results(made: District) -> None:
    area = made.area
    area.name, area.text, area.number = "促进学生全面健康发展", "6.促进学生全面健康发展。达54%以上。", 6
    area.save()
    one, two = made.school("primary", name="示例一小"), made.school("primary", name="示例二小")
    for code, good, target in (("GOOD", 60, 54), ("BAD", 40, 54), ("FREE", 30, None)):
        names = {"numerator": f"{code.lower()}_n", "denominator": f"{code.lower()}_d"}
        rate = made.indicator(
            names["numerator"],
            names["denominator"],
            code=code,
            name=f"{code}优良率",
            unit="%",
            decimals=1,
            due_quarters=[1, 2, 3],
            numerator_label="优良人数",
            denominator_label="参加人数",
        )
        if target:
            made.target(rate, "at_least", target)
        for quarter in (1, 2, 3):
            for school, part in ((one, good), (two, good + 1)):
                late = school == two and code == "BAD" and quarter == QUARTER
                facts = {names["numerator"]: part, names["denominator"]: 100}
                made.report(school, quarter, **(dict.fromkeys(facts) if late else facts))
    few = made.indicator(
        "few_n",
        "few_d",
        code="FEW",
        name="少数人比率",
        unit="%",
        privacy="small_cell",
        due_quarters=[1, 2, 3],
    )
    made.target(few, "at_most", 10)
    made.report(one, QUARTER, few_n=3, few_d=31)


def _measures(made: District) -> None:
    other = AreaFactory(
        plan=made.plan, number=7, name="家校社协同", text="7.家校社协同。", lead_office=made.office
    )
    office = OfficeFactory(region=made.region, name="示例股")
    for code, status, due, done in (
        ("M06-01", "in_progress", dt.date(2025, 9, 30), None),
        ("M06-02", "closed", dt.date(2025, 6, 30), dt.date(2025, 6, 1)),
        ("M06-03", "not_started", dt.date(2025, 12, 31), None),
    ):
        MeasureFactory(
            area=made.area,
            code=code,
            name=f"“{code}”行动",
            lead_office=office,
            status=status,
            due_on=due,
            completed_on=done,
        )
    MeasureFactory(area=other, code="M07-01", name="成立教联体", lead_office=made.office)


def edition(content: dict[str, Any], audience: Audience = LEADERS) -> Edition:
    return edition_of_content(content, audience)


def with_reading(one: Edition, code: str, **fields: Any) -> Edition:
    """Return the edition with fields of one reading of its own quarter changed."""
    changed = Edition(one.thawed, one.audience, one.sha256)
    indicator = next(row for row in one.indicators if row.code == code)
    key = (indicator.pk, one.quarter)
    readings: dict[Any, Reading] = dict(one.readings)
    readings[key] = replace(readings[key], **fields)
    changed.__dict__["readings"] = readings
    changed.__dict__["indicators"] = one.indicators
    return changed
