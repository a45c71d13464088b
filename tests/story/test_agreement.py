"""Page, workbook and a recomputation that shares no code with the product show the same numbers."""

import io
import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from apps.accounts.models import User
from apps.plans.models import AnnualPlan, Indicator
from tests.rollups import recompute
from tests.support import districts

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

QUARTERS = (1, 2, 3, 4)
PERCENT = ("%", "个百分点")


@pytest.fixture(scope="module")
def plan(django_db_setup, django_db_blocker):
    """The plan of the seeded district, rolled back after the module."""
    with django_db_blocker.unblock(), districts.district("complete"):
        yield AnnualPlan.objects.get()


@pytest.fixture
def leader(plan):
    client = Client()
    client.force_login(User.objects.get(username="leader"))
    return client


def plain_value(indicator, numbers):
    """Form the district value of one indicator from its sums, as `rules.md` words it; percentages as such."""
    numerator, denominator = numbers["numerator"], numbers["denominator"]
    if numerator is None or indicator.aggregation == "weighted_cv":
        return None
    if not indicator.denominator:
        return Fraction(numerator)
    if not denominator:
        return None
    value = Fraction(numerator) / Fraction(denominator)
    return value * 100 if indicator.unit in PERCENT else value


def rounded(value, decimals):
    number = Decimal(value.numerator) / Decimal(value.denominator)
    return number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def first_number(text):
    found = re.search(r"-?[\d,]+(?:\.\d+)?", text)
    return None if found is None else Decimal(found.group().replace(",", ""))


@pytest.fixture
def expected(plan):
    """Quarter and code → indicator, exact value, for every value that can be formed."""
    numbers = recompute.results(plan)
    region = plan.region.code
    found = {}
    for indicator in Indicator.objects.filter(plan=plan).exclude(kind="milestone"):
        for quarter in QUARTERS:
            value = plain_value(indicator, numbers[indicator.code, quarter, region, "all", ""])
            if value is not None:
                found[quarter, indicator.code] = (indicator, value)
    return found


def test_the_workbook_shows_the_recomputed_values(leader, expected):
    wrong, seen = [], 0
    for quarter in QUARTERS:
        content = leader.get(f"/plans/2025/overview.xlsx?quarter={quarter}").content
        rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("指标").to_python()
        column = rows[0].index("数值")
        shown = {row[0]: row[column] for row in rows[1:]}
        for (due, code), (indicator, value) in expected.items():
            if due != quarter:
                continue
            wanted = float(value / 100 if indicator.unit in PERCENT else value)
            seen += 1
            if shown[code] != pytest.approx(wanted, abs=1e-8):
                wrong.append((quarter, code, shown[code], wanted))
    assert wrong == []
    assert seen > 60


def test_the_pages_show_the_recomputed_values(leader, expected):
    wrong = []
    for (quarter, code), (indicator, value) in expected.items():
        html = leader.get(f"/plans/2025/indicators/{code}/?quarter={quarter}").content.decode()
        headline = re.search(r'class="headline__value[^"]*">(.*?)</p>', html, re.DOTALL)
        shown = first_number(re.sub(r"<[^>]+>", "", headline.group(1)))
        if shown != rounded(value, indicator.decimals):
            wrong.append((quarter, code, headline.group(1), rounded(value, indicator.decimals)))
    assert wrong == []
