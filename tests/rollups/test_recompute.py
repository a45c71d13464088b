"""Random districts: what the refresh stores is what a plain recomputation of the same tables gives."""

import datetime as dt
from decimal import Decimal as D

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from apps.organisations.models import SchoolProfile
from apps.plans.models import Indicator
from tests.rollups import recompute
from tests.rollups.district import NOT_APPLICABLE, WRITTEN_ONLY, District

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

INDICATORS = (
    {"numerator": "good", "denominator": "pupils", "per_stage": True},
    {
        "numerator": "good",
        "denominator": "pupils",
        "per_stage": True,
        "due_quarters": [2, 4],
        "stages": ["primary"],
    },
    {"numerator": 'pupils if ownership == "public" else 0', "denominator": "pupils", "per_stage": True},
    {
        "numerator": 'pupils if ownership in ("public", "inclusive") and setting != "rural" else 0.5 * good',
        "denominator": "pupils",
        "per_stage": True,
        "applies_to": ["primary", "nine_year"],
    },
    {"numerator": "drills", "aggregation": "sum", "kind": "count", "accumulation": "flow", "unit": "次"},
    {"numerator": "drills", "denominator": "plays", "accumulation": "flow", "due_quarters": [1, 3]},
    {"numerator": "plays", "aggregation": "sum", "accumulation": "year_to_date", "unit": "次"},
    {"numerator": "plays", "aggregation": "max", "unit": "次", "stages": ["junior"]},
    {"numerator": "hours >= threshold", "denominator": "1", "aggregation": "share_true", "per_stage": True},
    {"numerator": "drills > 2", "aggregation": "count_true", "unit": "所", "due_quarters": [2, 3]},
    {
        "numerator": "good",
        "denominator": "pupils",
        "aggregation": "weighted_cv",
        "unit": "系数",
        "per_stage": True,
    },
    {"numerator": "pupils", "denominator": "population", "per_stage": True, "office": ["population"]},
)
STAGED, WHOLE = ("good", "pupils", "hours"), ("drills", "plays")
QUARTERS = (1, 2, 3, 4)

numbers = st.integers(0, 60) | st.sampled_from([0, D("0.5"), D("1.25"), D("2.0001")])
facts = (
    numbers | numbers | numbers | st.sampled_from([None, NOT_APPLICABLE, WRITTEN_ONLY, "withdrawn", "never"])
)
days = st.dates(dt.date(2025, 1, 2), dt.date(2026, 1, 2))
turns = (
    st.sampled_from([dt.date(2025, 3, 31), dt.date(2025, 4, 1), dt.date(2025, 6, 30), dt.date(2025, 7, 1)])
    | days
)
ownerships = st.sampled_from(["public", "inclusive", "private"])
kinds = st.sampled_from(
    [
        ("primary", ["primary"]),
        ("junior", ["junior"]),
        ("nine_year", ["primary", "junior"]),
        ("primary", ["primary", "kindergarten"]),
    ]
)
schools = st.fixed_dictionaries(
    {
        "kind": kinds,
        "ownership": ownerships,
        "setting": st.sampled_from(["urban", "rural"]),
        "closed_on": st.none() | st.none() | turns,
        "changes_on": st.none() | turns,
        "becomes": ownerships,
        "facts": st.lists(facts, min_size=20, max_size=20),
    }
)


def build(district, chosen, office_facts):
    for options in INDICATORS:
        indicator = district.indicator(**options)
        if "threshold" in options["numerator"]:
            district.target(indicator, "at_least", 2, level="school")
            district.target(indicator, "at_least", 1, level="school", effective_from=dt.date(2025, 8, 1))
    for school in chosen:
        add(district, **school)
    for quarter, fact in zip(QUARTERS, office_facts, strict=True):
        say(district, district.office, quarter, "whole", {"population": fact})


def add(district, *, kind, ownership, setting, closed_on, changes_on, becomes, facts):
    school_type, stages = kind
    school = district.school(
        school_type, stages=stages, ownership=ownership, setting=setting, closed_on=closed_on
    )
    if changes_on and changes_on != closed_on:
        SchoolProfile.objects.filter(organisation=school).update(valid_to=changes_on)
        SchoolProfile.objects.create(
            organisation=school,
            name="示例",
            school_type=school_type,
            ownership=becomes,
            setting="town",
            valid_from=changes_on,
        )
    for place, quarter in enumerate(QUARTERS):
        five = facts[place * 5 : place * 5 + 5]
        for number, stage in enumerate(stages):
            shifted = five[number:] + five[:number]
            say(district, school, quarter, stage, dict(zip(STAGED, shifted, strict=False)))
        say(district, school, quarter, "whole", dict(zip(WHOLE, five[3:], strict=True)))


def say(district, organisation, quarter, stage, said):
    for code, fact in said.items():
        if fact == "withdrawn":
            district.report(organisation, quarter, stage=stage, withdrawn_on=dt.date(2025, 9, 9), **{code: 9})
        elif fact != "never":
            district.report(organisation, quarter, stage=stage, **{code: fact})


@settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
@given(chosen=st.lists(schools, max_size=6), office_facts=st.lists(facts, min_size=4, max_size=4))
def test_random_districts(chosen, office_facts):
    with transaction.atomic():
        district = District()
        build(district, chosen, office_facts)
        district.refresh()
        assert recompute.differences(district.plan) == {}
        assert not district.refresh().changed
        for indicator in Indicator.objects.order_by("-pk"):
            assert not district.refresh(indicator).changed
        transaction.set_rollback(True)
