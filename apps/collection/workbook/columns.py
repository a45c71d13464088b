"""The columns of the form's workbook: files speak Chinese whatever the page's language. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass

from apps.core.typed import tidy
from apps.plans.models import DataElement

NUMBER, NAME, STAGE, UNIT, INPUT = "序号", "数据项", "学段", "计量单位", "本期填报"
ABSENT, NOTE, ERROR = "不适用", "说明", "问题与处理"
PREVIOUS, LAST_YEAR, HELP = "上次审核通过", "去年同期", "填报说明"
KEY, BASE = "数据项编码", "下载时的内容"
SCHOOL_CODE, SCHOOL_NAME = "学校代码", "学校名称"

WORDS: dict[str, tuple[str, ...]] = {
    KEY: (KEY, "数据项代码", "指标编码"),
    NAME: (NAME, "指标", "项目", "填报项目", "指标名称", "数据项名称", "名称"),
    STAGE: (STAGE,),
    INPUT: (INPUT, "数值", "填报数", "本期", "本季度", "本期数", "填报值", "数据"),
    ABSENT: (ABSENT, "是否不适用"),
    NOTE: (NOTE, "备注", "原因", "情况说明", "变动说明"),
    BASE: (BASE,),
    SCHOOL_CODE: (SCHOOL_CODE, "单位代码", "学校标识码", "学校编码"),
    SCHOOL_NAME: (SCHOOL_NAME, "学校", "单位名称", "填报单位"),
}
KNOWN = {word: heading for heading, words in WORDS.items() for word in words}


@dataclass(frozen=True)
class Column:
    heading: str
    width: float


BEFORE = (Column(NUMBER, 5), Column(NAME, 34), Column(STAGE, 9), Column(UNIT, 9), Column(INPUT, 15))
AFTER = (Column(ABSENT, 8), Column(NOTE, 26))
BESIDE = (Column(PREVIOUS, 15), Column(LAST_YEAR, 15), Column(HELP, 44))
HIDDEN = (Column(KEY, 20), Column(BASE, 20))


def columns(*, with_errors: bool) -> list[Column]:
    """Return the columns; what is wrong stands right beside the cells it is about."""
    errors = [Column(ERROR, 46)] if with_errors else []
    return [*BEFORE, *errors, *AFTER, *BESIDE, *HIDDEN]


def heading_of(text: str) -> str:
    """Return the column that a heading means, empty for one that is not read."""
    plain = tidy(text).replace(" ", "").replace("\n", "").rstrip("*")
    return KNOWN.get(plain.split("(")[0], "")


def key_cell(element: DataElement, stage: str) -> str:
    return f"{element.code}|{stage}"


def base_cell(text: str, absent: str, note: str) -> str:
    """Return what stood in a row when it was taken out, so that what was changed in it can be told."""
    return json.dumps([text, absent, note], ensure_ascii=False)


def read_base(cell: str) -> tuple[str, str, str] | None:
    try:
        text, absent, note = json.loads(cell)
    except (ValueError, TypeError):
        return None
    return str(text), str(absent), str(note)
