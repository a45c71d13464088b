"""What the bureau types itself is kept; a number that the data do not have is told before the release."""

from __future__ import annotations

import pytest

from apps.core import clock
from apps.plans.models import TaskArea
from apps.reports.models import ReleaseText
from apps.reports.progress.own_words import MARK, blocks
from apps.reports.prose.own_numbers import numbers_in, unknown_in
from apps.reports.releases.checklist import Point
from apps.reports.releases.checklist_facts import checklist_of
from tests.factories import UserFactory
from tests.reports import editions


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("12月31日前补报37所学校的数据。", ["37"]),
        ("2025年第4季度达到54%，较上期提高1.5个百分点。", ["54", "1.5"]),
        ("10月15日、2025-10-15召开会议。", []),
        ("投入1,234万元", ["1,234"]),
    ],
)
def test_dates_are_nobody_s_figures(text, numbers):
    assert numbers_in(text) == numbers


def test_each_unknown_number_is_told_once():
    assert unknown_in("12所、12所、30所", {"30"}) == ["12"]


def test_figures_of_an_author_are_marked_as_such():
    assert [block.text for block in blocks("补报12所。\n\n加强调度。")] == ["补报12所。", "加强调度。", MARK]
    assert [block.text for block in blocks("加强调度。")] == ["加强调度。"]


@pytest.mark.django_db
def test_the_checklist_lists_numbers_that_the_data_do_not_have():
    made = editions.small_district()
    leader = UserFactory(role="leader", region=made.region, organisation=None)
    area = TaskArea.objects.get(plan=made.plan, number=6)
    body = "优良率为40.0%，距54%还差14.0个百分点，补报37所学校。"
    ReleaseText.objects.create(
        plan=made.plan, quarter=3, area=area, kind="judgement", body=body, updated_by=leader
    )
    with clock.held_at(editions.TODAY):
        found = {finding.point: finding for finding in checklist_of(made.plan, quarter=3, by=leader)}
    assert [subject.name for subject in found[Point.OWN_NUMBERS].subjects] == ["6. 促进学生全面健康发展: 37"]
