"""Files as they really arrive, each with what becomes of every cell in it.

`outcome` gives, for each fact that the file says something of, its address, what becomes of it and either the
value as it will be saved or why it is refused; or, for a file that is refused as a whole, the words.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.collection.rules.book import Rulebook
from apps.collection.workbook import columns as col
from apps.collection.workbook.service import compare
from apps.core.archives import OLE_HEAD
from apps.core.exchanging.grids import FileRefused, Grid, grids_of
from tests.collection.workbook import form
from tests.collection.workbook.tables import Formula, Percent, text, xlsx
from tests.support.files import IDENTITY, with_parts

HEAD = ["数据项", "学段", "本期填报", "不适用", "说明"]
STAGES = {"whole": "", "primary": "小学", "junior": "初中"}


def outcome(content: bytes, slots=None) -> object:
    try:
        look = compare(content, slots or form.slots(), form.RULES, form.PERIOD, form.SCHOOL)
    except FileRefused as refusal:
        return str(refusal)
    found = {}
    for line in look.proposal.lines:
        if line.row is None or line.kind == "empty":
            continue
        what = line.problem.code if line.problem else line.after
        found[line.slot.element.name + STAGES[line.slot.stage]] = (line.address, line.kind, what)
    for row, problem in look.proposal.stray:
        found[row.name] = (row.input_address, "stray", problem.code)
    return found


def notices(content: bytes) -> list[str]:
    return compare(content, form.slots(), form.RULES, form.PERIOD, form.SCHOOL).notices


def one(value: object, name: str = "专任教师数", **more: object) -> bytes:
    """Return a workbook that gives one fact."""
    return xlsx([HEAD, [name, "", value]], **more)


def said(kind: str, what: str, name: str = "专任教师数") -> dict[str, tuple[str, str, str]]:
    return {name: ("C2", kind, what)}


def new(what: str, name: str = "专任教师数") -> dict[str, tuple[str, str, str]]:
    return said("new", what, name)


def wrong(code: str, name: str = "专任教师数") -> dict[str, tuple[str, str, str]]:
    return said("wrong", code, name)


def keyed(*rows: tuple[object, ...], **changes: object) -> bytes:
    """Return a workbook made here: code, figure, not applicable, note, and what it was taken out with."""
    head = [col.NAME, col.INPUT, col.ABSENT, col.NOTE, col.KEY, col.BASE]
    body = [["任意", figure, absent, note, key, base] for key, figure, absent, note, base in rows]
    return xlsx([["2025年第二季度填报表"], [], head, *body], identity=form.identity(**changes))


def base(figure: str = "", absent: str = "", note: str = "") -> str:
    return col.base_cell(figure, absent, note)


CELLS = {
    # What is unambiguous is read and echoed.
    "number": (one(60), new("60 人")),
    "number as text": (one("60"), new("60 人")),
    "full width": (one("１，２３４"), new("1,234 人")),
    "thousands": (one("1,234"), new("1,234 人")),
    "thousands by spaces": (one("1 234"), new("1,234 人")),
    "counting word": (one("60人"), new("60 人")),
    "other word for the same": (one(" 60 名 "), new("60 人")),
    "chinese full stop": (one("2。5", "教育经费"), new("2.50 万元", "教育经费")),
    "scientific": (one("2.0E+03"), new("2,000 人")),
    "ten thousands": (one("1.2万"), new("12,000 人")),
    "zero": (one(0), new("0 人")),
    "float that is whole": (one(60.0), new("60 人")),
    "apostrophe": (one("'60"), wrong("separators")),
    "percent sign for a share": (one("54.5%", "达标率"), new("54.5 %", "达标率")),
    "percent format for a share": (one(Percent(0.545), "达标率"), new("54.5 %", "达标率")),
    "percent format keeps its digits": (one(Percent(0.07), "达标率"), new("7.0 %", "达标率")),
    "formula with its result": (one(Formula("=30+30", 60)), new("60 人")),
    "formula whose result is not exact": (
        one(Formula("=0.1+0.2", 0.30000000000000004), "教育经费"),
        new("0.30 万元", "教育经费"),
    ),
    "percent format of a result that is not exact": (
        one(Percent(0.06999999999999995), "达标率"),
        new("7.0 %", "达标率"),
    ),
    "date cell": (one(dt.date(2025, 3, 10), "启用日期"), new("2025-03-10", "启用日期")),
    "date serial": (one(45726, "启用日期"), new("2025-03-10", "启用日期")),
    "date with points": (one("2025.3.10", "启用日期"), new("2025-03-10", "启用日期")),
    "date in chinese": (one("２０２５年3月10日", "启用日期"), new("2025-03-10", "启用日期")),
    "yes": (one("√", "设有心理辅导室"), new("是", "设有心理辅导室")),
    "yes as a truth value": (one(True, "设有心理辅导室"), new("是", "设有心理辅导室")),
    "no": (one("否", "设有心理辅导室"), new("否", "设有心理辅导室")),
    "choice": (one("一级", "等级"), said("changed", "一级", "等级")),
    "the same choice": (one("二级", "等级"), said("same", "二级", "等级")),
    "words": (one("=开展三次", "情况概述"), new("=开展三次", "情况概述")),
    # What is not is refused, with what to do.
    "about": (one("约60"), wrong("approximate")),
    "more than": (one("60+"), wrong("approximate")),
    "percentage for a count": (one("54%"), wrong("percent")),
    "percent format for a count": (one(Percent(0.54)), wrong("percent")),
    "share for a count": (one(0.54), wrong("share")),
    "decimals for a count": (one(60.5), wrong("decimal")),
    "negative": (one(-3), wrong("negative")),
    "slash": (one("/"), wrong("not_applicable")),
    "dash": (one("—"), wrong("not_applicable")),
    "none": (one("无"), wrong("not_applicable")),
    "division by zero": (one(Formula("=1/0", "#DIV/0!")), wrong("formula")),
    "error as text": (one("#DIV/0!"), wrong("formula")),
    "formula without a result": (one(Formula("=SUM(A1:A9)", "")), wrong("cell")),
    "date for a count": (one(dt.date(2025, 3, 10)), wrong("approximate")),
    "month only": (one("2025年3月", "启用日期"), wrong("date_without_day", "启用日期")),
    "unclear date": (one("3/10/25", "启用日期"), wrong("date_order", "启用日期")),
    "yuan for ten thousand yuan": (one("30000元", "教育经费"), wrong("other_unit", "教育经费")),
    "too many decimals": (one("1.234", "教育经费"), wrong("too_precise", "教育经费")),
    "no such choice": (one("三级", "等级"), wrong("no_such_choice", "等级")),
    "neither yes nor no": (one("部分", "设有心理辅导室"), wrong("yes_or_no", "设有心理辅导室")),
    "identity number as figure": (one(IDENTITY), wrong("personal_number")),
    "phone number in words": (one("电话13800138000", "情况概述"), wrong("personal_number", "情况概述")),
    "comment with an identity number": (one(60, comments={"C2": f"张三 {IDENTITY}"}), wrong("cell")),
    "harmless comment": (one(60, comments={"C2": "已核对"}), new("60 人")),
    "hidden row": (one(60, hide=[2]), wrong("cell")),
    "hidden empty row": (one("", hide=[2]), {}),
}

TWO_LINES = [["数据项", "学段", "本季度填报情况", "", ""], ["", "", "填报数", "不适用", "说明"]]
MERGED = xlsx([HEAD, ["在校学生数"], ["专任教师数"], ["教育经费", "", 3]], merge=[("C2:C3", 60)])
TABLES = {
    # Shapes.
    "two-line headings": (
        xlsx([*TWO_LINES, ["专任教师数", "", 60]], merge=[("C1:E1", "本季度填报情况"), ("A1:A2", "数据项")]),
        {"专任教师数": ("C3", "new", "60 人")},
    ),
    "title above": (
        xlsx([["某校填报表"], ["填报人："], [], HEAD, ["专任教师数", "", 60]]),
        {"专任教师数": ("C5", "new", "60 人")},
    ),
    "title merged": (
        xlsx([[""], HEAD, ["专任教师数", "", 60]], merge=[("A1:E1", "某校填报表")]),
        {"专任教师数": ("C3", "new", "60 人")},
    ),
    "second sheet": (
        xlsx([HEAD, ["专任教师数", "", 60]], sheets_before=[[["说明"], ["请填写"]]]),
        new("60 人"),
    ),
    "other order and words": (
        xlsx([["备注", "数值 ", "填报项目"], ["已核对", 60, "专任教师数"]]),
        {"专任教师数": ("B2", "new", "60 人 (已核对)")},
    ),
    "blank lines": (
        xlsx([HEAD, [], ["专任教师数", "", 60], [], [], ["教育经费", "", 3]]),
        {"专任教师数": ("C3", "new", "60 人"), "教育经费": ("C6", "new", "3.00 万元")},
    ),
    "merged figures": (
        MERGED,
        {
            "在校学生数": ("C2", "wrong", "cell"),
            "专任教师数": ("C3", "wrong", "cell"),
            "教育经费": ("C4", "new", "3.00 万元"),
        },
    ),
    "total line": (
        xlsx([HEAD, ["专任教师数", "", 60], ["合　计", "", 60], ["教育经费", "", 3]]),
        {"专任教师数": ("C2", "new", "60 人"), "教育经费": ("C4", "new", "3.00 万元")},
    ),
    "name with other brackets and blanks": (
        xlsx([HEAD, [" 专任 教师数　", "", 60]]),
        new("60 人"),
    ),
    "stage beside": (
        xlsx([HEAD, ["近视学生数", "小学", 5], ["近视学生数", "初中", 7]]),
        {"近视学生数小学": ("C2", "new", "5 人"), "近视学生数初中": ("C3", "new", "7 人")},
    ),
    "stage missing": (xlsx([HEAD, ["近视学生数", "", 5]]), {"近视学生数": ("C2", "stray", "stage")}),
    "stage that is not taught": (xlsx([HEAD, ["近视学生数", "高中", 5]]), {}),
    "the same twice": (xlsx([HEAD, ["专任教师数", "", 60], ["专任教师数", "", 60]]), new("60 人")),
    "two figures for one fact": (
        xlsx([HEAD, ["专任教师数", "", 60], ["专任教师数", "", 61]]),
        {"专任教师数": ("C3", "wrong", "twice")},
    ),
    "fact that is not asked": (
        xlsx([HEAD, ["校车数", "", 2], ["专任教师数", "", 60]]),
        {"专任教师数": ("C3", "new", "60 人")},
    ),
    "not applicable": (
        xlsx([HEAD, ["专任教师数", "", "", "是", "无此岗位"]]),
        new("不适用 (无此岗位)"),
    ),
    "not applicable without a reason": (xlsx([HEAD, ["专任教师数", "", "", "是", ""]]), wrong("no_reason")),
    "not applicable and a figure": (xlsx([HEAD, ["专任教师数", "", 60, "是", "x"]]), wrong("both")),
    "unclear not applicable": (
        xlsx([HEAD, ["专任教师数", "", "", "也许", "x"]]),
        {"专任教师数": ("D2", "wrong", "yes_or_no")},
    ),
    "reason with a phone number": (
        xlsx([HEAD, ["专任教师数", "", 60, "", "问13800138000"]]),
        {"专任教师数": ("E2", "wrong", "personal_number")},
    ),
    "right and wrong together": (
        xlsx([HEAD, ["在校学生数", "", "约900"], ["专任教师数", "", 60], ["教育经费", "", "无"]]),
        {
            "在校学生数": ("C2", "wrong", "approximate"),
            "专任教师数": ("C3", "new", "60 人"),
            "教育经费": ("C4", "wrong", "not_applicable"),
        },
    ),
    # CSV.
    "csv utf-8": (text([HEAD, ["专任教师数", "", "60"]]), new("60 人")),
    "csv gbk": (text([HEAD, ["专任教师数", "", "60"]], encoding="gbk"), new("60 人")),
    "csv gb 18030": (text([HEAD, ["专任教师数", "", "６０"]], encoding="gb18030"), new("60 人")),
    "csv utf-16 with tabs": (
        text([HEAD, ["专任教师数", "", "60"]], encoding="utf-16", delimiter="\t"),
        new("60 人"),
    ),
    "csv with semicolons": (text([HEAD, ["专任教师数", "", "60"]], delimiter=";"), new("60 人")),
    # Organisations in the table.
    "own code": (
        xlsx([["学校代码", *HEAD], ["3143000001", "专任教师数", "", 60]]),
        {"专任教师数": ("D2", "new", "60 人")},
    ),
    "own code as a number": (
        xlsx([["学校代码", *HEAD], [3143000001, "专任教师数", "", 60]]),
        {"专任教师数": ("D2", "new", "60 人")},
    ),
    "own name with other brackets": (
        xlsx([["学校名称", *HEAD], ["芦淞区第一小学(示例) ", "专任教师数", "", 60]]),
        {"专任教师数": ("D2", "new", "60 人")},
    ),
    "another school's row among ours": (
        xlsx(
            [["学校代码", *HEAD], ["3143000001", "专任教师数", "", 60], ["3143000002", "在校学生数", "", 5]]
        ),
        {"专任教师数": ("D2", "new", "60 人")},
    ),
    # Made here.
    "found by code whatever its name": (
        keyed(("teachers|whole", 60, "", "", base())),
        {"专任教师数": ("B4", "new", "60 人")},
    ),
    "untouched": (
        keyed(("pupils|whole", 900, "", "", base("900"))),
        {"在校学生数": ("B4", "same", "900 人")},
    ),
    "untouched, changed in the form meanwhile": (
        keyed(("pupils|whole", 880, "", "", base("880"))),
        {"在校学生数": ("B4", "kept", "900 人")},
    ),
    "changed here and there": (
        keyed(("pupils|whole", 910, "", "", base("880"))),
        {"在校学生数": ("B4", "changed", "910 人")},
    ),
    "emptied": (keyed(("pupils|whole", "", "", "", base("900"))), {}),
    "damaged memory": (keyed(("teachers|whole", 60, "", "", "{")), {"专任教师数": ("B4", "new", "60 人")}),
    "old template": (
        keyed(("teachers|whole", 60, "", "", base()), ("gone|whole", 3, "", "", base()), form="0" * 16),
        {"专任教师数": ("B4", "new", "60 人")},
    ),
    "renamed school": (
        keyed(("teachers|whole", 60, "", "", base()), organisation_name="从前小学"),
        {"专任教师数": ("B4", "new", "60 人")},
    ),
}

OTHER_QUARTER = "这是%s的填报表，而您现在填的是2025年第二季度。请下载本季度的填报表，以免误用旧数。"
NO_TABLE = (
    "没有找到填报表格：工作表中要有一行标题，包含“数据项”和“本期填报”。最简单的办法是下载本表的 Excel 填写。"
)
WHOLE = {
    "another school's workbook": (
        keyed(
            ("teachers|whole", 60, "", "", base()), organisation="3143000002", organisation_name="第二小学"
        ),
        "这份填报表属于第二小学（3143000002），不是芦淞区第一小学（示例）的。请下载本单位的填报表。",
    ),
    "last quarter's workbook": (
        keyed(("teachers|whole", 60, "", "", base()), quarter=1),
        OTHER_QUARTER % "2025年第一季度",
    ),
    "last year's workbook": (
        keyed(("teachers|whole", 60, "", "", base()), year=2024),
        OTHER_QUARTER % "2024年第二季度",
    ),
    "another school's table": (
        xlsx([["学校代码", *HEAD], ["3143000002", "专任教师数", "", 60]]),
        "文件里的行属于“3143000002”，不是芦淞区第一小学（示例）（3143000001）的。",
    ),
    "code turned scientific": (
        xlsx([["学校代码", *HEAD], ["3.143E+09", "专任教师数", "", 60]]),
        "文件里的行属于“3.143E+09”，不是芦淞区第一小学（示例）（3143000001）的。"
        "代码已变成科学记数法，请把该列设为文本格式后重新填写代码。",
    ),
    "no table": (
        xlsx([["姓名", "年龄"], ["甲", 3]]),
        NO_TABLE,
    ),
    "empty workbook": (
        xlsx([]),
        NO_TABLE,
    ),
    "cut off": (one(60)[:-200], "工作簿无法打开，请另存为 .xlsx 后重试。"),
    "macros": (
        with_parts(one(60), {"xl/vbaProject.bin": b"x"}),
        "不接收带宏的工作簿，请另存为 .xlsx 后重试。",
    ),
    "entities": (
        with_parts(one(60), {"xl/sharedStrings.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><sst/>'}),
        "工作簿无法打开，请另存为 .xlsx 后重试。",
    ),
    "bomb": (
        with_parts(one(60), {"xl/media/a.bin": b"\0" * (3 << 20)}),
        "工作簿无法打开，请另存为 .xlsx 后重试。",
    ),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00", "该文件既不是 Excel 工作簿，也不是 CSV 文件。"),
    "a document": (b"%PDF-1.7 \x00", "该文件既不是 Excel 工作簿，也不是 CSV 文件。"),
}


@pytest.mark.parametrize("name", CELLS)
def test_a_cell(name):
    content, expected = CELLS[name]
    assert outcome(content) == expected


@pytest.mark.parametrize("name", TABLES)
def test_a_table(name):
    content, expected = TABLES[name]
    assert outcome(content) == expected


@pytest.mark.parametrize("name", WHOLE)
def test_a_file_refused_as_a_whole(name):
    content, expected = WHOLE[name]
    assert outcome(content) == expected


def test_the_corpus_is_large_enough():
    assert len(CELLS) + len(TABLES) + len(WHOLE) >= 60


DECIMALS = st.decimals(min_value=0, max_value=10**11, places=4).filter(
    lambda n: len(n.as_tuple().digits) <= 15
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(DECIMALS, min_size=1, max_size=60))
def test_every_number_comes_back_as_it_went_out(numbers):
    lines = grids_of(xlsx([[float(number)] for number in numbers]))[0].lines
    assert [Decimal(line[0]) for line in lines] == numbers


def test_an_old_workbook_is_read_with_a_warning(monkeypatch):
    grid = Grid("表", [HEAD, ["专任教师数", "", "60"]])
    monkeypatch.setattr("apps.collection.workbook.reading.grids_of", lambda content: [grid])
    look = compare(OLE_HEAD, form.slots(), Rulebook(), form.PERIOD, form.SCHOOL)
    assert [line.after for line in look.proposal.taken] == ["60 人"]
    assert any("旧版 .xls" in notice for notice in look.notices)


def test_what_was_not_read_is_named():
    found = notices(TABLES["old template"][0])
    assert found == [
        "下载之后表格有变化。仍然对得上的内容已读取，其余见下。",
        "以下行本季度不要求填报，未读取：B5 任意。",
        "文件中没有、保持不变的数据项：在校学生数、近视学生数、近视学生数、教育经费、达标率、启用日期、"
        "设有心理辅导室、等级、情况概述。",
    ]
    assert notices(TABLES["renamed school"][0])[0] == "填报表上仍是原校名“从前小学”；代码是本校的，已读取。"
    assert notices(TABLES["total line"][0])[0] == "合计行不读取：3。"
    assert "其他单位的行，未读取：3。" in notices(TABLES["another school's row among ours"][0])


def test_a_change_against_somebody_else_s_is_marked():
    look = compare(TABLES["changed here and there"][0], form.slots(), Rulebook(), form.PERIOD, form.SCHOOL)
    assert [line.changed_meanwhile for line in look.proposal.taken] == [True]


def test_rules_between_facts_warn_before_anything_is_saved():
    content = xlsx([HEAD, ["专任教师数", "", 901]])
    look = compare(content, form.slots(), form.RULES, form.PERIOD, form.SCHOOL)
    assert [[w.code for w in line.warnings] for line in look.proposal.taken] == [["rule"]]


def test_what_is_not_open_stays():
    slots = [replace(form.slots()[0], editable=False), *form.slots()[1:]]
    assert outcome(xlsx([HEAD, ["在校学生数", "", 901]]), slots) == wrong("not_open", "在校学生数")
    assert outcome(xlsx([HEAD, ["在校学生数", "", 900]]), slots) == said("same", "900 人", "在校学生数")


def test_no_personal_number_is_shown_again():
    look = compare(one(IDENTITY), form.slots(), Rulebook(), form.PERIOD, form.SCHOOL)
    assert [line.read for line in look.proposal.wrong] == ["…"]
    assert IDENTITY not in look.proposal.wrong[0].problem.message
