"""Page, workbook and a recomputation that shares no code with the product show the same numbers."""

import io
import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from apps.accounts.models import User
from apps.dashboards import selectors
from apps.dashboards.levers import levers_page
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


def judged(reading):
    """Light, value and gap as they are stored: with eight decimals."""
    numbers = (reading.value, reading.gap)
    return str(reading.status), *(n if n is None else n.quantize(Decimal(1).scaleb(-8)) for n in numbers)


def test_nothing_changed_in_what_if_gives_the_stored_light(plan):
    """The panel's own judging of the accepted numbers is the stored judgement, for the core indicators."""
    user = User.objects.get(username="leader")
    wrong, seen = [], 0
    for quarter in (2, 4):
        scope = selectors.scope_of(user, plan=selectors.plan_of(user, year=plan.year), quarter=quarter)
        for indicator in selectors.indicators_in(scope).filter(tier="core"):
            page = levers_page(scope, indicator, sent={})
            outcome = page.what_if.outcome if page.what_if else None
            if outcome is None:
                continue
            seen += 1
            kept = page.reading
            if judged(outcome) != judged(kept):
                wrong.append((quarter, indicator.code, judged(outcome), judged(kept)))
    assert wrong == []
    assert seen > 15
