"""The cost of forms, against a recount by hand, field by field."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.collection.burden import QUARTERS, STAGES_OF, Use
from apps.collection.burden_ledger import (
    Cost,
    asked,
    district_cost,
    indicator_costs,
    school_costs,
    tier_totals,
)
from apps.plans.enums import Tier

SECONDS = {code: 20 + 10 * place for place, code in enumerate("abcd")}
SCHOOLS = {"primary": 3, "nine_year": 2, "kindergarten": 0}


def use(indicator, element, **fields):
    values = {"per_stage": False, "tier": "core", "due_quarters": QUARTERS}
    return Use(indicator=indicator, element=element, **values | fields)


def by_hand(uses):
    """Count every field of every school and quarter once."""
    fields = {
        (school_type, number, quarter, stage, use.element)
        for use in uses
        for school_type, count in SCHOOLS.items()
        for number in range(count)
        for quarter in use.due_quarters
        if not use.applies_to or school_type in use.applies_to
        for stage in (STAGES_OF[school_type] if use.per_stage else ("whole",))
        if not use.per_stage or not use.stages or stage in use.stages
        if use.per_stage or not use.stages or set(use.stages) & set(STAGES_OF[school_type])
    }
    return Cost(len(fields), sum(SECONDS[field[-1]] for field in fields))


USES = st.lists(
    st.builds(
        Use,
        indicator=st.sampled_from("XYZ"),
        element=st.sampled_from("abcd"),
        per_stage=st.booleans(),
        tier=st.just("core"),
        due_quarters=st.sampled_from([(4,), (2, 4), QUARTERS]),
        applies_to=st.sampled_from([(), ("primary",), ("nine_year", "primary")]),
        stages=st.sampled_from([(), ("primary",), ("junior",)]),
    ),
    max_size=8,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(USES)
def test_the_district_s_cost_is_that_of_every_school(uses):
    assert district_cost(school_costs(uses, seconds=SECONDS, schools=SCHOOLS)) == by_hand(uses)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(USES, st.sets(st.sampled_from("XYZ")))
def test_an_indicator_costs_what_its_switch_changes(uses, muted):
    found = indicator_costs(uses, tiers=["core"], muted=muted, seconds=SECONDS, schools=SCHOOLS)
    for code in "XYZ":
        with_it = by_hand(asked(uses, tiers=["core"], muted=muted - {code}))
        without = by_hand(asked(uses, tiers=["core"], muted=muted | {code}))
        assert found.get(code, Cost()) + without == with_it


def test_tiers_add_up_in_their_order():
    uses = [use("X", "a"), use("Y", "a", tier=Tier.STANDARD), use("Y", "b", tier=Tier.STANDARD)]
    totals = tier_totals([*uses, use("Q", "c")], muted=["Q"], seconds=SECONDS, schools={"primary": 1})
    assert [cost.fields for cost in totals.values()] == [4, 8, 8]


@pytest.mark.parametrize(
    ("seconds", "minutes", "hours"),
    [(0, 0, 0), (1, 1, 0), (89, 1, 0), (90, 2, 0), (1799, 30, 0), (1800, 30, 1)],
)
def test_time_is_told_in_whole_minutes_and_hours(seconds, minutes, hours):
    cost = Cost(1, seconds)
    assert (cost.minutes, cost.hours) == (minutes, hours)
