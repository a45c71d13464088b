"""What a judgement remembers, and that it never depends on the order in which reports were accepted."""

from decimal import Decimal as D

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from apps.core import clock
from apps.plans.models import TargetSchedule
from apps.rollups.judgements import FIELDS
from apps.rollups.models import Judgement, Result
from tests.rollups.district import District
from tests.rollups.test_judging import DECEMBER

pytestmark = pytest.mark.django_db


@pytest.fixture
def district():
    with clock.held_at(DECEMBER):
        yield District()


def count(district, **options):
    indicator = district.indicator(
        "visits",
        aggregation="sum",
        kind="count",
        accumulation="flow",
        unit="次",
        direction="at_least",
        **options,
    )
    district.target(indicator, "at_least", 8)
    return indicator


def lights(district, indicator):
    found = {}
    for quarter in (1, 2, 3, 4):
        result = district.result(indicator, quarter)
        if result is not None:
            judgement = result.judgement
            found[quarter] = (judgement.status, judgement.recovered_from)
    return found


def report(district, amounts):
    school = district.school()
    for quarter, amount in enumerate(amounts, start=1):
        district.report(school, quarter, visits=amount)
    district.refresh()


def test_a_light_remembers_the_quarter_it_recovered_from(district):
    indicator = count(district)
    report(district, [0, 4, 2, 2])
    assert lights(district, indicator) == {
        1: ("off_track", None),
        2: ("on_track", 1),
        3: ("on_track", 1),
        4: ("achieved", 1),
    }


def test_only_the_last_miss_is_named_and_none_while_it_lasts(district):
    indicator = count(district)
    report(district, [0, 4, 0, 4])
    assert lights(district, indicator) == {
        1: ("off_track", None),
        2: ("on_track", 1),
        3: ("off_track", None),
        4: ("achieved", 3),
    }


def test_a_corrected_quarter_is_not_remembered(district):
    indicator = count(district)
    report(district, [0, 4, 2, 2])
    school = Result.objects.first().plan.region.organisations.filter(kind="school").get()
    district.accept(school, 1, visits=2)
    district.refresh()
    assert lights(district, indicator)[2] == ("on_track", None)


def test_a_schedule_holds_from_its_first_day_on(district):
    """Eight in the last quarter, said in July: the first two quarters keep the even schedule."""
    indicator = count(district)
    TargetSchedule.objects.create(
        target=indicator.target,
        number=1,
        kind="checkpoints",
        checkpoints=[D(0), D(0), D(0), D(8)],
        effective_from="2025-07-01",
        reason="示例",
        set_by=district.user,
    )
    report(district, [0, 0, 0, None])
    assert [light for light, _ in lights(district, indicator).values()] == [
        "off_track",
        "off_track",
        "on_track",
        "on_track",
    ]


def test_last_year_gives_the_seasons_of_a_flow(district):
    before = District(region=district.region, year=2024)
    last, now = (count(one, code="T-VISITS") for one in (before, district))
    for year, indicator, amounts in ((before, last, (2, 2, 0, 4)), (district, now, (1, 1, None, None))):
        school = district.school()
        for quarter, amount in enumerate(amounts, start=1):
            year.report(school, quarter, visits=amount)
        year.refresh(indicator)
    judgement = district.result(now, 2).judgement
    assert (judgement.forecast_basis, judgement.forecast) == ("seasonal", 4)
    now.numerator = "visits + 0"
    now.save()
    district.refresh(now)
    assert district.result(now, 2).judgement.forecast_basis == "run_rate"


def judged():
    key = ("result__indicator__code", "result__period__quarter", "result__slice_kind", "result__slice_value")
    return set(Judgement.objects.values_list(*key, *FIELDS[1:]))


facts = st.lists(st.integers(0, 6), min_size=6, max_size=6)
orders = st.permutations(range(6))


@settings(
    max_examples=4,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(numbers=facts, one=orders, other=orders)
def test_a_status_never_depends_on_the_order_of_acceptance(numbers, one, other):
    """Two schools, three quarters, accepted in two orders, refreshed after every acceptance."""
    outcomes = []
    for order in (one, other):
        with transaction.atomic(), clock.held_at(DECEMBER):
            district = District()
            count(district, code="T-FLOW")
            rate = district.indicator("good", "visits + 6", code="T-RATE")
            district.target(rate, "at_least", 30)
            district.baseline(rate, 20, 100)
            schools = [district.school(), district.school()]
            for school in schools:
                for quarter in (1, 2, 3):
                    district.report(school, quarter, visits=None, good=None)
            for place in order:
                school, quarter = schools[place % 2], place // 2 + 1
                district.accept(school, quarter, visits=numbers[place], good=numbers[-place - 1])
                district.refresh()
            outcomes.append(judged())
            transaction.set_rollback(True)
    assert outcomes[0] == outcomes[1]
    assert outcomes[0]
