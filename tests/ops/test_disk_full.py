"""No room on the disk: a sentence, nothing half written, everything else kept. The kernel refuses here."""

import errno
import resource
from contextlib import contextmanager

import pytest
from django.conf.global_settings import FILE_UPLOAD_MAX_MEMORY_SIZE
from django.core.files.uploadedfile import SimpleUploadedFile
from lxml import html

from apps.collection.errors import WorkflowError
from apps.collection.services import evidence_add
from apps.core.jobs import running
from apps.core.jobs.services import job_request
from apps.core.models import BusinessClock, JobFile
from apps.core.room import is_about_room
from tests.factories import UserFactory
from tests.support import files, job_kinds
from tests.support.returns import IN_QUARTER_1, QUARTER_1, make_district, write

ROOM = 40


@contextmanager
def no_room():
    """No file of this process may grow beyond 40 bytes: the write begins and is refused in its middle."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def kept(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture(autouse=True)
def _folder(db, settings, tmp_path):
    BusinessClock.objects.create(fixed_date=IN_QUARTER_1)
    settings.MEDIA_ROOT = tmp_path


def test_upload_is_refused_in_words_and_leaves_nothing(tmp_path):
    district = make_district()
    submission = write(district, 1, QUARTER_1)
    assert len(files.PDF) > ROOM
    with no_room(), pytest.raises(WorkflowError, match="磁盘已满"):
        evidence_add(
            submission=submission, upload=SimpleUploadedFile("汇总.pdf", files.PDF), by=district.reporter
        )
    assert (kept(tmp_path), submission.evidence.count(), submission.values.count()) == ([], 0, 4)


LARGE = SimpleUploadedFile("汇总.pdf", b"%PDF-1.7" + b"0" * (FILE_UPLOAD_MAX_MEMORY_SIZE + 1))


def test_large_upload_without_room_is_told_and_what_was_typed_is_offered_again(client, tmp_path):
    """Files above 2.5 MB go through the folder for temporary files, before any view has a say."""
    district = make_district()
    submission = write(district, 1, QUARTER_1)
    client.force_login(district.reporter)
    typed = {"action": "save", "note": "两所学校<合并>", "note2": ""}
    with no_room():
        answer = client.post("/collection/2025/1/", {**typed, "files": LARGE})
    page = html.fromstring(answer.content.decode())
    again = page.xpath("//main//form")[0]
    assert (answer.status_code, page.xpath("//main//h1/text()")) == (507, ["没有存储空间了"])
    token = again.fields["csrfmiddlewaretoken"]
    assert dict(again.form_values()) == {"csrfmiddlewaretoken": token, **typed}
    assert (again.get("action"), again.xpath(".//input[@type='file']/@name")) == (
        "/collection/2025/1/",
        ["files"],
    )
    assert (kept(tmp_path), submission.evidence.count()) == ([], 0)


def test_page_that_finds_no_room_is_told_in_words(client, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device", "/secret/place")

    monkeypatch.setattr("apps.dashboards.views_burden.render", full)
    client.force_login(UserFactory(role="leader", region=make_district().plan.region))
    answer = client.get("/burden/")
    assert (answer.status_code, "/secret/place" in answer.content.decode()) == (507, False)


def test_other_errors_of_files_are_not_taken_for_a_full_disk():
    assert [is_about_room(OSError(errno.EACCES, "no")), is_about_room(ValueError())] == [False, False]


def test_report_fails_in_words_and_can_be_tried_again(tmp_path):
    leader = UserFactory(role="leader")
    job = job_request(
        kind=job_kinds.EXAMPLE.name, parameters={"n": "x" * 2 * ROOM}, by=leader, language="zh-hans"
    )
    with no_room():
        running.job_run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "平台磁盘已满。请告知管理员，稍后重试。")
    assert (kept(tmp_path), JobFile.objects.count()) == ([], 0)
