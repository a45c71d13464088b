"""Five primary schools and five kindergartens whose every number can be checked by hand."""

from __future__ import annotations

import datetime as dt

from apps.organisations.models import Organisation
from apps.rollups.evaluations.loading import evaluations
from apps.rollups.evaluations.report import Report, report_of
from tests.factories import OfficeFactory, SchoolFactory, UserFactory
from tests.rollups.district import District

TODAY = dt.date(2025, 12, 15)
ELEMENTS = (
    "pupils",
    "teachers_above_degree",
    "backbone_teachers",
    "pe_art_teachers",
    "teaching_area",
    "sports_area",
    "equipment_value",
    "multimedia_rooms",
    "classes",
    "curriculum_offered",
    "no_exam_admission",
    "entry_classes",
    "random_classes",
    "balanced_classes",
    "full_time_teachers",
    "certified_teachers",
)
# Pupils and sports area are the golden example of the national rules (students and books there).
PRIMARY = {
    "甲小学": (45, 2, 1, 1, "202.5", 279, 90_000, 2),
    "乙小学": (37, 2, 1, 1, "170", 137, 74_000, 1),
    "丙小学": (89, 4, 1, 1, "410", 935, 178_000, 3),
    "丁小学": (76, 4, 1, 1, "342", 160, 152_000, 2),
    "戊小学": (55, 3, 1, 1, "250", 402, 110_000, 2),
}
KINDERGARTENS = {
    "甲园": (150, 10, 10),
    "乙园": (90, 5, 5),
    "丙园": (60, 4, 4),
    "丁园": (45, 3, 2),
    "戊园": (30, 2, 2),
}


class EvaluationDistrict(District):
    """A district with all facts that the evaluations read, its reviewing offices among its people."""

    def __init__(self):
        super().__init__()
        for code in ELEMENTS:
            self.element(code, per_stage=True)

    def office_named(self, key: str) -> Organisation:
        code = f"{self.region.code}-{key}"
        found = Organisation.objects.filter(code=code).first()
        return found or OfficeFactory(region=self.region, code=code, name=key)

    def staff(self, key: str, **fields):
        return UserFactory(role="office", organisation=self.office_named(key), **fields)

    def named(self, name: str, school_type="primary", *, stages=None, **profile) -> Organisation:
        return SchoolFactory(
            region=self.region,
            name=name,
            sort_key=name,
            profile={"school_type": school_type, **profile},
            stages=stages or [school_type],
        )

    def primary(self, name: str, numbers=None, **options) -> Organisation:
        """A primary school with all resource facts of the fourth quarter, in the order of PRIMARY."""
        school = self.named(name, **options)
        self.report(school, 4, stage="primary", **dict(zip(ELEMENTS, numbers or PRIMARY[name], strict=False)))
        return school

    def kindergarten(self, name: str) -> Organisation:
        school = self.named(name, "kindergarten")
        facts = dict(
            zip(("pupils", "full_time_teachers", "certified_teachers"), KINDERGARTENS[name], strict=True)
        )
        self.report(school, 4, stage="kindergarten", **facts)
        return school


def report(district, key="balanced", *, user=None, quarter=4) -> Report:
    """The report that the district's administrator reads."""
    return report_of(
        plan=district.plan,
        evaluation=evaluations()[key],
        period=district.periods[quarter],
        user=user or district.user,
    )


def answer(report, code):
    """The answer to one check."""
    return next(one for one in report.answers if one.check.code == code)


def rows_by_name(report):
    return {report.organisations[row.school.organisation_id].name: row for row in report.rows}
