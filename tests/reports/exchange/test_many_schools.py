"""One file for many schools: a row for each fact or for each school; every cell has its outcome."""

import io

import pytest
from python_calamine import CalamineWorkbook

from apps.collection.importing.tables import read_fact_table
from apps.collection.models import DataValue
from tests.collection.workbook.tables import Formula, xlsx
from tests.reports.exchange.files import counts, errors, look, take
from tests.support.files import IDENTITY

HEAD = ["学校代码", "数据项", "学段", "数值", "不适用", "说明"]


def saved():
    values = DataValue.objects.select_related("element", "submission__organisation")
    return {
        (value.submission.organisation.name, value.element.code, value.stage): value.number
        for value in values
    }


@pytest.fixture
def names(district):
    return district.school.name, district.nine_year.name


def test_a_row_for_each_school(administrator, client, district, names):
    rows = [
        ["某区汇总表"],
        ["序号", "学校名称", "在校学生数", "持证教师数", "家访次数"],
        [1, names[0], 900, "６０", ""],
        [2, f" {names[1]} ", 1200, "约80", Formula("=1/0", "#DIV/0!")],
        ["合计", "", 2100, 140, ""],
    ]
    page = look(client, "values", xlsx(rows), quarter=1)
    assert counts(page) == (3, 0, 0, 2)
    assert [error[0] for error in errors(page)] == ["D4", "E4"]
    take(client, page)
    assert saved() == {
        (names[0], "pupils", "whole"): 900,
        (names[0], "certified", "whole"): 60,
        (names[1], "pupils", "whole"): 1200,
    }


def test_the_same_file_twice_says_so_and_changes_nothing(administrator, client, district, names):
    content = xlsx([["学校", "在校学生数"], [names[0], 900]])
    take(client, look(client, "values", content, quarter=1))
    DataValue.objects.update(number=950)
    page = look(client, "values", content, quarter=1)
    assert "这个文件已由" in page.content.decode()
    take(client, page)
    assert list(saved().values()) == [950]


BEHIND = xlsx([["学校", "筛查学生数（小学）", "筛查学生数（初中）"], ["某校", 40, 50]])
BELOW = xlsx(
    [["学校", "筛查学生数"], ["", "小学", "初中"], ["某校", 40, 50]], merge=[("B1:C1", "筛查学生数")]
)


@pytest.mark.parametrize(("content", "row"), [(BEHIND, 2), (BELOW, 3)], ids=["behind", "below"])
def test_stages_stand_behind_the_name_or_in_a_second_line(district, content, row):
    sheet = read_fact_table(content, headings=HEAD, required=HEAD[:2])
    assert sheet.rows == [
        ["某校", "筛查学生数", "小学", "40", "", ""],
        ["某校", "筛查学生数", "初中", "50", "", ""],
    ]
    assert [sheet.address(index, "数值") for index in (0, 1)] == [f"B{row}", f"C{row}"]


@pytest.mark.parametrize(
    ("rows", "more", "expected"),
    [
        ([["3.143E+09", "在校学生数", "", 1]], {}, ["A2"]),
        ([["9999999999", "在校学生数", "", 1]], {}, ["A2"]),
        ([["{code}", "在校学生数", "", Formula("=A1", "")]], {}, ["D2"]),
        ([["{code}", "在校学生数", "", 900]], {"hide": [2]}, ["A2", "B2", "D2"]),
        ([["{code}", "在校学生数", "", 900]], {"comments": {"D2": IDENTITY}}, ["D2"]),
        (
            [["{code}", "在校学生数", "", ""], ["{code}", "持证教师数"]],
            {"merge": [("D2:D3", 5)]},
            ["D2", "D3"],
        ),
        ([["{code}", "没有这项", "", 900]], {}, ["B2"]),
    ],
)
def test_cells_that_cannot_be_trusted(administrator, client, district, rows, more, expected):
    code = district.school.code
    rows = [[code if cell == "{code}" else cell for cell in row] for row in rows]
    page = look(client, "values", xlsx([HEAD, *rows], **more), quarter=1)
    assert [error[0] for error in errors(page)] == expected
    assert page.context["outcome"].n_new == 0


def test_unknown_columns_are_named(administrator, client, names):
    page = look(client, "values", xlsx([["学校", "在校学生数", "班主任"], [names[0], 1, "某"]]), quarter=1)
    assert page.context["form"].errors["file"] == ["无法识别的列：班主任。请删除这些列，或使用模板。"]


def test_the_file_comes_back_with_its_errors(administrator, client, district, names):
    rows = [["学校", "在校学生数", "家访次数"], [names[0], "约900", "=1+1"], [names[1], 1200, ""]]
    page = look(client, "values", xlsx(rows), quarter=1)
    content = client.get(page.redirect_chain[-1][0] + "errors.xlsx").content
    lines = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert [line[:3] for line in lines] == [rows[0], rows[1], [names[1], "1200", ""]]
    assert lines[1][3].startswith("B2：“约900”不是准确数字")
    assert "C2：" in lines[1][3]
    assert lines[2][3] == ""
