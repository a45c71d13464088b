"""An official document being written, from the title to the bytes of a Word file."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import docx
from docx.enum.text import WD_BREAK
from docx.oxml import parse_xml
from docx.shared import Emu
from docx.text.paragraph import Paragraph

from apps.reports.paper import pages, titles
from apps.reports.paper.fonts import font_table
from apps.reports.paper.measures import (
    BOTTOM,
    PAGE_HEIGHT,
    SIZE_3,
    TOP,
    TYPE_WIDTH,
    characters,
    emu,
)
from apps.reports.paper.oxml import element, legible
from apps.reports.paper.packing import packed, parts_of
from apps.reports.paper.styles import all_styles
from apps.reports.paper.tables import Grid, table_element

FONT_TABLE = "word/fontTable.xml"
NEEDLESS = ("docProps/thumbnail.jpeg",)


@dataclass(frozen=True)
class Properties:
    """What a file says of itself; nothing in it depends on when it is built."""

    title: str
    author: str
    created: dt.datetime
    subject: str = ""
    comments: str = ""


class Paper:
    """A document of GB/T 9704-2012. Each method writes the next thing; `content` gives the file."""

    def __init__(self, properties: Properties) -> None:
        self._document = docx.Document()
        self._width = TYPE_WIDTH
        _replace(self._document.styles.element, all_styles())
        _replace(self._document.settings.element, pages.SETTINGS)
        section = self._document.sections[0]
        pages.set_portrait(section)
        pages.number_pages(section)
        _describe(self._document.core_properties, properties)

    def title(self, words: Sequence[str], *, with_blank: bool = True) -> None:
        """Write the title, its words whole, in the shape of a trapezoid or a lozenge, and a line below."""
        for line in titles.title_lines(words):
            self._write(line, "Title")
        if with_blank:
            self.blank()

    def heading(self, level: int, text: str) -> None:
        """Write a heading of level 1 to 4; its number is part of the text."""
        self._write(text, f"Heading{level}")

    def paragraph(self, text: str, *, style: str = "BodyText") -> None:
        """Write a paragraph of the body."""
        self._write(text, style)

    def blank(self) -> None:
        """Leave a line empty."""
        self._write("", "Normal")

    def table(self, caption: str, grid: Grid, *, note: str = "") -> None:
        """Write a table under its caption; a note stands below it."""
        if caption:
            self._write(caption, "TableCaption")
        body: Any = self._document.element.body
        body.insert(len(body) - 1, table_element(grid, width=self._width))
        self._write(note, "Note")

    def figure(self, picture: bytes, caption: str, *, description: str, width: float = TYPE_WIDTH) -> None:
        """Write a picture, `width` millimetres wide, over its caption.

        Args:
            description: what the picture shows, for who cannot see it.
        """
        paragraph = self._write("", "Figure")
        shape = paragraph.add_run().add_picture(io.BytesIO(picture), width=Emu(emu(width)))
        drawing: Any = shape._inline.docPr
        drawing.set("name", caption)
        drawing.set("descr", description)
        self._write(caption, "Caption")

    def attachments(self, names: Sequence[str]) -> None:
        """Write the note of attachments, one line below the body; names end without a mark."""
        self._keep_last()
        self._keep(self._write("", "Normal"))
        many = len(names) > 1
        hanging = characters(5) + characters(1) // 2 * many
        for place, name in enumerate(names):
            number = f"{place + 1}." if many else ""
            head = f"附件：{number}" if place == 0 else f"　　　{number}"
            paragraph = self._write(f"{head}{name}", "Normal")
            _indent(paragraph, f'<w:ind w:left="{characters(2) + hanging}" w:hanging="{hanging}"/>')
            self._keep(paragraph)

    def signature(self, office: str, date: dt.date) -> None:
        """Write who issues it, centred over the date, which stands four characters from the right.

        Both stay on a page with the end of the text.
        """
        self._keep_last()
        for _line in range(2):
            self._keep(self._write("", "Normal"))
        told = date_text(date)
        centre = characters(4) + _wide(told) // 2
        right = max(centre - _wide(office) // 2, 0)
        self._keep(self._right(office, f'<w:ind w:right="{right}"/>'))
        self._right(told, f'<w:ind w:rightChars="400" w:right="{characters(4)}"/>')

    def new_page(self) -> None:
        """Go on with the next thing on a new page."""
        paragraph = self._write("", "Note")
        paragraph.add_run().add_break(WD_BREAK.PAGE)

    def turn(self, *, is_landscape: bool) -> None:
        """Go on with a new section, landscape for a wide table or portrait again."""
        section = pages.add_section(self._document)
        if is_landscape:
            pages.set_landscape(section)
        else:
            pages.set_portrait(section)
        self._width = PAGE_HEIGHT - TOP - BOTTOM if is_landscape else TYPE_WIDTH

    def content(self) -> bytes:
        """Return the file; the same document gives the same bytes."""
        written = io.BytesIO()
        self._document.save(written)
        parts = parts_of(written.getvalue())
        parts[FONT_TABLE] = font_table().encode()
        return packed(parts)

    def _write(self, text: str, style: str) -> Paragraph:
        paragraph = self._document.add_paragraph()
        made: Any = paragraph._p
        made.get_or_add_pPr().insert(0, element(f'<w:pStyle w:val="{style}"/>'))
        if text:
            run: Any = paragraph.add_run(legible(text))._r
            run.get_or_add_rPr().insert(0, element('<w:rFonts w:hint="eastAsia"/>'))
        return paragraph

    def _right(self, text: str, indent: str) -> Paragraph:
        paragraph = self._write(text, "Normal")
        _indent(paragraph, f'{indent}<w:jc w:val="right"/>')
        return paragraph

    def _keep_last(self) -> None:
        """Keep the last paragraph on a page with what comes now."""
        if self._document.paragraphs:
            self._keep(self._document.paragraphs[-1])

    def _keep(self, paragraph: Paragraph) -> None:
        paragraph.paragraph_format.keep_with_next = True


def date_text(date: dt.date) -> str:
    """Return a date as documents write it: 2025年3月10日."""
    return f"{date.year}年{date.month}月{date.day}日"


def _wide(text: str) -> int:
    return round(titles.width(text) * characters(1, SIZE_3))


def _indent(paragraph: Paragraph, layout: str) -> None:
    properties: Any = paragraph._p.get_or_add_pPr()
    for one in element(f"<w:pPr>{layout}</w:pPr>"):
        properties.append(one)


def _replace(old: Any, text: str) -> None:
    """Give an element the children of another."""
    for child in list(old):
        old.remove(child)
    for child in list(parse_xml(text)):
        old.append(child)


def _describe(core: Any, properties: Properties) -> None:
    core.title, core.author, core.subject = properties.title, properties.author, properties.subject
    core.last_modified_by, core.comments, core.keywords = properties.author, properties.comments, ""
    core.created = core.modified = properties.created
    core.revision, core.language = 1, "zh-CN"
