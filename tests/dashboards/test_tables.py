from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest

from apps.dashboards.tables import CellKind, count_cell, date_cell, number_cell, share_cell


@pytest.mark.parametrize(
    ("share", "text", "decimals"),
    [
        (Fraction(1), "100%", 0),
        (Fraction(0), "0%", 0),
        (Fraction(996, 1000), "99.6%", 1),
        (Fraction(9996, 10000), "99.96%", 2),
        (Fraction(1, 1000), "0.1%", 1),
        (Fraction(93, 100), "93%", 0),
        (None, "本期无应报", 0),
    ],
)
def test_a_share_reads_alike_on_screen_and_in_a_workbook(share, text, decimals):
    cell = share_cell(share, instead="本期无应报")
    assert (cell.text, cell.decimals) == (text, decimals)


def test_missing_is_words_and_zero_is_zero():
    assert number_cell(None, unit="%", instead="暂无数据").value is None
    assert number_cell(Decimal(0), unit="%", decimals=1).text == "0.0%"
    assert count_cell(None).text == "—"
    assert count_cell(Decimal("1234.5000")).text == "1,234.5"
    assert count_cell(Decimal("1200.0000")).text == "1,200"


def test_dates_are_dates():
    assert date_cell(dt.date(2025, 6, 30)).kind is CellKind.DATE
    assert date_cell(None, instead="年内").text == "年内"
