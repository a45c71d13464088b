"""A Chinese reader finds no English: every string is marked for translation and translated."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings

from apps.core import catalogues

BASE = Path(settings.BASE_DIR)
TEMPLATES = sorted((BASE / "templates").rglob("*.html"))
TRANSLATED_BLOCK = re.compile(r"{%\s*(blocktrans(?:late)?|comment)\b.*?%}.*?{%\s*end\1\s*%}", re.DOTALL)
TEMPLATE_SYNTAX = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)
SPOKEN_ATTRIBUTES = {"title", "alt", "placeholder", "aria-label", "label", "data-confirm"}
# The names that languages and things bear in every language.
NAMES = {"English", "Excel", "CSV", "JavaScript", "Word", "PDF", "OK", "Esc"}


class Words(HTMLParser):
    """Collects what a reader sees or hears of a page's source."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in {"script", "style"}
        self.found += [value for name, value in attrs if name in SPOKEN_ATTRIBUTES and value]

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.found.append(data)


def unmarked(source: str) -> list[str]:
    """Return the words of a template that no translation tag surrounds."""
    source = TEMPLATE_SYNTAX.sub(" ", TRANSLATED_BLOCK.sub(" ", source))
    words = Words()
    words.feed(source)
    return [
        word
        for text in words.found
        for word in re.findall(r"[A-Za-z]{2,}|[\u4e00-\u9fff]+", text)
        if word not in NAMES
    ]


def test_nothing_is_missing_fuzzy_unused_or_contradictory():
    assert catalogues.problems(BASE) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(BASE).as_posix())
def test_templates_mark_every_word(path):
    words = unmarked(path.read_text(encoding="utf-8"))
    assert [word for word in words if (path.name, word) != ("language.html", "中文")] == []


def test_unmarked_words_are_found():
    source = (
        '<p title="Help">{% translate "Fine" %} {{ fine }}<b>Wrong</b></p>{% comment %}note{% endcomment %}'
    )
    assert unmarked(source) == ["Help", "Wrong"]


@pytest.mark.parametrize("app", catalogues.app_names(BASE))
def test_translations_are_chinese(app):
    """A translation that repeats the English text is none; signs and placeholders alone are fine."""
    lazy = []
    for (text, _context), message in catalogues.messages(catalogues.stored(BASE, app)).items():
        forms = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        if any(
            form == text and re.search(r"[A-Za-z]{2,}", re.sub(r"%\(\w+\)[sd]", "", form)) for form in forms
        ):
            lazy.append(text)
    assert lazy == []


@pytest.mark.parametrize("app", catalogues.app_names(BASE))
def test_translations_keep_their_placeholders(app):
    """The same %(name)s on both sides, or the page breaks in one language."""
    broken = []
    for (text, _context), message in catalogues.messages(catalogues.stored(BASE, app)).items():
        forms = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        texts = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
        wanted = {name for form in texts for name in re.findall(r"%\(\w+\)[sd]", form)}
        if any(set(re.findall(r"%\(\w+\)[sd]", form)) - wanted for form in forms):
            broken.append(text)
    assert broken == []
