"""The styles of a document: Word's own names where Word gives them a meaning (headings, caption).

Levels: "一、" 黑体, "（一）" 楷体, "1." 仿宋 bold, "（1）" 仿宋, all of size 3 like the body
(GB/T 9704-2012 §7.3.3).
"""

from __future__ import annotations

from apps.reports.paper.fonts import BLACK, BODY, LATIN, SCRIPT, SONG, TITLE, Font
from apps.reports.paper.measures import (
    LINE_PITCH,
    NARROWED,
    SIZE_2,
    SIZE_3,
    SIZE_4,
    SIZE_5,
    SIZE_SMALL_4,
    SIZE_SMALL_5,
    characters,
)
from apps.reports.paper.oxml import NAMESPACES

# Rules of half a point, heavier above and below (in eighths of a point).
TABLE_EDGES = {"top": 8, "left": 4, "bottom": 8, "right": 4, "insideH": 4, "insideV": 4}
EXACT = f'<w:spacing w:before="0" w:after="0" w:line="{LINE_PITCH}" w:lineRule="exact"/>'
TITLE_PITCH = LINE_PITCH + 80
TITLE_LINES = f'<w:spacing w:before="0" w:after="0" w:line="{TITLE_PITCH}" w:lineRule="exact"/>'
CLOSE = '<w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/>'
INDENT = f'<w:ind w:firstLineChars="200" w:firstLine="{characters(2)}"/>'
NO_GRID = '<w:snapToGrid w:val="0"/>'


def latin(font: Font, western: Font = LATIN) -> str:
    """Return the fonts of a run; the hint gives quotation marks and dashes their full width."""
    return (
        f'<w:rFonts w:ascii="{western.name}" w:hAnsi="{western.name}" w:eastAsia="{font.name}"'
        f' w:cs="{western.name}" w:hint="eastAsia"/>'
    )


def _type(
    font: Font, size: int, *, bold: bool = False, western: Font = LATIN, is_narrowed: bool = False
) -> str:
    weight = "<w:b/><w:bCs/>" if bold else '<w:b w:val="0"/><w:bCs w:val="0"/>'
    narrower = f'<w:w w:val="{NARROWED if is_narrowed else 100}"/>'
    sizes = f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'
    return f"<w:rPr>{latin(font, western)}{weight}{narrower}{sizes}</w:rPr>"


def _size_3(font: Font, *, bold: bool = False) -> str:
    """The type of the body and its headings, 28 characters of which fill a line."""
    return _type(font, SIZE_3, bold=bold, is_narrowed=True)


def _paragraph(key: str, name: str, layout: str, type_: str, *, based: str = "Normal") -> str:
    return (
        f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="{based}"/><w:qFormat/><w:pPr>{layout}</w:pPr>{type_}</w:style>'
    )


def _heading(level: int, font: Font, *, bold: bool = False) -> str:
    layout = f'<w:keepNext/><w:keepLines/>{EXACT}{INDENT}<w:outlineLvl w:val="{level - 1}"/>'
    return _paragraph(f"Heading{level}", f"heading {level}", layout, _size_3(font, bold=bold))


def _defaults() -> str:
    return (
        f'<w:docDefaults><w:rPrDefault><w:rPr>{latin(BODY)}<w:sz w:val="{SIZE_3}"/>'
        f'<w:szCs w:val="{SIZE_3}"/><w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault>'
        "<w:pPrDefault/></w:docDefaults>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>'
        '<w:pPr><w:widowControl w:val="0"/>'
        f'{NO_GRID}{EXACT}<w:jc w:val="both"/></w:pPr>{_size_3(BODY)}</w:style>'
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/></w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:left w:w="0" w:type="dxa"/>'
        '<w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
    )


def _table() -> str:
    edges = "".join(
        f'<w:{edge} w:val="single" w:sz="{weight}" w:space="0" w:color="000000"/>'
        for edge, weight in TABLE_EDGES.items()
    )
    return (
        '<w:style w:type="table" w:styleId="OfficialTable"><w:name w:val="公文表格"/>'
        '<w:basedOn w:val="TableNormal"/>'
        f'<w:tblPr><w:tblBorders>{edges}</w:tblBorders><w:tblCellMar><w:top w:w="28" w:type="dxa"/>'
        '<w:left w:w="57" w:type="dxa"/><w:bottom w:w="28" w:type="dxa"/><w:right w:w="57" w:type="dxa"/>'
        "</w:tblCellMar></w:tblPr></w:style>"
    )


def _small(key: str, name: str, size: int, font: Font, align: str, more: str = "") -> str:
    layout = f'{more}{CLOSE}<w:jc w:val="{align}"/>'
    return _paragraph(key, name, layout, _type(font, size))


def all_styles() -> str:
    """Return everything inside the element of a document's styles."""
    return (
        f"<w:styles {NAMESPACES}>"
        + "".join(
            [
                _defaults(),
                _paragraph("Title", "Title", f'{TITLE_LINES}<w:jc w:val="center"/>', _type(TITLE, SIZE_2)),
                _paragraph("BodyText", "Body Text", INDENT, _size_3(BODY)),
                _paragraph("Addressee", "主送机关", "", _size_3(BODY)),
                _paragraph("Subtitle", "Subtitle", '<w:jc w:val="center"/>', _size_3(SCRIPT)),
                _heading(1, BLACK),
                _heading(2, SCRIPT),
                _heading(3, BODY, bold=True),
                _heading(4, BODY),
                _small("Caption", "caption", SIZE_SMALL_4, BLACK, "center", "<w:keepLines/>"),
                _small("TableCaption", "表题", SIZE_SMALL_4, BLACK, "center", "<w:keepNext/><w:keepLines/>"),
                _small("Figure", "图", SIZE_SMALL_4, BODY, "center", "<w:keepNext/>"),
                _small("TableHead", "表头", SIZE_5, BLACK, "center"),
                _small("TableText", "表文", SIZE_5, BODY, "left"),
                _small("TableNumber", "表数", SIZE_5, BODY, "right"),
                _small("SmallHead", "小表头", SIZE_SMALL_5, BLACK, "center"),
                _small("SmallText", "小表文", SIZE_SMALL_5, BODY, "left"),
                _small("SmallNumber", "小表数", SIZE_SMALL_5, BODY, "right"),
                _small("Note", "表注", SIZE_5, BODY, "left"),
                _paragraph("Attachment", "附件序号", "<w:keepNext/>", _size_3(BLACK)),
                _paragraph(
                    "AttachmentTitle",
                    "附件标题",
                    f'<w:keepNext/>{TITLE_LINES}<w:jc w:val="center"/>',
                    _type(TITLE, SIZE_2),
                ),
                _paragraph("Fingerprint", "指纹", '<w:jc w:val="left"/>', _type(SONG, SIZE_5, western=SONG)),
                _small("Footer", "footer", SIZE_4, SONG, "left"),
                _table(),
            ]
        )
        + "</w:styles>"
    )
