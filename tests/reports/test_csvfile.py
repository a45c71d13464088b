from __future__ import annotations

from decimal import Decimal

import pytest

from apps.dashboards.tables import Column, Table, number_cell, text_cell
from apps.reports.csvfile import csv_bytes, harmless


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", " =1", "＝1", "＋1", "－1", "＠a", "\r=1", "|cmd"]
)
def test_what_looks_like_a_formula_gets_an_apostrophe(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "示例小学", "– 未设目标", "—", "54%", "1-2所"])
def test_plain_text_stays(text):
    assert harmless(text) == text


def test_negative_numbers_stay_numbers():
    table = Table(
        "表", [Column("数"), Column("文")], [[number_cell(Decimal("-1234.56"), decimals=1), text_cell("-x")]]
    )
    assert csv_bytes(table).decode("utf-8-sig").splitlines() == ["数,文", "-1234.6,'-x"]
