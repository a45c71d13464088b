"""Sheets without anything to be told cell by cell are found out without listening to their cells."""

import io

import pytest
import xlsxwriter

from apps.core.exchanging import marks
from apps.core.exchanging.grids import FileRefused, grids_of
from apps.core.exchanging.plain_sheets import frame_of

SHEET = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet><cols><col min="2" max="2" '
    'hidden="1"/></cols><sheetData>%s</sheetData><mergeCells><mergeCell ref="A1:B1"/></mergeCells>'
    "</worksheet>"
)
ROW = '<row r="1"><c r="A1" s="1" t="s"><v>0</v></c>%s</row>'


def xlsx(write):
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    write(book, book.add_worksheet())
    book.close()
    return buffer.getvalue()


def test_a_plain_sheet_is_heard_without_its_cells():
    frame = frame_of((SHEET % ROW % "").encode(), percent={"3"})
    assert frame == (SHEET % "").encode()


@pytest.mark.parametrize(
    "cell",
    [
        "<c r='B1'><f>A1</f></c>",
        "<x:c r='B1'><x:f>A1</x:f></x:c>",
        '<c r="B1" t="e"><v>#DIV/0!</v></c>',
        '<c r="B1" s="3"><v>0.5</v></c>',
        '<c r="B1" t="&#101;"><v>1</v></c>',
        '</row><row r="2" hidden="1"><c r="A2"/>',
        '<c r="A200000"><v>1</v></c>',
        '<c r="AA10000"><v>1</v></c>',
        '<c r="xfd1"><v>1</v></c>',
        "<!-- </sheetData> -->",
    ],
)
def test_in_doubt_every_cell_is_listened_to(cell):
    assert frame_of((SHEET % ROW % cell).encode(), percent={"3"}) is None


@pytest.mark.parametrize("encoding", ["utf-16", "gb18030"])
def test_other_encodings_are_listened_to(encoding):
    text = (SHEET % ROW % "").replace("UTF-8", encoding)
    assert frame_of(text.encode(encoding), percent=()) is None


def test_both_ways_say_the_same(monkeypatch):
    def write(book, sheet):
        sheet.write_row(0, 0, ["学校", "数", "<f>"])
        sheet.write_row(1, 0, ["某校", 0.5, "hid"])
        sheet.merge_range(2, 0, 3, 0, "某校")
        sheet.set_column(4, 4, None, None, {"hidden": True})

    content = xlsx(write)
    quick = grids_of(content)
    monkeypatch.setattr(marks, "frame_of", lambda *_given: None)
    assert quick == grids_of(content)
    assert (quick[0].marks.hidden_columns, quick[0].trouble((3, 0))) == ({4}, "merged")


def far(book, sheet):
    sheet.write(0, 0, 1)
    sheet.write(1_048_575, 16_383, 2)


def formatted(book, sheet):
    sheet.write(0, 0, 1)
    sheet.write_blank(1_048_575, 16_383, None, book.add_format({"bold": True}))


def test_a_cell_far_away_is_refused_and_not_made_room_for():
    with pytest.raises(FileRefused, match="表格下方或右侧"):
        grids_of(xlsx(far))


def test_an_empty_cell_far_away_does_no_harm():
    assert grids_of(xlsx(formatted))[0].lines == [["1"]]
