"""The reports as the worker makes them: of a release, for those who may read it."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import docx
import pytest
from django.core.management import call_command

from apps.accounts.enums import Role
from apps.core import clock
from apps.core.jobs.errors import JobFailure
from apps.organisations.models import Organisation
from apps.reports.jobs import registry
from apps.reports.jobs.releases import parameters_of, release_audience
from apps.reports.progress import kinds
from tests.factories import UserFactory
from tests.reports import editions
from tests.support.releasing import release_make

pytestmark = pytest.mark.django_db


class Told:
    """A progress bar that remembers what it was told."""

    def __init__(self) -> None:
        self.stages: list[tuple[str, int, int]] = []

    def stage(self, name: str, done: int, total: int) -> None:
        self.stages.append((name, done, total))


@pytest.fixture
def release(db):
    made = editions.small_district()
    leader = UserFactory(role=Role.LEADER, region=made.region, organisation=None)
    with clock.held_at(editions.TODAY):
        return release_make(plan=made.plan, quarter=editions.QUARTER, by=leader), leader


def make(builder: Any, user: Any, parameters: dict[str, Any]) -> tuple[Any, Told]:
    told: Any = Told()
    request = registry.BuildRequest(
        kind="",
        parameters=parameters,
        audience=release_audience(user, parameters) or "",
        language="en",
        source="",
        on=dt.date(2025, 10, 20),
        asked_by=user,
    )
    return builder(request, told), told


def text_of(file: Any) -> str:
    document = docx.Document(io.BytesIO(file.content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_the_whole_district(release):
    one, leader = release
    file, told = make(kinds.progress_report, leader, parameters_of(one))
    assert file.name.endswith("2025年第三季度教育工作要点落实情况报告（第1版）.docx")
    assert [stage[1:] for stage in told.stages] == [(0, 1), (0, 3), (1, 3), (2, 3)]
    assert "BAD优良率" in text_of(file)


def test_an_area_an_office_and_the_brief(release):
    one, leader = release
    office = Organisation.objects.get(name="示例股")
    area, _told = make(kinds.progress_report, leader, parameters_of(one) | {"part": "area:7"})
    own, _told = make(kinds.progress_report, leader, parameters_of(one) | {"part": f"office:{office.pk}"})
    brief, _told = make(kinds.brief, leader, parameters_of(one))
    assert [("BAD优良率" in text_of(file)) for file in (area, own, brief)] == [False, False, True]
    assert "示例股牵头工作" in own.name
    with pytest.raises(JobFailure):
        make(kinds.progress_report, leader, parameters_of(one) | {"part": "area:99"})


def test_a_school_gets_its_own_report_and_no_other(release):
    one, _leader = release
    first, second = Organisation.objects.filter(name__in=["示例一小", "示例二小"]).order_by("pk")
    principal = UserFactory(role=Role.PRINCIPAL, region=first.region, organisation=first)
    wanted = parameters_of(one) | {"school": first.pk, "school_name": first.name}
    file, _told = make(kinds.school_report, principal, wanted)
    assert first.name in text_of(file)
    assert second.name not in text_of(file)
    with pytest.raises(JobFailure):
        make(kinds.school_report, principal, parameters_of(one) | {"school": second.pk, "school_name": ""})


def test_text_that_disagrees_with_the_data_makes_no_report(release, monkeypatch):
    from apps.reports.prose import prose

    one, leader = release
    lying = prose.templates() | {"area_coverage": "数据到位率为99%。"}
    monkeypatch.setattr(prose, "templates", lambda: lying)
    with pytest.raises(JobFailure, match="9"):
        make(kinds.progress_report, leader, parameters_of(one))


def test_the_report_can_be_timed(db, capsys):
    editions.small_district()
    with clock.held_at(editions.TODAY):
        call_command("bench_report", times=1)
    said = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in said] == ["2025 Q3", "warm-up", "run 1"]
