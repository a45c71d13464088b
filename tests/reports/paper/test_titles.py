import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.reports.paper.titles import is_shaped, title_lines, width, words_of

WORDS = ["株洲市芦淞区", "2025年", "第三季度", "教育工作要点", "落实情况", "报告"]


def test_a_long_title_is_broken_between_words_into_a_trapezoid():
    assert title_lines(WORDS) == ("株洲市芦淞区2025年第三季度", "教育工作要点落实情况报告")


def test_a_name_too_long_for_a_line_ends_lines_between_its_parts():
    name = words_of("“健全学前教育、特殊教育和专门教育保障机制”")
    assert name == ["“健全学前教育、", "特殊教育", "和专门教育保障机制”"]
    lines = title_lines(["芦淞区", "2025年", "第四季度", *name, "落实情况", "报告"])
    assert is_shaped(lines)
    assert max(map(width, lines)) <= 20


@pytest.mark.parametrize(
    ("lines", "shaped"),
    [
        (["一二", "一二三"], True),
        (["一二三", "一二"], True),
        (["一", "一二三", "一二"], True),
        (["一二三", "一", "一二"], False),
        (["一二", "一二"], False),
    ],
)
def test_rectangles_and_hourglasses_are_no_shapes_of_a_title(lines, shaped):
    assert is_shaped(lines) is shaped


@given(st.lists(st.text("教育工作要点", min_size=1, max_size=6), min_size=1, max_size=7))
def test_no_word_is_broken_and_none_is_lost(words):
    lines = title_lines(words, widest=12)
    assert "".join(lines) == "".join(words)
    ends = {len("".join(words[: place + 1])) for place in range(len(words))}
    assert {len("".join(lines[: place + 1])) for place in range(len(lines))} <= ends
    assert all(width(line) <= 12 for line in lines) or len(lines) == len(words)
