"""The measures of GB/T 9704-2012, read from the file itself."""

import io
import zipfile

import pytest

from tests.reports.paper.documents import W, part, sample, value

DOCUMENT = "word/document.xml"


@pytest.fixture(scope="module")
def content():
    return sample()


@pytest.fixture(scope="module")
def sections(content):
    return part(content, DOCUMENT).findall(f".//{W}sectPr")


@pytest.fixture(scope="module")
def styles(content):
    found = part(content, "word/styles.xml").findall(f"{W}style")
    return {style.get(f"{W}styleId"): style for style in found}


def attributes(node, path):
    found = node.find("/".join(f"{W}{step}" for step in path.split("/")))
    return {name.removeprefix(W): text for name, text in found.attrib.items()}


def millimetres(twips):
    return round(int(twips) * 25.4 / 1440, 1)


def test_the_page_is_a4_with_the_standard_s_margins(sections):
    for section in (sections[0], sections[2]):
        assert (value(section, "pgSz", "w"), value(section, "pgSz", "h")) == ("11906", "16838")
        margins = {name: millimetres(text) for name, text in attributes(section, "pgMar").items()}
        assert {name: margins[name] for name in ("top", "left", "right", "bottom", "gutter")} == {
            "top": 37,
            "left": 28,
            "right": 26,
            "bottom": 35,
            "gutter": 0,
        }


def test_the_type_area_holds_22_lines_of_28_characters(sections, styles):
    grid = attributes(sections[0], "docGrid")
    assert grid == {"type": "linesAndChars", "linePitch": "579", "charSpace": "-848"}
    height, width = (16838 - 2098 - 1984), (11906 - 1587 - 1474)
    assert (height // int(grid["linePitch"]), height % int(grid["linePitch"]) < 22) == (22, True)
    character = 320 * int(value(styles["Normal"], "rPr/w")) / 100
    assert width // character == 28
    assert attributes(styles["Normal"], "pPr/spacing") == {
        "before": "0",
        "after": "0",
        "line": "579",
        "lineRule": "exact",
    }


@pytest.mark.parametrize(
    ("style", "font", "half_points"),
    [
        ("Title", "方正小标宋简体", "44"),
        ("Normal", "仿宋_GB2312", "32"),
        ("BodyText", "仿宋_GB2312", "32"),
        ("Heading1", "黑体", "32"),
        ("Heading2", "楷体_GB2312", "32"),
        ("Heading3", "仿宋_GB2312", "32"),
        ("Heading4", "仿宋_GB2312", "32"),
        ("TableText", "仿宋_GB2312", "21"),
        ("Footer", "宋体", "28"),
    ],
)
def test_each_style_has_its_font_and_size(styles, style, font, half_points):
    assert (value(styles[style], "rPr/rFonts", "eastAsia"), value(styles[style], "rPr/sz")) == (
        font,
        half_points,
    )


def test_the_body_and_the_headings_begin_two_characters_in(styles):
    for style in ("BodyText", "Heading1", "Heading2", "Heading3", "Heading4"):
        assert attributes(styles[style], "pPr/ind") == {"firstLineChars": "200", "firstLine": "640"}


def test_headings_are_word_s_own_with_their_levels(styles):
    for level in (1, 2, 3, 4):
        style = styles[f"Heading{level}"]
        assert value(style, "name") == f"heading {level}"
        assert value(style, "pPr/outlineLvl") == str(level - 1)
        assert (style.find(f"{W}rPr/{W}b").get(f"{W}val") is None) is (level == 3)


def test_the_title_is_centred(styles):
    assert value(styles["Title"], "pPr/jc") == "center"


def test_page_numbers_stand_outside_with_a_dash_on_each_side(content, sections):
    assert part(content, "word/settings.xml").find(f"{W}evenAndOddHeaders") is not None
    found = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        footers = [name for name in archive.namelist() if name.startswith("word/footer")]
    for name in footers:
        footer = part(content, name)
        fields = [field.get(f"{W}instr") for field in footer.iter(f"{W}fldSimple")]
        text = "".join(node.text for node in footer.iter(f"{W}t"))
        layout = footer.find(f"{W}p/{W}pPr")
        found[value(layout, "jc")] = (fields, text, attributes(layout, "ind"))
        for run in footer.iter(f"{W}r"):
            assert (value(run, "rPr/rFonts", "ascii"), value(run, "rPr/sz")) == ("宋体", "28")
    assert found == {
        "right": ([" PAGE "], "— 1 —", {"rightChars": "100", "right": "280"}),
        "left": ([" PAGE "], "— 1 —", {"leftChars": "100", "left": "280"}),
    }
    kinds = [reference.get(f"{W}type") for reference in sections[0].iter(f"{W}footerReference")]
    assert sorted(kinds) == ["default", "even"]


def test_the_dash_lies_seven_millimetres_below_the_type_area(sections):
    for section, bottom in zip(sections, (35, 26, 35), strict=True):
        footer = millimetres(value(section, "pgMar", "footer"))
        line = 14 * 25.4 / 72
        assert bottom - footer - line / 2 == pytest.approx(7, abs=0.1)


def test_the_wide_table_has_a_landscape_page_of_its_own(sections):
    assert [section.find(f"{W}pgSz").get(f"{W}orient") for section in sections] == [
        None,
        "landscape",
        None,
    ]
    wide = attributes(sections[1], "pgMar")
    assert [millimetres(wide[name]) for name in ("top", "right", "bottom", "left")] == [28, 37, 26, 35]


def test_tables_repeat_their_head_and_keep_rows_whole(content):
    for table in part(content, DOCUMENT).iter(f"{W}tbl"):
        rows = table.findall(f"{W}tr")
        assert [row.find(f"{W}trPr/{W}tblHeader") is not None for row in rows] == [True, False]
        assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows)
        styles = [node.get(f"{W}val") for node in rows[1].iter(f"{W}pStyle")]
        assert styles == ["TableText", "TableNumber"]


def test_a_figure_has_a_caption_and_words_for_who_cannot_see_it(content):
    document = part(content, DOCUMENT)
    shapes = [node for node in document.iter() if node.tag.endswith("}docPr")]
    assert [(node.get("name"), node.get("descr")) for node in shapes] == [("图1　走势", "折线图：各季度数值")]


def test_the_end_of_the_document(content):
    paragraphs = {
        "".join(node.text for node in paragraph.iter(f"{W}t")): paragraph
        for paragraph in part(content, DOCUMENT).iter(f"{W}p")
    }
    date = paragraphs["2025年3月10日"].find(f"{W}pPr")
    assert (attributes(date, "ind"), value(date, "jc")) == ({"rightChars": "400", "right": "1280"}, "right")
    assert "附件：1.一览表" in paragraphs
    assert "　　　2.说明" in paragraphs


def test_nothing_but_simple_page_fields(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        text = "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml"))
    for exotic in ("w:sdt>", "w:fldChar", "w:altChunk", "mc:AlternateContent"):
        assert exotic not in text


def test_the_same_document_gives_the_same_bytes(content):
    assert sample() == content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    assert core.count("2025-10-20T09:00:00Z") == 2
