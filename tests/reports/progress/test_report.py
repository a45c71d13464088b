"""The finished files: each number of the release, nothing of it elsewhere, the same bytes each time."""

from __future__ import annotations

import io
import re
import zipfile

import docx
import pytest

from apps.reports.progress import report
from apps.reports.releases.audience import CIRCULATION
from tests.reports import editions
from tests.reports.progress.numbers import loose, told

pytestmark = pytest.mark.django_db  # the release is made in the test database


@pytest.fixture(scope="module")
def edition(small_content):
    return editions.edition(small_content)


@pytest.fixture(scope="module")
def district(edition):
    return made(edition, lambda: report.district_draft(edition))


def made(edition, draft) -> bytes:
    return report.made(edition, draft)[1]


def texts(content: bytes) -> str:
    return "\n".join(told(content))


def test_the_same_release_gives_the_same_bytes(edition, small_content, district):
    again = editions.edition(small_content)
    assert made(again, lambda: report.district_draft(again)) == district


def test_every_number_of_the_file_is_one_of_the_release(edition, district):
    assert loose(district, edition) == []


def test_a_number_that_the_release_does_not_have_is_found(edition, small_content):
    other = editions.with_reading(edition, "BAD", value=37)
    changed = made(other, lambda: report.district_draft(other, with_pictures=False))
    assert ("37.0", "37.0") in loose(changed, edition)


def test_the_parts_of_the_report(district):
    paragraphs = docx.Document(io.BytesIO(district)).paragraphs
    first = [one.text for one in paragraphs if one.style.name == "Heading 1"]
    assert first[:4] == [
        "一、总体情况",
        "二、工作任务进展一览",
        "三、各项工作任务落实情况",
        "四、下一步重点工作",
    ]
    second = [one.text for one in paragraphs if one.style.name == "Heading 2"]
    assert [text for text in second if "促进" in text or "家校" in text] == [
        "（一）促进学生全面健康发展",
        "（二）家校社协同",
    ]
    assert "6.促进学生全面健康发展。达54%以上。" in [one.text for one in paragraphs]


def test_it_reads_as_chinese_without_gaps(edition, district):
    text = texts(district)
    assert not re.search(r"\bNone\b|nan|\{|\}|，，|。。|；。|：。|“”", text)
    codes = {"GOOD", "BAD", "FREE", "FEW", "SHA"}
    assert set(re.findall(r"[A-Za-z]{2,}", text.replace(edition.sha256, ""))) - codes == set()


def test_small_numbers_stay_out_of_every_part_of_the_file(small_content):
    edition = editions.edition(small_content, CIRCULATION)
    content = made(edition, lambda: report.district_draft(edition))
    rows = [row for table in docx.Document(io.BytesIO(content)).tables for row in table.rows]
    few = [
        [cell.text for cell in row.cells] for row in rows if any("少数人" in cell.text for cell in row.cells)
    ]
    assert few
    for cells in few:
        assert not {"3", "31", "28", "9.7", "9.68", "10"} & set(cells)
        assert "保密" in cells
    assert "“少数人比率”涉及人数较少，按规定保密，不列数值。" in texts(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        whole = archive.read("word/document.xml").decode()
    assert not re.search(r"9\.68|9\.7%", whole)


def test_an_office_reports_what_it_leads_and_nothing_else(edition):
    office = next(one for one in edition.offices if one.name == "示例股")
    content = made(edition, lambda: report.office_draft(edition, office))
    text = texts(content)
    assert "“‘M06-01’行动”" in text
    assert "优良率" not in text
    assert loose(content, edition) == []


def test_an_area_alone(edition):
    content = made(edition, lambda: report.area_draft(edition, edition.areas[0]))
    text = texts(content)
    assert "BAD优良率" in text
    assert "教联体" not in text
    assert loose(content, edition) == []


def test_the_bureau_s_own_words_stand_as_they_were_written(small_content):
    own = [{"kind": "next_steps", "area": 6, "body": "办公室：每月调度一次。\n体卫艺股：补报12所学校。"}]
    edition = editions.edition({**small_content, "texts": own})
    text = texts(made(edition, lambda: report.district_draft(edition, with_pictures=False)))
    assert "体卫艺股：补报12所学校。" in text
