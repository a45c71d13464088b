from pathlib import Path

import pytest
from django.conf import settings

from apps.core.prose import rendered

TEXT = """<a id="gap"></a>
## Gap in *whole* things

A rate of `n` over **d**,
told <script>alert(1)</script>.

1. first
   and more
2. second, see [gap](#gap)

| A | B |
| --- | --- |
| 1 | 2 |
"""


def test_a_document_becomes_html_with_anchors_and_without_markup_of_its_own():
    document = rendered(TEXT)
    assert [(h.level, h.anchor, h.text) for h in document.headings] == [(2, "gap", "Gap in whole things")]
    assert '<h2 id="gap">Gap in <em>whole</em> things</h2>' in document.html
    assert "<p>A rate of <code>n</code> over <strong>d</strong>, told &lt;script&gt;" in document.html
    assert '<ol><li>first and more</li><li>second, see <a href="#gap">gap</a></li></ol>' in document.html
    assert "<td>1</td><td>2</td>" in document.html


def test_a_line_break_between_chinese_characters_is_no_space():
    assert rendered("未报\n不算滞后 N\n后").html == "<p>未报不算滞后 N 后</p>"


@pytest.fixture(scope="module")
def halves():
    text = (Path(settings.BASE_DIR) / "docs" / "methods.md").read_text(encoding="utf-8")
    return [rendered(half) for half in text.split("<!-- 中文 -->")]


def test_both_languages_of_the_methods_have_the_same_sections(halves):
    english, chinese = ([h.anchor for h in half.headings if h.anchor] for half in halves)
    assert english == chinese
    assert len(set(english)) == len(english)


def test_every_link_of_a_page_leads_to_a_section(halves):
    anchors = {h.anchor for h in halves[0].headings}
    pages = [path.read_text(encoding="utf-8") for path in (settings.BASE_DIR / "templates").rglob("*.html")]
    linked = {part.split('"')[0] for page in pages for part in page.split('{% method "')[1:]}
    assert linked
    assert linked <= anchors
