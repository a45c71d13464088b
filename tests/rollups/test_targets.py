"""Every type of target at its boundaries: on the line, just under it after rounding, nothing to divide by,
no baseline, partial coverage, not due; with its gap in whole things and its share of the way."""

import datetime as dt
from fractions import Fraction as F

import pytest
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.plans.enums import TargetLevel, TargetOperator
from apps.rollups.aggregates import Statistics, total
from apps.rollups.enums import Status
from apps.rollups.judging import judge
from apps.rollups.subjects import Aim, Course, Schedule, Subject
from apps.rollups.targets import TYPES, Said, type_of
from apps.rollups.targets.parts import fulfilled, is_judged, joint
from tests.rollups.test_aggregates import school
from tests.rollups.test_judging import (
    AMOUNT,
    CHANGE,
    COUNT,
    DECEMBER,
    FLOW,
    MILESTONE,
    NEXT_YEAR,
    RATE,
    SHARE,
    SPREAD,
    moment,
)

FALL = CHANGE
RISE = Subject("ratio_of_sums", "stock", "change_from_baseline", (2, 4), "change", 100, True)


def verdict_of(subject, statistics, operator, value=None, *, when=None, baseline=None, course=None, **aim):
    return judge(
        subject,
        statistics,
        aim=Aim(operator, None if value is None else F(value), **aim),
        moment=when or moment(),
        baseline=baseline,
        course=course,
    )


def partial(statistics):
    return total([statistics, Statistics(n_due=1)])


# subject, reported, target, options → light, gap, whole things, share of the way
ON_THE_LINE = {
    "at least, on the line": (RATE, school(5400, 10000), ("at_least", 54), {}, ("achieved", 0, None, 1)),
    "at least, 53.996 shows as 54.0": (
        RATE,
        school(26998, 50000),
        ("at_least", 54),
        {},
        ("off_track", F("0.004"), 2, F(53996, 54000)),
    ),
    "at least, one child short": (
        RATE,
        school(5399, 10000),
        ("at_least", 54),
        {},
        ("off_track", F("0.01"), 1, F(5399, 5400)),
    ),
    "at least, a fraction of a child short takes a whole one": (
        RATE,
        school(5, 11),
        ("at_least", 50),
        {},
        ("off_track", F(50, 11), 1, F(10, 11)),
    ),
    "at most, on the line": (RATE, school(1000, 10000), ("at_most", 10), {}, ("achieved", 0, None, None)),
    "at most, one too many": (
        RATE,
        school(1001, 10000),
        ("at_most", 10),
        {},
        ("off_track", F("0.01"), 1, None),
    ),
    "zero": (COUNT, school(0), ("equal", 0), {}, ("achieved", 0, None, None)),
    "zero, three left": (COUNT, school(3), ("equal", 0), {}, ("off_track", 3, 3, None)),
    "equal, all of them": (RATE, school(512, 512), ("equal", 100), {}, ("achieved", 0, None, 1)),
    "equal, 99.96 shows as 100.0": (
        RATE,
        school(2499, 2500),
        ("equal", 100),
        {},
        ("off_track", F("0.04"), 1, F(2499, 2500)),
    ),
    "equal, above": (COUNT, school(9), ("equal", 8), {}, ("off_track", 1, 1, None)),
    "range, lower part": (
        FLOW,
        school(2),
        ("within_range", 2),
        {"value_max": F(3)},
        ("achieved", 0, None, 1),
    ),
    "range, upper part": (
        FLOW,
        school(3),
        ("within_range", 2),
        {"value_max": F(3)},
        ("achieved", 0, None, F(3, 2)),
    ),
    "range, below": (
        FLOW,
        school(1),
        ("within_range", 2),
        {"value_max": F(3)},
        ("off_track", 1, 1, F(1, 2)),
    ),
    "fall, on the line": (
        FALL,
        school(5000, 10000),
        ("decrease_by", "0.5"),
        {"baseline": F("50.5")},
        ("achieved", 0, None, 1),
    ),
    "fall, half the way": (
        FALL,
        school(5025, 10000),
        ("decrease_by", "0.5"),
        {"baseline": F("50.5")},
        ("off_track", F("0.25"), 25, F(1, 2)),
    ),
    "fall, a rise instead": (
        FALL,
        school(5100, 10000),
        ("decrease_by", "0.5"),
        {"baseline": F("50.5")},
        ("off_track", 1, 100, -1),
    ),
    "rise, on the line": (
        RISE,
        school(5100, 10000),
        ("increase_by", "0.5"),
        {"baseline": F("50.5")},
        ("achieved", 0, None, 1),
    ),
    "rise, just under": (
        RISE,
        school(5099, 10000),
        ("increase_by", "0.5"),
        {"baseline": F("50.5")},
        ("off_track", F("0.01"), 1, F(49, 50)),
    ),
    "no worse, the same": (
        COUNT,
        school(100),
        ("no_worse_than_baseline",),
        {"baseline": F(100)},
        ("achieved", 0, None, None),
    ),
    "no worse, one less": (
        COUNT,
        school(99),
        ("no_worse_than_baseline",),
        {"baseline": F(100)},
        ("off_track", 1, 1, None),
    ),
    "an amount has no whole things": (
        AMOUNT,
        school("9.75"),
        ("at_least", 10),
        {},
        ("off_track", F("0.25"), None, F(39, 40)),
    ),
    "completed": (MILESTONE, school(4, 4), ("completed",), {}, ("achieved", 0, None, 1)),
    "two steps to go": (MILESTONE, school(2, 4), ("completed",), {}, ("off_track", 50, 2, F(1, 2))),
    "every school": (
        SHARE,
        total([school(1, 1)] * 3),
        ("at_least", 2),
        {"level": "school"},
        ("achieved", 0, None, 1),
    ),
    "two schools miss their line": (
        SHARE,
        total([school(1, 1), school(0, 1), school(0, 1)]),
        ("at_least", 2),
        {"level": "school"},
        ("off_track", F(200, 3), 2, F(1, 3)),
    ),
    "a dispersion has no whole things": (
        SPREAD,
        total([school(1, 1), school(3, 1)]),
        ("at_most", "0.4"),
        {},
        ("off_track", F(1, 10), None, None),
    ),
}


@pytest.mark.parametrize("name", ON_THE_LINE)
def test_boundaries_after_the_deadline(name):
    subject, statistics, target, options, expected = ON_THE_LINE[name]
    verdict = verdict_of(subject, statistics, *target, **options)
    assert (verdict.status.value, verdict.gap, verdict.gap_units, verdict.achievement) == expected


WITH_BASELINE = ("increase_by", "decrease_by", "no_worse_than_baseline")
EXAMPLES = {
    "at_least": (RATE, 54),
    "at_most": (RATE, 10),
    "within_range": (RATE, 2),
    "equal": (RATE, 100),
    "increase_by": (RISE, "0.5"),
    "decrease_by": (FALL, "0.5"),
    "no_worse_than_baseline": (RATE, None),
    "completed": (MILESTONE, None),
}


def example(operator, statistics, **options):
    subject, value = EXAMPLES[operator]
    return verdict_of(subject, statistics, operator, value, **options)


def test_every_comparison_has_a_type_and_an_example():
    assert set(TYPES) == set(TargetOperator.values) == set(EXAMPLES)


@pytest.mark.parametrize("operator", EXAMPLES)
def test_nothing_divided_by_nothing_is_no_data(operator):
    verdict = example(operator, school(0, 0), baseline=F(50))
    assert (verdict.status.value, verdict.value, verdict.confidence.value) == ("no_data", None, "")


@pytest.mark.parametrize("operator", EXAMPLES)
def test_before_the_first_measurement_nothing_is_due(operator):
    verdict = example(operator, Statistics(), when=moment(1, None), baseline=F(50))
    assert (verdict.status.value, verdict.carried_status) == ("not_due", "")


@pytest.mark.parametrize("operator", WITH_BASELINE)
def test_a_change_without_a_baseline_is_not_judged(operator):
    verdict = example(operator, school(50, 100))
    assert (verdict.status.value, verdict.gap, verdict.achievement) == ("no_baseline", None, None)


@pytest.mark.parametrize("operator", EXAMPLES)
def test_under_full_coverage_a_figure_is_provisional_with_the_same_light(operator):
    statistics = school(2, 4)
    full, part = (example(operator, one, baseline=F(50)) for one in (statistics, partial(statistics)))
    assert (full.status, full.gap) == (part.status, part.gap)
    assert (full.confidence.value, part.confidence.value) == ("final", "provisional")


@pytest.mark.parametrize("numerator", [0, 200, 900])
@pytest.mark.parametrize(
    "operator", ["at_least", "at_most", "equal", "within_range", "no_worse_than_baseline"]
)
def test_between_two_measurements_a_stock_is_not_due_and_never_red(operator, numerator):
    """Measured in the second and fourth quarter; the third only carries."""
    statistics = school(numerator, 1000)
    measured = example(operator, statistics, when=moment(2, today=DECEMBER), baseline=F(50))
    carried = example(operator, statistics, when=moment(3, 2, today=DECEMBER), baseline=F(50))
    assert (carried.status.value, carried.carried_status) == ("not_due", measured.status.value)
    assert (carried.value, carried.gap) == (measured.value, measured.gap)


def test_after_the_years_last_measurement_the_light_stays():
    once = Subject("ratio_of_sums", "stock", "rate", (3,), scale=100, has_denominator=True)
    assert verdict_of(once, school(99, 100), "equal", 100, when=moment(4, 3)).status.value == "off_track"


def test_what_has_been_added_up_stays_achieved_between_measurements():
    twice = Subject("district_only", "flow", "count", (2, 4))
    when = moment(3, 2, today=DECEMBER)
    assert verdict_of(twice, school(2), "at_least", 2, when=when).status.value == "achieved"
    assert verdict_of(twice, school(1), "at_least", 2, when=when).status.value == "not_due"


@pytest.mark.parametrize(
    ("kind", "checkpoints", "quarter", "required"),
    [
        ("even", (), 1, 3),
        ("even", (), 2, 6),
        ("due_quarters", (), 1, 0),
        ("due_quarters", (), 2, 4),
        ("due_quarters", (), 3, 8),
        ("due_quarters", (), 4, 12),
        ("checkpoints", (0, 0, 9, 12), 2, 0),
        ("checkpoints", (0, 0, 9, 12), 3, 9),
        ("checkpoints", (20, 20, 20, 20), 1, 12),
    ],
)
def test_a_schedule_asks_for_what_the_bureau_set(kind, checkpoints, quarter, required):
    subject = Subject("district_only", "flow", "count", (2, 3, 4) if kind == "due_quarters" else (1, 2, 3, 4))
    schedule = Schedule(kind, tuple(map(F, checkpoints)))
    verdict = verdict_of(
        subject, school(0), "at_least", 12, when=moment(quarter, today=DECEMBER), schedule=schedule
    )
    assert verdict.required == required


@pytest.mark.parametrize(
    ("amount", "status"), [(9, "on_track"), (8, "at_risk"), (7, "off_track"), (12, "achieved")]
)
def test_a_little_behind_its_checkpoint_is_at_risk(amount, status):
    schedule = Schedule("checkpoints", (F(0), F(0), F(9), F(12)))
    when = moment(3, today=DECEMBER)
    assert (
        verdict_of(FLOW, school(amount), "at_least", 12, when=when, schedule=schedule).status.value == status
    )


@pytest.mark.parametrize(("days", "status"), [(91, "off_track"), (92, "at_risk")])
def test_a_step_may_be_overdue_for_the_days_that_are_tolerated(days, status):
    when = moment(3, today=DECEMBER)
    when = type(when)(**{**vars(when), "step_tolerance_days": days})
    assert verdict_of(MILESTONE, school(1, 4), "completed", when=when).status.value == status


def test_a_rate_goes_by_last_years_path_where_it_is_known():
    """Last year the second half brought 3 points; 51.5 reaches 54 on that path, not on the damped trend."""
    course = Course(last_year={2: F(50), 4: F(53)})
    when = moment(2, today=DECEMBER)
    judged = [
        verdict_of(RATE, school(n, 1000), "at_least", 54, when=when, baseline=F(51), course=course)
        for n in (515, 510, 509)
    ]
    assert [one.status.value for one in judged] == ["on_track", "off_track", "off_track"]
    slow = verdict_of(
        RATE,
        school(515, 1000),
        "at_least",
        54,
        when=when,
        baseline=F(51),
        course=Course(last_year={2: F(50), 4: F(52)}),
    )
    assert slow.status.value == "at_risk"


@pytest.mark.parametrize(
    ("statuses", "whole", "n_done", "judged"),
    [
        (["achieved", "achieved"], "achieved", 2, True),
        (["achieved", "on_track"], "on_track", 1, True),
        (["achieved", "at_risk"], "at_risk", 1, True),
        (["achieved", "off_track"], "off_track", 1, True),
        (["off_track", "not_due"], "off_track", 0, False),
        (["achieved", "no_target"], "no_target", 1, False),
        ([], "no_data", 0, False),
    ],
)
def test_a_sentence_with_two_targets_is_as_good_as_its_worse_part(statuses, whole, n_done, judged):
    assert (joint(statuses).value, fulfilled(statuses), is_judged(statuses)) == (whole, n_done, judged)


SAID = Said(
    value="52.00%", limit="54%", limit_max="60%", gap="2.00 个百分点", units="20 人", change="上升 1 点"
)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("is_met", [True, False])
@pytest.mark.parametrize("level", TargetLevel.values)
@pytest.mark.parametrize("operator", TYPES)
def test_every_type_has_its_sentence(operator, level, is_met, language):
    kind = type_of(operator=operator, value=F(54), level=level, aggregation="share_true")
    with override(language):
        sentence = kind.sentence(Said(**{**vars(SAID), "is_met": is_met}))
    assert "52.00%" in sentence
    assert "%(" not in sentence


def test_zero_tolerance_is_a_type_of_its_own():
    kinds = [type_of(operator="equal", value=value, level="district", aggregation="sum") for value in (0, 1)]
    assert [type(kind).__name__ for kind in kinds] == ["Zero", "Equal"]


whole_numbers = st.integers(0, 400)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    denominator=st.integers(1, 400),
    numerator=whole_numbers,
    limit=st.fractions(0, 100, max_denominator=40),
    operator=st.sampled_from(["at_least", "at_most"]),
)
def test_the_whole_gap_is_the_smallest_number_that_closes_it(denominator, numerator, limit, operator):
    """Tried out one child at a time, with integers."""
    verdict = verdict_of(RATE, school(numerator, denominator), operator, limit)

    def is_met(children):
        return (
            children * 100 >= limit * denominator
            if operator == "at_least"
            else children * 100 <= limit * denominator
        )

    step = 1 if operator == "at_least" else -1
    moved, n = numerator, 0
    while not is_met(moved):
        moved, n = moved + step, n + 1
    assert (verdict.gap_units or 0) == n
    assert (verdict.status is Status.ACHIEVED) == (n == 0)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    amount=st.integers(0, 40),
    limit=st.integers(1, 40),
    quarter=st.sampled_from([1, 2, 3, 4]),
    ratios=st.tuples(st.integers(1, 10), st.integers(1, 10)),
)
def test_more_of_what_is_wanted_is_never_a_worse_light(amount, limit, quarter, ratios):
    at_risk, on_track = sorted(ratios)
    when = moment(quarter, today=DECEMBER, ratio=F(on_track, 10))
    when = type(when)(**{**vars(when), "at_risk_ratio": F(at_risk, 10)})
    order = ["off_track", "at_risk", "on_track", "achieved"]
    less, more = (
        order.index(verdict_of(FLOW, school(n), "at_least", limit, when=when).status.value)
        for n in (amount, amount + 1)
    )
    assert less <= more


def test_a_deadline_is_the_targets_own_day():
    late = verdict_of(MILESTONE, school(3, 4), "completed", when=moment(4, today=NEXT_YEAR))
    early = verdict_of(
        MILESTONE, school(3, 4), "completed", when=moment(4, today=NEXT_YEAR), due_on=dt.date(2026, 6, 30)
    )
    assert (late.status.value, early.status.value) == ("off_track", "on_track")
