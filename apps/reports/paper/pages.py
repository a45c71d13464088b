"""Sections with their page numbers, and the settings of a document."""

from __future__ import annotations

from typing import Any

from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.section import Section
from docx.shared import Length, Twips

from apps.reports.paper.fonts import SONG
from apps.reports.paper.measures import (
    BOTTOM,
    CHARACTER_SPACE,
    FOOTER,
    LEFT,
    LINE_PITCH,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    RIGHT,
    SIZE_4,
    TOP,
    characters,
    twips,
)
from apps.reports.paper.oxml import NAMESPACES, element
from apps.reports.paper.styles import latin

DASH = "—"
SETTINGS = f"""<w:settings {NAMESPACES}><w:zoom w:percent="100"/><w:defaultTabStop w:val="420"/>
<w:evenAndOddHeaders/><w:characterSpacingControl w:val="doNotCompress"/><w:compat>
<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>
</w:compat><w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>"""


def set_portrait(section: Section) -> None:
    """Give a section the page of an official document."""
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = _length(PAGE_WIDTH), _length(PAGE_HEIGHT)
    _set_margins(section, top=TOP, right=RIGHT, bottom=BOTTOM, left=LEFT)
    _set_grid(section, f'w:type="linesAndChars" w:linePitch="{LINE_PITCH}" w:charSpace="{CHARACTER_SPACE}"')


def set_landscape(section: Section) -> None:
    """Turn a section for a wide table; the head of the table lies at the binding side."""
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = _length(PAGE_HEIGHT), _length(PAGE_WIDTH)
    _set_margins(section, top=LEFT, right=TOP, bottom=RIGHT, left=BOTTOM)
    _set_grid(section, f'w:linePitch="{LINE_PITCH}"')


def add_section(document: Document) -> Section:
    """Begin a section on a new page; its page numbers go on."""
    return document.add_section(WD_SECTION.NEW_PAGE)


def _set_margins(section: Section, *, top: int, right: int, bottom: int, left: int) -> None:
    section.top_margin, section.bottom_margin = _length(top), _length(bottom)
    section.left_margin, section.right_margin = _length(left), _length(right)
    section.header_distance, section.gutter = Twips(twips(15)), Twips(0)
    section.footer_distance = Twips(twips(FOOTER - (BOTTOM - bottom)))


def _length(millimetres: int) -> Length:
    return Twips(twips(millimetres))


def _set_grid(section: Section, attributes: str) -> None:
    properties: Any = section._sectPr
    for old in properties.findall(f"{{{properties.nsmap['w']}}}docGrid"):
        properties.remove(old)
    properties.append(element(f"<w:docGrid {attributes}/>"))


def number_pages(section: Section) -> None:
    """Number the pages: odd ones right, even ones left, one character in; the first section starts at 1."""
    one = characters(1, SIZE_4)
    odd = f'<w:ind w:rightChars="100" w:right="{one}"/><w:jc w:val="right"/>'
    even = f'<w:ind w:leftChars="100" w:left="{one}"/><w:jc w:val="left"/>'
    for footer, layout in ((section.footer, odd), (section.even_page_footer, even)):
        footer.is_linked_to_previous = False
        parts: Any = footer._element
        for old in list(parts):
            parts.remove(old)
        parts.append(element(_number_paragraph(layout)))


def _number_paragraph(layout: str) -> str:
    size = f'<w:sz w:val="{SIZE_4}"/><w:szCs w:val="{SIZE_4}"/>'
    type_ = f"<w:rPr>{latin(SONG, SONG)}{size}</w:rPr>"
    return (
        f'<w:p><w:pPr><w:pStyle w:val="Footer"/><w:spacing w:line="{SIZE_4 * 10}" w:lineRule="exact"/>'
        f'{layout}</w:pPr><w:r>{type_}<w:t xml:space="preserve">{DASH} </w:t></w:r>'
        f'<w:fldSimple w:instr=" PAGE "><w:r>{type_}<w:t>1</w:t></w:r></w:fldSimple>'
        f'<w:r>{type_}<w:t xml:space="preserve"> {DASH}</w:t></w:r></w:p>'
    )
