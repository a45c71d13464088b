from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from django.utils import translation

from apps.dashboards import wording


def test_a_value_rounds_for_display_but_its_gap_stays_visible():
    assert wording.number_text(Decimal("53.96"), unit="%", decimals=1) == "54.0%"
    assert wording.gap_text(Decimal("0.04"), unit="%", decimals=1) == "0.04 个百分点"


@pytest.mark.parametrize(
    ("number", "unit", "decimals", "text"),
    [
        (Decimal("1234.5"), "万元", 1, "1,234.5 万元"),
        (Decimal(3), "所", 0, "3 所"),
        (Decimal("0.5153"), "系数", 4, "0.5153"),
        (Decimal(1), "是/否", 0, "是"),
        (Decimal(0), "是/否", 0, "否"),
        (Decimal("-0.04"), "%", 1, "0.0%"),
        (None, "%", 1, "—"),
    ],
)
def test_number_text(number, unit, decimals, text):
    assert wording.number_text(number, unit=unit, decimals=decimals) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (Fraction(999, 1000), "99%"),
        (Fraction(1, 1000), "1%"),
        (Fraction(1), "100%"),
        (Fraction(0), "0%"),
        (None, "—"),
    ],
)
def test_a_share_is_all_or_nothing_only_when_it_is(share, text):
    assert wording.share_text(share) == text


def test_english_units():
    with translation.override("en"):
        assert wording.number_text(Decimal(3), unit="所", decimals=0) == "3 schools"
        assert wording.gap_text(Decimal("0.04"), unit="%", decimals=1) == "0.04 percentage points"


@pytest.mark.parametrize(
    ("number", "text"), [("100.0", "100"), ("82.50", "82.5"), ("0", "0"), ("0.0500", "0.05")]
)
def test_a_number_as_it_is_typed(number, text):
    assert wording.plain_text(Decimal(number)) == text
