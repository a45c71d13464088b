"""The virus scanner's protocol, spoken with a small server that answers as clamd does."""

import socket
import threading
from contextlib import contextmanager
from functools import partial

import pytest
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.collection.errors import WorkflowError
from apps.collection.evidence import clamd
from apps.collection.evidence.clamd import ScannerUnavailable, virus_in
from apps.collection.models import Evidence
from apps.collection.services import (
    evidence_add,
    evidence_scan_waiting,
    measure_evidence_add,
    measure_evidence_remove,
)
from apps.plans.measures.services import measure_transition
from apps.plans.models import MeasureEvidence
from tests.dashboards.factories import MeasureFactory
from tests.support.returns import QUARTER_2, write

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def _conversation(line, answers, received):
    with line:
        stream = line.makefile("rb")
        command = stream.read(len(b"zINSTREAM\0"))
        content = b""
        while size := int.from_bytes(stream.read(4), "big"):
            content += stream.read(size)
        received.append((command, content))
        line.sendall(
            answers.pop(0)
            if answers
            else (b"stream: Eicar FOUND\0" if b"EICAR" in content else b"stream: OK\0")
        )


@contextmanager
def scanner(address, *answers):
    """Run a scanner at `address` (host and port, or a path); yields its URL and what it was sent."""
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    server = socket.socket(family, socket.SOCK_STREAM)
    server.bind(address)
    server.listen()
    received, rest = [], list(answers)

    def serve():
        while True:
            try:
                line, _ = server.accept()
            except OSError:
                return
            _conversation(line, rest, received)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    name = server.getsockname()
    yield (f"unix://{name}" if family == socket.AF_UNIX else f"tcp://{name[0]}:{name[1]}"), received
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join(5)


@pytest.mark.parametrize("kind", ["tcp", "unix"])
def test_a_file_goes_to_the_scanner_in_chunks(settings, tmp_path, kind, monkeypatch):
    monkeypatch.setattr(clamd, "CHUNK", 10)
    address = ("127.0.0.1", 0) if kind == "tcp" else str(tmp_path / "clamd.ctl")
    with scanner(address) as (url, received):
        settings.CLAMD_URL = url
        assert [virus_in(b"harmless content"), virus_in(EICAR)] == ["", "Eicar"]
    assert received == [(b"zINSTREAM\0", b"harmless content"), (b"zINSTREAM\0", EICAR)]


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"nonsense\0"])
def test_an_answer_that_says_nothing_is_no_clean_file(settings, answer):
    with scanner(("127.0.0.1", 0), answer) as (url, _received):
        settings.CLAMD_URL = url
        with pytest.raises(ScannerUnavailable):
            virus_in(b"x")


def test_a_wrong_address_is_named(settings):
    settings.CLAMD_URL = "http://clamd"
    with pytest.raises(ImproperlyConfigured, match="CLAMD_URL"):
        virus_in(b"x")


@pytest.fixture
def add(district, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    submission = write(district, 2, QUARTER_2)
    return lambda content: evidence_add(
        submission=submission, upload=SimpleUploadedFile("说明.txt", content), by=district.reporter
    )


def kept(tmp_path):
    return [path for path in tmp_path.rglob("*") if path.is_file()]


def test_an_infected_file_is_refused_and_a_clean_one_kept(add, settings, tmp_path):
    with scanner(("127.0.0.1", 0)) as (url, _received):
        settings.CLAMD_URL = url
        with pytest.raises(WorkflowError, match="Eicar"):
            add(EICAR)
        assert (Evidence.objects.count(), kept(tmp_path)) == (0, [])
        assert add("示例".encode()).scan == "clean"


def test_without_an_answer_a_file_is_refused(add, settings, tmp_path):
    settings.CLAMD_URL = "unix:///nowhere/clamd.ctl"
    with pytest.raises(WorkflowError, match="病毒扫描服务暂时没有响应"):
        add("示例".encode())
    assert (Evidence.objects.count(), kept(tmp_path)) == (0, [])


def test_a_quarantined_file_is_opened_by_nobody_until_it_is_scanned(
    add, settings, district, client, tmp_path
):
    settings.CLAMD_URL, settings.EVIDENCE_WITHOUT_SCANNER = "unix:///nowhere/clamd.ctl", "quarantine"
    good, bad = add("示例".encode()), add(EICAR)
    client.force_login(district.reporter)
    address = f"/collection/evidence/{good.pk}/"
    assert ([good.scan, bad.scan], client.get(address).status_code) == (["waiting", "waiting"], 404)
    assert evidence_scan_waiting() == 0
    with scanner(("127.0.0.1", 0)) as (url, _received):
        settings.CLAMD_URL = url
        assert evidence_scan_waiting() == 2
    assert list(Evidence.objects.order_by("pk").values_list("scan", flat=True)) == ["clean", "infected"]
    assert client.get(f"/collection/evidence/{bad.pk}/").status_code == 404
    assert client.get(address).getvalue() == "示例".encode()
    assert len(kept(tmp_path)) == 1
    page = client.get("/collection/2025/2/").content.decode()
    assert "发现病毒，文件已删除" in page


def test_a_measure_s_file_waits_for_the_scanner_too(district, settings, client, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.CLAMD_URL, settings.EVIDENCE_WITHOUT_SCANNER = "unix:///nowhere/clamd.ctl", "quarantine"
    measure = MeasureFactory(area=district.indicators["inclusion"].area, lead_office=district.health)
    good, bad = (
        measure_evidence_add(
            measure=measure, upload=SimpleUploadedFile("说明.txt", content), by=district.health_user
        )
        for content in ("示例".encode(), EICAR)
    )
    client.force_login(district.health_user)
    address = f"/collection/measures/evidence/{good.pk}/"
    assert ([good.scan, bad.scan], client.get(address).status_code) == (["waiting", "waiting"], 404)
    page = client.get(f"/measures/{measure.pk}/").content.decode()
    assert ("等待病毒扫描" in page, address in page) == (True, False)
    with scanner(("127.0.0.1", 0)) as (url, _received):
        settings.CLAMD_URL = url
        assert evidence_scan_waiting() == 2
    assert client.get(address).getvalue() == "示例".encode()
    assert client.get(f"/collection/measures/evidence/{bad.pk}/").status_code == 404
    assert len(kept(tmp_path)) == 1


def test_a_reported_measure_s_file_is_erased_but_not_forgotten(district, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    measure = MeasureFactory(area=district.indicators["inclusion"].area, lead_office=district.health)
    add = partial(measure_evidence_add, measure=measure, by=district.health_user)
    shown = add(upload=SimpleUploadedFile("一.txt", "示例一".encode()))
    measure_transition(measure=measure, to="completed", by=district.health_user, note="已办结")
    with pytest.raises(ValidationError):
        measure_evidence_remove(evidence=shown, by=district.health_user)
    measure_transition(measure=measure, to="in_progress", by=district.health_user, note="再补充")
    unshown = add(upload=SimpleUploadedFile("二.txt", "示例二".encode()))
    for file in (shown, unshown):
        measure_evidence_remove(evidence=file, by=district.health_user)
    left = MeasureEvidence.objects.get()
    assert (left.original_name, left.erased_by, left.is_readable) == ("一.txt", district.health_user, False)
