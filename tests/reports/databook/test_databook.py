"""The data book says what the release says: typed, rounded alike, nothing hidden, nothing executable."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from decimal import Decimal
from fractions import Fraction

import openpyxl
import pytest
from django.utils import translation

from apps.core import display
from apps.core.jobs.errors import JobFailure
from apps.plans.enums import Aggregation
from apps.reports.databook.book import databook_bytes, tables_of
from apps.reports.databook.forms import checked, part_of
from apps.reports.databook.parts import Excerpt, Part
from apps.reports.releases.audience import CIRCULATION, Audience
from apps.reports.workbook import sheet_name
from tests.reports.frozen import EVIL, QUARTER, edition, renamed, with_small_cell


@pytest.fixture(autouse=True)
def chinese():
    with translation.override("zh-hans"):
        yield


MADE: dict[str, bytes] = {}


@pytest.fixture
def whole(frozen) -> bytes:
    """The district's book, made once for the tests that only read it."""
    if not MADE:
        MADE["district"] = databook_bytes(edition(frozen))
    return MADE["district"]


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def shown(cell) -> str:
    """Return a cell as Excel shows it with its format."""
    value, pattern = cell.value, cell.number_format
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if not isinstance(value, int | float):
        return "" if value is None else str(value)
    decimals = len(pattern.partition(".")[2].rstrip("%"))
    number = Decimal(repr(value)) * (100 if pattern.endswith("%") else 1)
    return display.number_text(number, decimals) + ("%" if pattern.endswith("%") else "")


def test_every_cell_shows_what_the_pages_say(frozen, whole):
    excerpt = Excerpt(edition(frozen))
    book = opened(whole)
    for table in tables_of(excerpt):
        sheet = book[sheet_name(table.name)]
        assert [cell.value for cell in sheet[1]] == [column.title for column in table.columns]
        for number, row in enumerate(table.rows, start=2):
            assert [shown(cell) for cell in sheet[number]] == [cell.text for cell in row]


def test_values_are_those_of_the_frozen_sums(frozen, whole):
    """Against the release's own numerators and denominators, worked out here."""
    told = edition(frozen)
    book = opened(whole)
    rates = [one for one in told.indicators if one.aggregation == Aggregation.RATIO_OF_SUMS]
    checked_values = 0
    for indicator in rates:
        result = next(
            row
            for row in frozen["results"]
            if row["indicator_id"] == indicator.pk
            and row["slice_kind"] == "all"
            and row["period_id"] == told.thawed.periods[QUARTER].pk
        )
        if not result["numerator"] or not Fraction(result["denominator"] or 0) or indicator.unit != "%":
            continue
        rows = sheet_rows(book[sheet_name(f"{indicator.area.number:02} {indicator.area.name}")])
        cell = rows[indicator.code]["数值"]
        if isinstance(cell.value, float | int):
            share = Fraction(result["numerator"]) / Fraction(result["denominator"]) * 100
            assert shown(cell) == f"{display.number_text(share, indicator.decimals)}%"
            checked_values += 1
    assert checked_values > 10


def sheet_rows(sheet) -> dict[str, dict[str, openpyxl.cell.Cell]]:
    titles = [cell.value for cell in sheet[1]]
    return {
        row[0].value: dict(zip(titles, row, strict=True))
        for row in sheet.iter_rows(min_row=2)
        if row[0].value
    }


def test_cells_are_typed_and_sheets_are_for_work_and_print(whole):
    book = opened(whole)
    rows = sheet_rows(book["06 促进学生全面健康发展"])
    fitness = rows["A06-FITNESS"]
    assert isinstance(fitness["数值"].value, float)
    assert fitness["数值"].number_format == "0.00%"
    assert isinstance(fitness["数据截止"].value, dt.datetime)
    assert isinstance(fitness["分子"].value, int)
    assert fitness["目标数值"].value == 54
    for sheet in book.worksheets[1:]:
        assert sheet.merged_cells.ranges == set()
    for sheet in book.worksheets[1:-1]:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.freeze_panes in ("A2", "C2")
        assert sheet.auto_filter.ref or sheet.max_row == 1


def test_the_cover_cites_the_release_and_links_only_inside(frozen, whole):
    told = edition(frozen)
    cover = opened(whole).worksheets[0]
    words = {row[0].value: row[1].value for row in cover.iter_rows() if row[0].value}
    assert words["发布内容 SHA-256"] == told.sha256
    assert (words["发布版本"], words["冻结日期"]) == ("1", frozen["head"]["business_date"])
    links = [cell.hyperlink for row in cover.iter_rows() for cell in row if cell.hyperlink]
    assert len(links) == 1 + 18 + 4
    assert {link.target for link in links} == {None}


def test_the_same_release_gives_the_same_bytes(frozen, whole):
    assert databook_bytes(edition(frozen)) == whole
    dates = re.findall(r">([\d-]{10})T", parts(whole)["docProps/core.xml"])
    assert set(dates) == {frozen["head"]["business_date"]}


def test_names_that_look_like_formulas_stay_text(frozen):
    content = databook_bytes(edition(renamed(frozen)))
    found = parts(content)
    sheets = {name: text for name, text in found.items() if name.startswith("xl/worksheets/sheet")}
    assert [name for name, text in sheets.items() if "<f>" in text or "<f " in text] == []
    assert [name for name in found if "externalLink" in name or "vba" in name.lower()] == []
    references = {
        reference
        for name, text in found.items()
        if name.startswith("xl/charts/chart")
        for reference in re.findall(r"<c:f>(.*?)</c:f>", text)
    }
    assert references
    assert {reference.rpartition("!")[0] for reference in references} == {"图表数据"}
    names = opened(content).sheetnames
    assert len({name.lower() for name in names}) == len(names)
    assert max(map(len, names)) <= 31
    assert any(EVIL in text for text in found.values()) or "cmd|" in found["xl/sharedStrings.xml"]


def test_a_hidden_figure_is_nowhere_in_the_file(frozen):
    data, code, numbers = with_small_cell(frozen)
    open_file = parts(databook_bytes(edition(data)))
    hidden_file = databook_bytes(edition(data, CIRCULATION))
    assert all(any(number in text for text in open_file.values()) for number in numbers[:1])
    told = "".join(parts(hidden_file).values())
    assert [number for number in numbers if number in told] == []
    sheet = next(
        rows[code]
        for rows in (sheet_rows(one) for one in opened(hidden_file).worksheets[2:20])
        if code in rows
    )
    assert sheet["数值"].value == sheet["分子"].value == "人数过少，不予显示"


def test_restricted_indicators_are_not_for_circulation(frozen):
    secret = {row["code"] for row in frozen["indicators"] if row["privacy"] == "restricted"}
    told = "".join(parts(databook_bytes(edition(frozen, CIRCULATION))).values())
    assert secret
    assert [code for code in secret if code in told] == []


def test_an_area_and_an_office_have_only_their_own(frozen):
    told = edition(frozen)
    area = opened(databook_bytes(told, Part(area=6)))
    assert area.sheetnames[1:3] == ["06 促进学生全面健康发展", "指标定义"]
    office = next(one for one in told.offices if one.code.endswith("TIWEI"))
    excerpt = Excerpt(told, Part(office=office.pk))
    assert {one.lead_office_id for one in excerpt.indicators} == {office.pk}
    assert {one.lead_office_id for one in excerpt.measures} == {office.pk}
    assert excerpt.name == office.name
    book = opened(databook_bytes(told, Part(office=office.pk)))
    leads = {
        cells["牵头股室"].value
        for sheet in book.worksheets[2:]
        if re.match(r"\d\d ", sheet.title)
        for cells in sheet_rows(sheet).values()
        if cells.get("牵头股室")
    }
    assert leads == {office.name}


def test_a_school_gets_its_own_figures_and_no_other_school(frozen):
    school, other = frozen["schools"][40], frozen["schools"][41]
    told = edition(frozen, Audience(school_id=school["id"]))
    content = databook_bytes(told, Part(school=school["id"]))
    text = "".join(parts(content).values())
    assert school["name"] in text
    assert other["name"] not in text
    rows = opened(content)["本校数据"]
    titles = [cell.value for cell in rows[1]]
    own = [dict(zip(titles, (shown(cell) for cell in row), strict=True)) for row in rows.iter_rows(min_row=2)]
    known = {row.pk: row for row in told.indicators}
    units = {
        (known[unit.indicator_id].code, unit.text)
        for unit in told.units_of(Excerpt(told, Part(school=school["id"])).school)
    }
    assert own
    assert {row["代码"] for row in own} <= {code for code, _text in units}


def test_one_changed_figure_changes_its_own_rows_only(frozen):
    before = opened(databook_bytes(edition(frozen), Part(area=6)))
    row = next(row for row in frozen["indicators"] if row["code"] == "A06-PE-DAILY")
    keys = {one["id"] for one in frozen["results"] if one["indicator_id"] == row["id"]}
    for judgement in frozen["judgements"]:
        if judgement["result_id"] in keys and judgement["value"] is not None:
            judgement["value"] = "11.11000000"
    after = opened(databook_bytes(edition(frozen), Part(area=6)))
    changed = {
        (sheet.title, sheet.cell(one.row, 1).value)
        for sheet in before.worksheets[1:]
        for line in sheet.iter_rows()
        for one in line
        if one.value != after[sheet.title].cell(one.row, one.column).value
    }
    data = "图表数据"
    assert changed - {(data, name) for _sheet, name in changed} == {
        ("06 促进学生全面健康发展", "A06-PE-DAILY")
    }
    assert {name for sheet, name in changed if sheet == data} <= {
        row["name"],
        *(f"第{quarter}季度" for quarter in "一二三四"),
    }


def test_parameters_name_a_part():
    assert part_of({}) == Part()
    assert part_of({"part": ""}) == Part()
    assert part_of({"part": "area:6"}) == Part(area=6)
    assert part_of({"part": "office:12", "part_name": "体卫艺股"}) == Part(office=12)
    assert part_of({"school": 7}) == Part(school=7)


def test_a_part_that_the_release_does_not_have_is_refused(frozen):
    with pytest.raises(JobFailure):
        checked(edition(frozen), {"part": "area:99"})
    with pytest.raises(JobFailure):
        checked(edition(frozen), {"school": 10**9})
