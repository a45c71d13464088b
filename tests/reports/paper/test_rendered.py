"""What a reader holds in the hand: pages made by LibreOffice, measured."""

from collections import Counter

import pytest

from apps.reports.paper.document import Paper
from tests.reports.paper.documents import PROPERTIES
from tests.support.office import as_pdf, needs_office, pages_of

pytestmark = [needs_office, pytest.mark.slow]
POINT = 25.4 / 72


def test_no_mark_is_lost_at_the_end_of_a_line(tmp_path):
    paper = Paper(PROPERTIES)
    said = "核心指标30项，其中16项已达成，5项有风险，1项滞后，1项暂无数据，7项待核定。"
    for count in range(6):
        paper.paragraph("育" * count + said)
    [page] = pages_of(as_pdf(paper.content(), tmp_path))
    text = "".join(word.text for word in page)
    for count in range(6):
        assert "育" * count + said in text


def test_a_page_holds_22_lines_of_28_characters_and_its_number(tmp_path):
    paper = Paper(PROPERTIES)
    paper.paragraph("育" * 28 * 50, style="Addressee")
    pages = pages_of(as_pdf(paper.content(), tmp_path))
    assert len(pages) == 3
    for page in pages[:2]:
        body = [word for word in page if "育" in word.text]
        assert len({round(word.top) for word in body}) == 22
        assert set(Counter(len(word.text) for word in body)) == {28}
        assert min(word.left for word in body) * POINT == pytest.approx(28, abs=0.3)
        assert max(word.right for word in body) * POINT == pytest.approx(210 - 26, abs=0.7)
        assert min(word.top for word in body) * POINT >= 36
        assert max(word.bottom for word in body) * POINT <= 297 - 35 + 1
    odd, even = ([word for word in page if "育" not in word.text] for page in pages[:2])
    assert ([word.text for word in odd], [word.text for word in even]) == (["—", "1", "—"], ["—", "2", "—"])
    assert odd[-1].right * POINT == pytest.approx(210 - 26 - 14 * POINT, abs=0.5)
    assert even[0].left * POINT == pytest.approx(28 + 14 * POINT, abs=0.5)
