from collections import Counter
from fractions import Fraction as F
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from apps.core import clock
from apps.rollups.backtest import Trial, score, trials_of
from apps.rollups.enums import ForecastBasis
from apps.rollups.forecasts import Forecast
from tests.rollups.district import District
from tests.rollups.test_judging import NEXT_YEAR


def trial(actual, value=None, low=None, high=None, basis=ForecastBasis.RUN_RATE):
    numbers = (None if number is None else F(number) for number in (value, low, high))
    return Trial("flow", "T", 2025, 2, Forecast(basis, *numbers), F(actual))


def test_a_score_says_how_far_off_and_how_often_the_interval_held():
    found = score(
        "flow",
        [
            trial(10, 12, 8, 14),
            trial(10, 20, 15, 25),
            trial(0, 1, 0, 2),
            trial(5, basis=ForecastBasis.TOO_FEW),
        ],
    )
    assert (found.n, found.n_made, found.mean_error, found.held) == (4, 3, F(3, 5), F(2, 3))
    assert found.without == Counter({"too_few": 1})


def test_nothing_to_score():
    found = score("stock", [])
    assert (found.n, found.mean_error, found.held) == (0, None, None)


@pytest.fixture
def district(db):
    with clock.held_at(NEXT_YEAR):
        district = District()
        visits = district.indicator(
            "visits", aggregation="sum", kind="count", accumulation="flow", code="T-V"
        )
        school = district.school()
        for quarter, amount in enumerate((2, 4, 3, 5), start=1):
            district.report(school, quarter, visits=amount)
        district.refresh(visits)
        yield district


def test_every_forecast_that_could_have_been_made(district):
    found = [(one.quarter, one.forecast.value, one.actual) for one in trials_of([district.plan])]
    assert found == [(1, None, 14), (2, 12, 14), (3, 12, 14)]


def test_a_year_whose_last_figure_is_not_all_in_tells_nothing(district):
    district.report(district.school(), 4, visits=None)
    district.refresh()
    assert list(trials_of([district.plan])) == []


def test_the_command_says_it_by_type(district):
    out = StringIO()
    call_command("backtest_forecasts", "--list", stdout=out)
    said = out.getvalue()
    assert "flow: 2 of 3 forecast, mean error 14.3%, interval held 100.0%" in said
    assert "2025 Q2 T-V: 12.00 6.00 21.00 | 14.00" in said
    with pytest.raises(CommandError):
        call_command("backtest_forecasts", "--plan", "1999", stdout=StringIO())
