"""A document with one of everything, and its parts as XML."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

from lxml import etree

from apps.reports.paper.document import Paper, Properties
from apps.reports.paper.tables import Column, Grid

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PROPERTIES = Properties(
    title="报告", author="区教育局", created=dt.datetime(2025, 10, 20, 9, 0, tzinfo=dt.UTC)
)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8ffff3f0005fe02"
    "fea735810f0000000049454e44ae426082"
)
TABLE = Grid([Column("序号", 1, is_centred=True), Column("数值（%）", 2, is_number=True)], [["1", "53.1"]])


def sample() -> bytes:
    """Return a file with one of everything, then a landscape section and a portrait one again."""
    paper = Paper(PROPERTIES)
    paper.title(["株洲市芦淞区", "2025年", "第三季度", "教育工作要点", "落实情况", "报告"])
    for level, number in enumerate(("一、", "（一）", "1.", "（1）"), start=1):
        paper.heading(level, f"{number}标题")
    paper.paragraph("正文“引文”54%。")
    paper.table("表1　结果", TABLE)
    paper.figure(PNG, "图1　走势", description="折线图：各季度数值", width=120)
    paper.attachments(["一览表", "说明"])
    paper.signature("区教育局", dt.date(2025, 3, 10))
    paper.turn(is_landscape=True)
    paper.table("附表", TABLE)
    paper.turn(is_landscape=False)
    paper.paragraph("说明。")
    return paper.content()


def part(content: bytes, name: str) -> Any:
    """Return a part of a file as XML."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return etree.fromstring(archive.read(name))


def value(node: Any, path: str, name: str = "val") -> str | None:
    """Return an attribute of the first element on a path of local names below a node."""
    found = node.find("/".join(f"{W}{step}" for step in path.split("/")))
    return None if found is None else found.get(f"{W}{name}")
