"""No room on the disk: a sentence, nothing half written, everything else kept. The kernel refuses here."""

import resource
from contextlib import contextmanager

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.collection.errors import WorkflowError
from apps.collection.services import evidence_add
from apps.core.jobs import running
from apps.core.jobs.services import job_request
from apps.core.models import BusinessClock, JobFile
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
