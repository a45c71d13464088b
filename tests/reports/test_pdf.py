"""Word to PDF: bookmarks, fonts, page numbers, the same bytes; and what is said when it cannot be."""

from __future__ import annotations

import io
import os
import time

import pytest
from pypdf import PdfReader

from apps.core import heartbeats
from apps.core.jobs.errors import JobFailure
from apps.reports import pdf
from lusong_edu.embedded.processes import wait_until
from tests.reports.paper.documents import sample
from tests.support.office import needs_office


def outline(items, depth=0):
    """Return the outline of a PDF as (depth, title)."""
    for item in items:
        if isinstance(item, list):
            yield from outline(item, depth + 1)
        else:
            yield depth, item.title


def fonts(reader):
    """Yield the descriptor of every font of every page."""
    for page in reader.pages:
        for entry in page["/Resources"].get("/Font", {}).values():
            font = entry.get_object()
            inner = font.get("/DescendantFonts")
            yield (inner[0].get_object() if inner else font)["/FontDescriptor"].get_object()


@needs_office
@pytest.mark.slow
def test_a_pdf_has_its_outline_its_fonts_and_its_page_numbers_and_is_the_same_each_time():
    content = pdf.pdf_of(sample())
    reader = PdfReader(io.BytesIO(content))
    assert list(outline(reader.outline)) == [
        (0, "一、标题"),
        (1, "（一）标题"),
        (2, "1.标题"),
        (3, "（1）标题"),
    ]
    embedded = [any(key.startswith("/FontFile") for key in font) for font in fonts(reader)]
    assert embedded
    assert all(embedded)
    first = reader.pages[0].extract_text()
    assert "正文" in first
    assert "— 1 —" in first
    assert reader.metadata.title == "报告"
    assert reader.metadata["/CreationDate"].startswith("D:20251020090000")
    assert pdf.pdf_of(sample()) == content


def program(tmp_path, settings, script):
    """Stand a shell script in for LibreOffice."""
    path = tmp_path / "soffice"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    settings.SOFFICE = str(path)


def test_without_libreoffice_it_says_so(settings):
    settings.SOFFICE = "/nowhere/soffice"
    assert not pdf.pdf_available()
    with pytest.raises(pdf.OfficeMissingError, match="服务器未安装 LibreOffice，暂不能生成 PDF；Word 可用"):
        pdf.pdf_of(sample())


def test_what_takes_too_long_is_stopped_with_all_it_started(settings, tmp_path):
    program(tmp_path, settings, f"sleep 300 & echo $! > {tmp_path}/child; wait")
    begun = time.monotonic()
    with pytest.raises(JobFailure, match="LibreOffice 用时超过 1 秒"):
        pdf.pdf_of(sample(), seconds=1)
    assert time.monotonic() - begun < 60
    child = int((tmp_path / "child").read_text())
    assert wait_until(lambda: not alive(child), 30)


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_no_pdf_is_a_fault_with_its_last_words_in_the_log(settings, tmp_path):
    program(tmp_path, settings, "echo the filter is broken")
    with pytest.raises(RuntimeError, match="the filter is broken"):
        pdf.pdf_of(sample())


def test_it_learns_nothing_of_the_application(settings, tmp_path, monkeypatch):
    monkeypatch.setitem(os.environ, "SECRET_KEY", "secret-of-the-application")
    monkeypatch.setitem(os.environ, "DATABASE_URL", "postgresql://secret")
    program(tmp_path, settings, "env; echo $*")
    with pytest.raises(RuntimeError) as told:
        pdf.pdf_of(sample())
    assert "secret" not in str(told.value)
    program(tmp_path, settings, f"env > {tmp_path}/env; echo $* > {tmp_path}/arguments")
    with pytest.raises(RuntimeError):
        pdf.pdf_of(sample())
    assert "secret" not in (tmp_path / "env").read_text()
    assert "http_proxy=http://127.0.0.1:9" in (tmp_path / "env").read_text()
    assert "ExportBookmarks" in (tmp_path / "arguments").read_text()


@pytest.mark.django_db
def test_pages_believe_the_worker(settings):
    settings.SOFFICE = "/nowhere/soffice"
    assert not pdf.pdf_offered()
    heartbeats.beat(heartbeats.OFFICE, is_there=1)
    assert pdf.pdf_offered()
    heartbeats.beat(heartbeats.OFFICE, is_there=0)
    settings.SOFFICE = "sh"
    assert not pdf.pdf_offered()
