"""Five schools whose numbers are worked out by hand, from accepted facts to what would fail today."""

import datetime as dt
from decimal import Decimal as D
from fractions import Fraction as F

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core import clock
from apps.organisations.models import Organisation, SchoolProfile
from apps.rollups.evaluations.enums import ItemState as S
from tests.factories import UserFactory
from tests.rollups.district import NOT_APPLICABLE, WRITTEN_ONLY
from tests.rollups.evaluations.world import (
    KINDERGARTENS,
    PRIMARY,
    TODAY,
    EvaluationDistrict,
    answer,
    report,
    rows_by_name,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def district():
    with clock.held_at(TODAY):
        yield EvaluationDistrict()


def test_five_primary_schools_by_hand(district):
    for name in PRIMARY:
        district.primary(name)
    found = report(district)
    rows = rows_by_name(found)
    sports = {name: (row.cells["R5"].value, row.cells["R5"].margin) for name, row in rows.items()}
    assert sports == {
        "甲小学": (F("6.2"), F("-58.5")),
        "乙小学": (F(137, 37), F("-140.5")),
        "丙小学": (F(935, 89), F("267.5")),
        "丁小学": (F(160, 76), F(-410)),
        "戊小学": (F(402, 55), F("-10.5")),
    }
    area = rows["甲小学"].cells["R4"]
    assert (area.state, area.value, area.margin) == (S.MEETS, F("4.5"), F(0))
    # 402 of 412.5 m² is above 85 % (350.6), 279 of 337.5 is not (286.9).
    verdicts = {name: (row.verdict.state, row.verdict.n_met) for name, row in rows.items()}
    assert verdicts == {
        "甲小学": (S.FAILS, 6),
        "乙小学": (S.FAILS, 6),
        "丙小学": (S.MEETS, 7),
        "丁小学": (S.FAILS, 6),
        "戊小学": (S.MEETS, 6),
    }
    seven = answer(found, "SEVEN-PRIMARY")
    assert (seven.state, seven.value, seven.limit, len(seven.failing)) == (S.FAILS, 2, 5, 3)
    golden = answer(found, "CV-R5-PRIMARY")
    assert (golden.state, golden.is_provisional) == (S.FAILS, False)
    assert (round(float(golden.value), 4), round(float(golden.margin), 4)) == (0.5153, -0.0153)
    assert {one.check.code for one in found.failing} == {"SEVEN-PRIMARY", "CV-R5-PRIMARY"}
    # Equipment is 2000 yuan everywhere: no difference at all.
    assert (answer(found, "CV-R6-PRIMARY").state, answer(found, "CV-R6-PRIMARY").value) == (S.MEETS, 0)
    assert answer(found, "SEVEN-JUNIOR").state == answer(found, "CV-R5-JUNIOR").state == S.NOT_APPLICABLE
    assert (answer(found, "G04").state, answer(found, "G01").state) == (S.MEETS, S.UNCHECKED)
    assert not found.is_met


def test_five_kindergartens_by_hand(district):
    for name in KINDERGARTENS:
        district.kindergarten(name)
    found = report(district, "preschool")
    rows = rows_by_name(found)
    ratio = {name: (row.cells["RATIO"].state, row.cells["RATIO"].margin) for name, row in rows.items()}
    assert ratio == {
        "甲园": (S.MEETS, 0),
        "乙园": (S.FAILS, -1),
        "丙园": (S.MEETS, 0),
        "丁园": (S.MEETS, 0),
        "戊园": (S.MEETS, 0),
    }
    certified = rows["丁园"].cells["CERT"]
    assert (certified.state, certified.value, certified.margin) == (S.FAILS, F(200, 3), -1)
    names = {
        code: [found.organisations[row.school.organisation_id].name for row in answer(found, code).failing]
        for code in ("P33", "P34-TEACHERS")
    }
    assert names == {"P33": ["乙园"], "P34-TEACHERS": ["丁园"]}


def test_the_district_figures_come_from_the_results(district):
    share = district.indicator(
        'pupils if ownership == "public" else 0',
        "pupils",
        code="A09-PUBLIC-SHARE",
        per_stage=True,
        due_quarters=[2, 4],
    )
    for name in ("甲园", "乙园"):
        district.kindergarten(name)
    private = Organisation.objects.get(name="乙园")
    SchoolProfile.objects.filter(organisation=private).update(ownership="private")
    district.refresh(share)
    found = answer(report(district, "preschool"), "P13")
    assert (found.state, found.value, found.margin) == (S.MEETS, F(62.5), F(12.5))
    assert answer(report(district, "preschool", quarter=1), "P13").state == S.NOT_DUE


def test_what_is_missing_fails_nobody(district):
    district.primary("丙小学")
    late = district.named("己小学")
    district.report(late, 4, stage="primary", pupils=60, sports_area=WRITTEN_ONLY, equipment_value=None)
    found = report(district)
    row = rows_by_name(found)["己小学"]
    assert {row.cells[code].state for code in ("R5", "R6")} == {S.MISSING}
    assert row.verdict.state == S.MISSING
    seven = answer(found, "SEVEN-PRIMARY")
    assert (seven.state, seven.is_provisional, seven.n_known, seven.n_expected) == (S.MISSING, True, 1, 2)


def test_a_school_that_has_facts_of_an_item_it_does_not_owe_is_left_out(district):
    district.primary("丙小学")
    excused = district.named("教学点", type_code="218")
    district.report(excused, 4, stage="primary", pupils=49, teaching_area=NOT_APPLICABLE)
    special = district.named("特教学校", "special", stages=["primary"])
    district.report(special, 4, stage="primary", pupils=30, teaching_area=1)
    found = report(district)
    rows = rows_by_name(found)
    assert set(rows) == {"丙小学", "教学点"}
    assert rows["教学点"].exclusion == "small_point"
    assert answer(found, "SEVEN-PRIMARY").n_expected == 1


def test_a_nine_year_school_is_two_rows_of_one_size(district):
    school = district.named("九年学校", "nine_year", stages=["primary", "junior"])
    district.report(school, 4, stage="primary", pupils=1500, classes=30)
    district.report(school, 4, stage="junior", pupils=1001, classes=21)
    found = report(district)
    sizes = [(row.school.stage, row.cells["SIZE"].value, row.cells["SIZE"].margin) for row in found.rows]
    assert sizes == [("primary", 2501, -1), ("junior", 2501, -1)]
    assert [row.cells["CLASS"].state for row in found.rows] == [S.FAILS, S.MEETS]
    assert len(answer(found, "G04").failing) == 1


def test_an_average_class_size_within_the_line_still_needs_the_offices_word(district):
    school = district.named("甲校")
    district.report(school, 4, stage="primary", pupils=450, classes=10)
    assert answer(report(district), "G05").state == S.UNCHECKED
    other = district.named("乙校")
    district.report(other, 4, stage="primary", pupils=451, classes=10)
    found = answer(report(district), "G05")
    assert (found.state, len(found.failing)) == (S.FAILS, 1)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"no_exam_admission": 0}, "V-EXAM"),
        ({"entry_classes": 4, "random_classes": 3}, "V-RANDOM"),
    ],
)
def test_one_school_brings_about_a_veto(district, facts, code):
    for name in ("甲校", "乙校"):
        district.report(
            district.named(name), 3, stage="primary", no_exam_admission=1, entry_classes=2, random_classes=2
        )
    assert report(district).vetoes == []
    district.report(district.named("丙校"), 3, stage="primary", **facts)
    found = report(district)
    assert [one.check.code for one in found.vetoes] == [code]
    assert [found.organisations[row.school.organisation_id].name for row in found.vetoes[0].failing] == [
        "丙校"
    ]


def test_facts_are_read_from_the_quarter_in_which_they_are_asked(district):
    school = district.named("甲校")
    district.report(school, 2, stage="primary", pupils=100, classes=2)
    district.report(school, 3, stage="primary", no_exam_admission=1)
    district.report(school, 4, stage="primary", pupils=80, classes=2)
    sizes = [report(district, quarter=quarter).rows[0].cells["CLASS"].value for quarter in (1, 2, 3, 4)]
    assert sizes == [None, 50, 50, 40]
    states = [report(district, quarter=quarter).rows[0].cells["NO-EXAM"].state for quarter in (2, 3, 4)]
    assert states == [S.NOT_DUE, S.MEETS, S.MEETS]


def test_a_school_is_in_while_it_is_open_and_as_what_it_was(district):
    closed = district.primary("丙小学")
    Organisation.objects.filter(pk=closed.pk).update(closed_on=dt.date(2025, 10, 1))
    assert report(district).rows == []
    assert [row.school.organisation_id for row in report(district, quarter=3).rows] == [closed.pk]


def test_people_of_a_school_get_their_own_rows_and_no_answers(district):
    own, other = district.primary("甲小学"), district.primary("乙小学")
    reporter = UserFactory(organisation=own)
    found = report(district, user=reporter)
    assert [row.school.organisation_id for row in found.rows] == [own.pk]
    assert (list(found.answers), other.pk in found.organisations) == ([], False)


def test_queries_do_not_grow_with_the_schools(district):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as caught:
            report(district)
        return len(caught)

    district.primary("甲小学")
    one = queries()
    for name in ("乙小学", "丙小学", "丁小学"):
        district.primary(name)
    assert queries() == one <= 10


def test_numbers_are_exact(district):
    district.primary("丙小学", (1000, D("41.9999"), 10, 9, 4500, 7500, 2_000_000, 23))
    cell = report(district).rows[0].cells["R1"]
    assert (cell.state, cell.margin) == (S.FAILS, F("-0.0001"))
