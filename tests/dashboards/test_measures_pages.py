import datetime as dt

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core import clock
from apps.core.models import BusinessClock
from apps.dashboards.kept import pages as kept
from apps.dashboards.measures import tally_of
from apps.dashboards.measures_timeline import position, timeline_of
from apps.plans.measures.services import measure_assign, measure_transition
from apps.plans.measures.steps import step_add
from apps.plans.models import Measure, MeasureEvidence, MeasureUpdate
from tests.dashboards.factories import MeasureFactory
from tests.factories import OfficeFactory, UserFactory
from tests.support.files import PDF

TODAY = dt.date(2025, 6, 20)


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def area(area):
    BusinessClock.objects.create(fixed_date=TODAY)
    with clock.held_at(TODAY):
        yield area


@pytest.fixture
def measure(area, indicator):
    measure = MeasureFactory(area=area, lead_office=area.lead_office, name="示例举措")
    measure.indicators.add(indicator)
    return measure


@pytest.fixture
def staff(measure):
    return UserFactory(role="office", organisation=measure.lead_office)


@pytest.fixture
def checker(plan):
    return UserFactory(role="office", organisation=plan.policy.cross_review_office)


def address(measure):
    return f"/measures/{measure.pk}/"


def status_of_file(client, user, evidence):
    """Ask for a file and close it again."""
    client.force_login(user)
    response = client.get(f"/collection/measures/evidence/{evidence.pk}/")
    for close in response._resource_closers:
        close()
    return response.status_code


def test_the_lead_office_reports_with_evidence_and_another_closes(client, measure, staff, checker):
    client.force_login(staff)
    file = SimpleUploadedFile("总结.pdf", PDF)
    sent = {
        "action": "update",
        "to": "completed",
        "note": "已完成",
        "completed_on": "2025-06-18",
        "file": file,
    }
    assert client.post(address(measure), sent)["Location"] == address(measure)
    measure.refresh_from_db()
    assert (measure.status, measure.completed_on) == ("completed", dt.date(2025, 6, 18))
    evidence = MeasureEvidence.objects.get()
    assert (evidence.original_name, evidence.uploaded_by) == ("总结.pdf", staff)

    client.force_login(checker)
    assert [row.measure for row in client.get("/measures/checks/").context["rows"]] == [measure]
    assert client.get(f"/collection/measures/evidence/{evidence.pk}/").getvalue() == PDF
    answer = client.post(address(measure), {"action": "update", "to": "closed", "next": "checks"})
    assert answer["Location"] == "/measures/checks/"
    assert client.get("/measures/checks/").context["rows"] == []
    measure.refresh_from_db()
    assert measure.status == "closed"


def test_what_was_typed_stays_when_it_is_refused(client, measure, staff):
    client.force_login(staff)
    answer = client.post(
        address(measure),
        {"action": "update", "to": "completed", "note": "示例说明", "completed_on": "2025-12-01"},
    )
    assert answer.status_code == 200
    assert answer.context["update"].errors == {"completed_on": ["请填写计划年度内、不晚于今日的日期。"]}
    assert "示例说明" in answer.content.decode()
    assert MeasureUpdate.objects.count() == 0


def test_a_refused_report_keeps_no_file(client, measure, staff):
    client.force_login(staff)
    client.post(
        address(measure),
        {"action": "update", "to": "completed", "note": "", "file": SimpleUploadedFile("a.pdf", PDF)},
    )
    assert MeasureEvidence.objects.count() == 0


def test_a_file_that_is_none_of_the_types_is_refused(client, measure, staff):
    client.force_login(staff)
    file = SimpleUploadedFile("a.pdf", b"<html>")
    answer = client.post(address(measure), {"action": "update", "to": "", "note": "进展", "file": file})
    assert list(answer.context["update"].errors) == ["file"]
    assert MeasureUpdate.objects.count() == 0


def test_evidence_is_for_the_lead_office_and_its_checkers(client, measure, staff, checker, leader):
    client.force_login(staff)
    client.post(
        address(measure),
        {"action": "update", "to": "", "note": "进展", "file": SimpleUploadedFile("a.pdf", PDF)},
    )
    evidence = MeasureEvidence.objects.get()
    deputy = UserFactory(role="deputy")
    deputy.offices_led.add(measure.lead_office)
    stranger = UserFactory(role="office", organisation=OfficeFactory())
    everybody = (staff, checker, deputy, stranger, leader, UserFactory(role="auditor"))
    found = [status_of_file(client, who, evidence) for who in everybody]
    assert found == [200, 200, 200, 404, 404, 404]


def test_nobody_writes_for_another_office(client, measure):
    client.force_login(UserFactory(role="office", organisation=OfficeFactory()))
    page = client.get(address(measure))
    assert page.context["update"].is_offered is False
    for sent in (
        {"action": "update", "to": "in_progress"},
        {"action": "update", "to": "", "note": "好"},
        {"action": "step_add", "name": "方案"},
    ):
        assert client.post(address(measure), sent).status_code == 403
    measure.refresh_from_db()
    assert (measure.status, measure.steps.count(), measure.updates.count()) == ("not_started", 0, 0)


def test_steps_are_written_on_the_page(client, measure, staff):
    client.force_login(staff)
    client.post(address(measure), {"action": "step_add", "name": "方案", "due_on": "2025-07-01"})
    step = measure.steps.get()
    client.post(address(measure), {"action": "step_change", "step": step.pk, "name": "新方案", "due_on": ""})
    client.post(address(measure), {"action": "step_mark", "step": step.pk, "status": "done"})
    step.refresh_from_db()
    assert (step.name, step.due_on, step.done_on) == ("新方案", None, TODAY)
    refused = client.post(
        address(measure), {"action": "step_change", "step": step.pk, "name": "再改", "due_on": ""}
    )
    assert "只能修改未完成的步骤" in refused.content.decode()
    assert client.post(address(measure), {"action": "step_mark", "step": "x"}).status_code == 404
    assert (
        client.post(address(measure), {"action": "step_mark", "step": step.pk, "status": "x"}).status_code
        == 404
    )
    assert client.post(address(measure), {"action": "dance"}).status_code == 404


def test_the_page_tells_light_history_and_changes(client, measure, staff):
    administrator = UserFactory(role="administrator", name="示例管理员")
    measure_transition(measure=measure, to="in_progress", by=staff, note="已部署")
    measure_assign(
        measure=measure,
        lead_office=measure.lead_office,
        supporting_offices=[],
        lead_leader=None,
        due_on=dt.date(2025, 6, 10),
        by=administrator,
    )
    client.force_login(staff)
    page = client.get(address(measure)).context["page"]
    text, start, end = measure.area.text, measure.quote_start, measure.quote_end
    assert page.clause == (text[:start], text[start:end], text[end:])
    assert [reading.indicator.code for reading in page.readings] == ["A06-FITNESS"]
    assert [(update.to_status, update.note) for update in page.updates] == [("in_progress", "已部署")]
    assert [[(one.label, one.new) for one in change.fields] for change in page.changes] == [
        [("完成期限", "2025-06-10")]
    ]
    assert page.row.overdue == 10


def test_office_staff_see_their_own_first(client, measure, staff):
    other = MeasureFactory(area=measure.area, status="in_progress")
    client.force_login(staff)
    shown = lambda query: [row.measure for row in client.get(f"/measures/{query}").context["found"].rows]  # noqa: E731
    assert shown("") == [measure]
    assert set(shown("?office=all")) == {measure, other}
    assert shown("?office=all&state=in_progress") == [other]
    assert shown("?office=all&area=7") == []
    Measure.objects.filter(pk=measure.pk).update(due_on=dt.date(2025, 6, 1))
    assert shown("?office=all&state=overdue") == [measure]


def test_queries_do_not_grow(client, measure, staff, checker):
    def queries(path, user):
        kept.forget()
        cache.clear()
        client.force_login(user)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    pages = [
        ("/measures/", staff),
        ("/measures/checks/", checker),
        ("/plans/2025/areas/6/", staff),
        (address(measure), staff),
    ]
    measure_transition(measure=measure, to="completed", by=staff, note="好")
    first = [queries(*page) for page in pages]
    for _more in range(2):
        more = MeasureFactory(area=measure.area, lead_office=measure.lead_office)
        more.supporting_offices.add(OfficeFactory())
        step = step_add(measure=more, name="方案", by=staff)
        step.delete()
        measure_transition(measure=more, to="completed", by=staff, note="好")
    assert [queries(*page) for page in pages] == first


def test_home_counts_what_waits(measure, staff, checker, plan):
    Measure.objects.update(due_on=dt.date(2025, 6, 1))
    assert tally_of(staff, plan).n_overdue == 1
    measure_transition(measure=measure, to="completed", by=staff, note="好")
    own, waiting = tally_of(staff, plan), tally_of(checker, plan)
    assert (own.n_own, own.n_overdue, own.n_to_close) == (1, 0, 0)
    assert (waiting.n_own, waiting.n_to_close) == (0, 1)


def test_the_area_shows_an_open_date_as_open(client, measure, staff):
    client.force_login(staff)
    text = client.get("/plans/2025/areas/6/").content.decode()
    assert "未定" in text
    assert f'id="measure-{measure.pk}"' in text


@pytest.mark.parametrize(
    ("date", "place"),
    [
        (dt.date(2025, 1, 1), 0),
        (dt.date(2025, 4, 1), 25),
        (dt.date(2025, 10, 1), 75),
        (dt.date(2024, 5, 1), 0),
        (dt.date(2026, 1, 1), 100),
    ],
)
def test_each_quarter_is_a_quarter_of_the_line(date, place):
    assert position(date, 2025) == place


def test_the_last_day_stays_on_the_line():
    assert 99 < position(dt.date(2025, 12, 31), 2025) < 100


def test_a_mark_stands_at_the_due_date_or_at_the_completion(measure):
    (open_one,) = timeline_of([measure], year=2025, today=TODAY).tracks
    assert (open_one.mark, open_one.sign.shape) == (None, "○")
    measure.due_on = dt.date(2025, 4, 1)
    timeline = timeline_of([measure], year=2025, today=TODAY)
    assert (timeline.tracks[0].mark.x, timeline.tracks[0].overdue, timeline.today) == ("25.00%", 80, "46.98%")
    measure.status, measure.completed_on = "closed", dt.date(2025, 7, 1)
    (closed,) = timeline_of([measure], year=2025, today=TODAY).tracks
    assert (closed.mark.x, closed.mark.shape, closed.overdue) == ("50.00%", "✓", 0)
