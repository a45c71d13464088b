"""What a release shows to be behind: findings, the circular, orders with answer and closing."""

from __future__ import annotations

import datetime as dt
import io

import docx
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.accounts.enums import Role
from apps.collection.chasing.orders import order_close
from apps.collection.chasing.orders_behind import order_answer
from apps.collection.errors import WorkflowError
from apps.collection.models import Notice, SupervisionOrder
from apps.core import clock
from apps.core.jobs.models import Job
from apps.core.jobs.running import job_run
from apps.plans.enums import Privacy
from apps.plans.models import Indicator
from apps.reports.behind.findings import findings_of
from apps.reports.behind.models import Circular
from apps.reports.behind.services import circular_issue, order_issue_from
from apps.reports.behind.word import circular_docx, numeral
from apps.reports.releases.edition import edition_of
from apps.rollups.enums import Status
from apps.rollups.models import Judgement, Result
from tests.dashboards.factories import MeasureFactory
from tests.factories import UserFactory
from tests.support.releasing import release_make

pytestmark = pytest.mark.django_db
ANSWER_BY = dt.date(2025, 7, 31)
INDICATOR = [
    "体质健康优良率：第二季度研判为“滞后”。",
    "数值为 54.0%，目标不低于 54%，还差 0.04 个百分点。",
]
MEASURE = ["举措 M06-01（体质抽测）应于2025年5月31日完成，截至2025年7月15日已逾期 45 天。"]


@pytest.fixture(autouse=True)
def _today():
    with clock.held_at(dt.date(2025, 7, 15)):
        yield


def told(release):
    """Return office and lines of every finding."""
    return [
        (one.office.name, list(finding.lines))
        for one in findings_of(edition_of(release))
        for finding in one.findings
    ]


def order_of(release, leader, **changes):
    asked = {"kind": "indicator", "code": "A06-FITNESS", "demand": "查明原因", "answer_due_on": ANSWER_BY}
    return order_issue_from(release=release, by=leader, **(asked | changes))


def test_findings_are_sentences_of_frozen_values(release, indicator):
    office = indicator.lead_office.name
    assert told(release) == [(office, INDICATOR), (office, MEASURE)]


def test_what_changes_afterwards_is_in_the_next_version_only(release, plan, leader, indicator, late_measure):
    Judgement.objects.filter(result__indicator=indicator).update(status=Status.ON_TRACK)
    late_measure.due_on = dt.date(2025, 12, 31)
    late_measure.save()
    later = release_make(plan=plan, quarter=2, by=leader, reason="示例更正")
    assert told(later) == []
    assert len(told(release)) == 2


@pytest.mark.parametrize("privacy", [Privacy.RESTRICTED, Privacy.SMALL_CELL])
def test_what_may_not_go_round_is_in_no_paper(plan, leader, indicator, release, privacy):
    Indicator.objects.filter(pk=indicator.pk).update(privacy=privacy)
    Result.objects.filter(indicator=indicator).update(numerator=3, denominator=7)
    later = release_make(plan=plan, quarter=2, by=leader, reason="示例更正")
    assert [lines for _office, lines in told(later)] == [MEASURE]


def test_a_delayed_measure_is_behind_before_its_date(release, plan, leader, indicator):
    MeasureFactory(
        area=indicator.area, lead_office=indicator.lead_office, code="M06-02", name="示例", status="delayed"
    )
    later = release_make(plan=plan, quarter=2, by=leader, reason="示例更正")
    assert told(later)[-1][1] == ["举措 M06-02（示例）状态为“已延期”。"]


def test_the_circular_keeps_its_words_and_tells_the_offices(release, leader, staff):
    circular = circular_issue(release=release, demand="查明原因，落实整改。", by=leader)
    assert circular.number == 1
    assert [office["findings"] for office in circular.body["offices"]] == [[INDICATOR, MEASURE]]
    notice = Notice.objects.get()
    assert (notice.user, notice.link) == (staff, f"/reports/circulars/{circular.pk}/")
    with pytest.raises(WorkflowError):
        circular_issue(release=release, demand="再次", by=leader)


def test_nothing_behind_nothing_to_issue(release, plan, leader, indicator, late_measure):
    Judgement.objects.all().delete()
    late_measure.delete()
    later = release_make(plan=plan, quarter=2, by=leader, reason="示例更正")
    with pytest.raises(ValidationError):
        circular_issue(release=later, demand="整改", by=leader)


def test_the_circular_on_paper_is_the_same_each_time_and_says_what_was_issued(release, leader, plan):
    circular = circular_issue(release=release, demand="查明原因。\n按期整改。", by=leader)
    content = circular_docx(circular)
    assert content == circular_docx(Circular.objects.get())
    texts = [paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs]
    assert "关于2025年第二季度教育工作要点落实滞后事项的通报" in "".join(texts)
    assert f"1.{''.join(INDICATOR)}" in texts
    assert f"2.{MEASURE[0]}" in texts
    assert texts[-1] == "2025年7月15日"
    assert {"查明原因。", "按期整改。"} <= set(texts)
    assert [numeral(n) for n in (1, 10, 11, 20, 21)] == ["一", "十", "十一", "二十", "二十一"]


def test_an_order_cites_its_release_and_its_evidence_is_the_finding(release, leader, staff):
    order = order_of(release, leader)
    assert (order.organisation, order.subject) == (staff.organisation, "indicator")
    assert order.evidence == "\n".join(INDICATOR)
    assert (order.source_name, order.source_sha256) == ("2025年第二季度（第 1 版）", release.sha256)
    assert Notice.objects.get().order == order
    with pytest.raises(WorkflowError):
        order_of(release, leader)
    assert order_of(release, leader, kind="measure", code="M06-01").number == 2


def test_orders_are_issued_by_those_who_may_about_what_is_behind(release, leader, staff, plan):
    auditor = UserFactory(role=Role.AUDITOR, region=plan.region)
    for person in (staff, auditor):
        with pytest.raises(PermissionDenied):
            order_of(release, person)
        with pytest.raises(PermissionDenied):
            circular_issue(release=release, demand="整改", by=person)
    for wrong in ({"code": "NONE"}, {"demand": " "}, {"answer_due_on": dt.date(2025, 7, 1)}):
        with pytest.raises(ValidationError):
            order_of(release, leader, **wrong)
    assert SupervisionOrder.objects.count() == 0


def test_answered_by_the_office_then_closed_by_somebody_else(release, leader, staff):
    order = order_of(release, leader)
    with pytest.raises(WorkflowError):
        order_close(order=order, note="示例", by=leader)
    with pytest.raises(PermissionDenied):
        order_answer(order=order, reply="示例", by=leader)
    order_answer(order=order, reply="已开展抽测，九月底前完成。", by=staff)
    assert Notice.objects.get(kind="answered").user == leader
    order_close(order=order, note="核实属实", by=leader)
    assert (order.closed_by, order.replied_by) == (leader, staff)
    with pytest.raises(WorkflowError):
        order_answer(order=order, reply="再改", by=staff)
    assert order.history.count() == 3
    assert order_of(release, leader).number == 2


def test_the_database_wants_a_second_person(release, leader, staff):
    order = order_of(release, leader)
    order_answer(order=order, reply="示例", by=staff)
    closing = {"closed_on": ANSWER_BY, "closing_note": "示例", "closed_by": staff}
    with pytest.raises(IntegrityError, match="closed_by_another"), transaction.atomic():
        SupervisionOrder.objects.filter(pk=order.pk).update(**closing)


def test_the_pages_from_the_list_to_the_closing(release, leader, staff, client):
    client.force_login(leader)
    assert client.get("/reports/behind/")["Location"] == f"/reports/behind/{release.pk}/"
    page = client.get(f"/reports/behind/{release.pk}/").content.decode()
    for line in (*INDICATOR, *MEASURE):
        assert line in page
    draft = f"/reports/behind/{release.pk}/indicator/A06-FITNESS/"
    assert INDICATOR[1] in client.get(draft).content.decode()
    assert client.post(draft, {"demand": "", "answer_due_on": "2025-07-31"}).status_code == 409
    address = client.post(draft, {"demand": "查明原因", "answer_due_on": "2025-07-31"})["Location"]
    letter = client.get(address).content.decode()
    assert release.sha256[:12] in letter
    assert "标记" not in letter
    client.force_login(staff)
    assert "回复督办单" in client.get(address).content.decode()
    client.post(address, {"reply": "已整改"})
    client.force_login(leader)
    client.post(address, {"note": "核实属实"})
    assert SupervisionOrder.objects.get().closed_by == leader
    assert "体质健康优良率" in client.get("/chasing/orders/").content.decode()


def test_the_circulars_page_and_its_word_file(release, leader, staff, client):
    client.force_login(leader)
    address = client.post(f"/reports/behind/{release.pk}/", {"demand": "查明原因"})["Location"]
    client.force_login(staff)
    page = client.get(address).content.decode()
    assert "".join(INDICATOR) in page
    client.post(address, {"format": "word"})
    job = Job.objects.get()
    job_run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.file.name) == ("done", "关于2025年第二季度教育工作要点落实滞后事项的通报.docx")
    assert client.post(f"/reports/behind/{release.pk}/", {"demand": "整改"}).status_code == 403


def test_without_a_release_the_page_says_what_to_do(client, leader):
    client.force_login(leader)
    assert "尚未发布任何季度" in client.get("/reports/behind/").content.decode()


def test_the_list_of_orders_asks_the_same_number_of_questions(release, leader, client):
    client.force_login(leader)
    counts = []
    for about in ({}, {"kind": "measure", "code": "M06-01"}):
        order_of(release, leader, **about)
        with CaptureQueriesContext(connection) as queries:
            client.get("/chasing/orders/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
