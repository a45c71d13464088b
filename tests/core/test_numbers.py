import datetime as dt
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.dates import read_date
from apps.core.numbers import plain_text, read_number, read_yes_no
from apps.core.typed import MESSAGES, Unreadable, has_personal_number

READ_AS_COUNT = [
    ("1234", "人", "1234"),
    ("１，２３４", "人", "1234"),
    ("1,234", "人", "1234"),
    ("1 234", "人", "1234"),
    ("1\u3000234", "人", "1234"),
    ("1,234,567", "", "1234567"),
    ("1234人", "人", "1234"),
    ("1234 名", "人", "1234"),
    ("３所", "个", "3"),
    ("2场", "次", "2"),
    ("12.0", "人", "12"),
    ("12。0", "人", "12"),
    ("2.0E+03", "人", "2000"),
    ("1.2万", "人", "12000"),
    ("1.2万人", "人", "12000"),
    (" 0 ", "人", "0"),
    ("007", "人", "7"),
    ("\u200b15\ufeff", "人", "15"),
]

READ_AS_DECIMAL = [
    ("2。5", "小时", "2.5"),
    ("２．５小时", "小时", "2.5"),
    ("1,234.50", "万元", "1234.5"),
    ("120万", "万元", "120"),
    ("120万元", "万元", "120"),
    ("54%", "%", "54"),
    (".5", "", "0.5"),
    ("1,200元", "元", "1200"),
]

REFUSED_COUNTS = [
    ("", "人", "blank"),
    ("/", "人", "not_applicable"),
    ("—", "人", "not_applicable"),
    ("－", "人", "not_applicable"),
    ("无", "人", "not_applicable"),
    ("N/A", "人", "not_applicable"),
    ("不适用", "人", "not_applicable"),
    ("约1200", "人", "approximate"),
    ("1200+", "人", "approximate"),
    ("１２００＋", "人", "approximate"),
    ("1200人左右", "人", "approximate"),
    ("10-20", "人", "approximate"),
    ("近百", "人", "approximate"),
    ("54%", "人", "percent"),
    ("５４％", "人", "percent"),
    ("5‰", "人", "per_mille"),
    ("0.54", "人", "share"),
    ("12.5", "人", "decimal"),
    ("1.5E-1", "人", "share"),
    ("-3", "人", "negative"),
    ("−3", "人", "negative"),
    ("1,23", "人", "separators"),
    ("12,34", "人", "separators"),
    ("1234,567", "人", "separators"),
    ("1.234.567", "人", "separators"),
    ("12/40", "人", "fraction"),
    ("12人次", "人", "other_unit"),
    ("12次", "人", "other_unit"),
    ("3万元", "元", None),
    ("300元", "万元", "other_unit"),
    ("3亿", "万元", "other_unit"),
    ("120分钟", "小时", "other_unit"),
    ("#DIV/0!", "人", "formula"),
    ("=A1+B1", "人", "formula"),
    ("十二", "人", "not_a_number"),
    ("12²", "人", "not_a_number"),
    ("430203201503081234", "人", "too_long"),
    ("1e40", "人", "too_long"),
    ("12a", "人", "not_a_number"),
]


@pytest.mark.parametrize(("text", "unit", "echo"), READ_AS_COUNT)
def test_a_clear_count_is_read_and_echoed(text, unit, echo):
    number = read_number(text, unit=unit, whole=True)
    assert (number.value, number.echo) == (Decimal(echo), echo)


@pytest.mark.parametrize(("text", "unit", "echo"), READ_AS_DECIMAL)
def test_a_clear_decimal_is_read_and_echoed(text, unit, echo):
    number = read_number(text, unit=unit, decimals=2)
    assert (number.value, number.echo) == (Decimal(echo), echo)


@pytest.mark.parametrize(("text", "unit", "code"), [row for row in REFUSED_COUNTS if row[2]])
def test_an_unclear_count_is_refused_with_its_reason(text, unit, code):
    with pytest.raises(Unreadable) as refusal:
        read_number(text, unit=unit, whole=True)
    assert refusal.value.code == code
    assert "%(" not in refusal.value.message


def test_an_amount_in_ten_thousands_is_converted_where_yuan_are_asked():
    assert read_number("3万元", unit="元").echo == "30000"


def test_more_decimals_than_asked_are_refused_not_rounded():
    with pytest.raises(Unreadable) as refusal:
        read_number("2.345", decimals=2)
    assert refusal.value.code == "too_precise"
    assert read_number("2.34", decimals=2).value == Decimal("2.34")


def test_a_negative_number_is_read_where_it_makes_sense():
    assert read_number("－3", whole=True, signed=True).value == Decimal(-3)


@pytest.mark.parametrize(("text", "value"), [("是", 1), ("√", 1), ("1", 1), ("否", 0), ("０", 0), ("No", 0)])
def test_yes_and_no(text, value):
    assert read_yes_no(text).value == value


@pytest.mark.parametrize(
    ("text", "code"), [("无", "not_applicable"), ("也许", "yes_or_no"), ("", "blank"), ("2", "yes_or_no")]
)
def test_neither_yes_nor_no(text, code):
    with pytest.raises(Unreadable) as refusal:
        read_yes_no(text)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "text",
    [
        "2025.3.10",
        "2025-03-10",
        "2025/3/10",
        "2025年3月10日",
        "2025年3月10号",
        "20250310",
        "45726",
        "45726.0",
        "２０２５．３．１０",
        "2025-03-10 00:00:00",
    ],
)
def test_a_clear_date_is_read(text):
    assert read_date(text).value == dt.date(2025, 3, 10)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2025年3月", "date_without_day"),
        ("2025.3", "date_without_day"),
        ("202503", "date_without_day"),
        ("3月10日", "date_without_day"),
        ("3/10/25", "date_order"),
        ("10/3/2025", "date_order"),
        ("25年3月10日", "date_order"),
        ("2025-02-30", "no_such_date"),
        ("2025-3/10", "not_a_date"),
        ("12025-3-10", "not_a_date"),
        ("99999", "year_out_of_range"),
        ("无", "not_applicable"),
        ("", "blank"),
        ("三月十日", "not_a_date"),
    ],
)
def test_an_unclear_date_is_refused_with_its_reason(text, code):
    with pytest.raises(Unreadable) as refusal:
        read_date(text)
    assert refusal.value.code == code
    assert "%(" not in refusal.value.message


def refusal_code(read, text):
    try:
        read(text)
    except Unreadable as refusal:
        return refusal.message and refusal.code
    return None


FULL = str.maketrans("0123456789.,-%", "０１２３４５６７８９．，－％")
SPELLINGS = [
    lambda value: plain_text(value),
    lambda value: f"{value:,}",
    lambda value: f"{value:,}".translate(FULL),
    lambda value: plain_text(value).replace(".", "。"),
    lambda value: f"  {plain_text(value)} 人",
    lambda value: f"{value:,}".replace(",", " "),
]


@given(
    value=st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False, allow_infinity=False),
    spell=st.sampled_from(SPELLINGS),
)
def test_every_spelling_of_a_number_gives_that_number(value, spell):
    number = read_number(spell(value), unit="人", decimals=2)
    assert number.value == value
    assert read_number(number.echo, decimals=2) == number


@given(value=st.integers(min_value=-(10**12), max_value=10**12))
def test_whole_numbers_round_trip(value):
    assert read_number(plain_text(Decimal(value)), whole=True, signed=True).value == value


@given(text=st.text(max_size=30) | st.text(alphabet="0123456789.,-+/%eE万人次 约。，", max_size=12))
def test_any_text_is_read_or_refused_and_never_rounded(text):
    for read in (partial(read_number, unit="人", whole=True), read_date, read_yes_no):
        assert refusal_code(read, text) in {None, *MESSAGES}


@given(date=st.dates(min_value=dt.date(1950, 1, 1), max_value=dt.date(2099, 12, 31)))
def test_every_spelling_of_a_date_gives_that_date(date):
    serial = str((date - dt.date(1899, 12, 30)).days)
    for text in (
        date.isoformat(),
        f"{date.year}.{date.month}.{date.day}",
        f"{date.year}年{date.month}月{date.day}日",
        f"{date:%Y%m%d}",
        serial,
    ):
        assert read_date(text).value == date


@pytest.mark.parametrize(
    ("text", "personal"),
    [
        ("学生430203201503081234近视", True),
        ("身份证４３０２０３２０１５０３０８１２３Ｘ", True),
        ("联系人13812345678", True),
        ("共12345678901人", False),
        ("因新增两个班，人数上升", False),
        ("2025年3月10日", False),
    ],
)
def test_identity_and_phone_numbers_are_noticed(text, personal):
    assert has_personal_number(text) is personal
