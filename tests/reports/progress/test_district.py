"""The report of the whole seeded district: its numbers, its pages, names that attack."""

from __future__ import annotations

import re

import pytest

from apps.reports.progress import report
from tests.reports.frozen import EVIL, edition, renamed
from tests.reports.progress.numbers import loose, paragraphs, told
from tests.support.office import as_pdf, needs_office, pages_of

CONTENT: dict[str, bytes] = {}


@pytest.fixture
def whole(frozen) -> bytes:
    """The district's report, made once for the tests that only read it."""
    if not CONTENT:
        one = edition(frozen)
        CONTENT["district"] = report.made(one, lambda: report.district_draft(one, with_pictures=False))[1]
    return CONTENT["district"]


def test_every_number_of_the_report_is_one_of_the_release(frozen, whole):
    assert loose(whole, edition(frozen)) == []


def test_it_reads_as_a_document_of_the_bureau(whole):
    text = "\n".join(told(whole))
    assert not re.search(r"\bNone\b|\{|\}|，，|。。|；。|：。|“”|、、| 项| 所", text)


def test_names_that_attack_are_only_text(frozen):
    one = edition(renamed(frozen))
    _name, content = report.made(one, lambda: report.district_draft(one, with_pictures=False))
    assert EVIL in "\n".join(told(content))


@needs_office
@pytest.mark.slow
def test_the_brief_fills_one_page(frozen, tmp_path):
    one = edition(frozen)
    [page] = pages_of(as_pdf(report.made(one, lambda: report.brief_draft(one))[1], tmp_path))
    assert len({round(word.top) for word in page}) > 15


@needs_office
@pytest.mark.slow
def test_no_word_is_lost_between_word_and_pdf(frozen, tmp_path):
    one = edition(frozen)
    area = next(area for area in one.areas if area.number == 9)
    _name, content = report.made(one, lambda: report.area_draft(one, area))
    pages = pages_of(as_pdf(content, tmp_path))
    printed = "".join("".join(word.text for word in page if not word.text.isdigit()) for page in pages)
    bare = re.sub(r"—|\s|\d", "", printed)
    for text in paragraphs(content):
        assert re.sub(r"—|\s|\d", "", text)[:40] in bare
