"""The boundary table of every kind of target. Reports are due ten days after a quarter, Q4 on 25 December."""

import datetime as dt
from dataclasses import replace
from fractions import Fraction as F

import pytest

from apps.collection.calendar import quarter_dates
from apps.rollups.aggregates import Statistics, squares_of, total
from apps.rollups.enums import Reason
from apps.rollups.judging import judge, worst
from apps.rollups.subjects import Aim, Moment, QuarterDates, Subject
from tests.rollups.test_aggregates import school

CALENDAR = {
    quarter: QuarterDates(dates.ends_on, dates.due_on)
    for quarter in (1, 2, 3, 4)
    for dates in [quarter_dates(2025, quarter)]
}
DECEMBER = dt.date(2025, 12, 15)
NEXT_YEAR = dt.date(2026, 1, 20)

RATE = Subject("ratio_of_sums", "stock", "rate", (2, 4), scale=100, has_denominator=True)
COUNT = Subject("district_only", "stock", "count", (1, 2, 3, 4))
FLOW = Subject("district_only", "flow", "count", (1, 2, 3, 4))
AMOUNT = Subject("district_only", "flow", "amount", (1, 2, 3, 4))
CHANGE = Subject("ratio_of_sums", "stock", "change_from_baseline", (2, 4), "change", 100, True)
SHARE = Subject("share_true", "stock", "level", (2, 4), scale=100, has_denominator=True)
MILESTONE = Subject("district_only", "stock", "milestone", (1, 2, 3, 4), scale=100, has_denominator=True)
SPREAD = Subject("weighted_cv", "stock", "dispersion", (4,), has_denominator=True)


def moment(quarter=4, as_of=-1, today=NEXT_YEAR, ratio=F(1)):
    return Moment(quarter, quarter if as_of == -1 else as_of, today, CALENDAR, ratio)


def rate(numerator, denominator=10000):
    return school(numerator, denominator)


def at(statistics, subject, operator, value=None, *, when=None, **options):
    aim_fields = {name: options.pop(name) for name in ("value_max", "level", "due_on") if name in options}
    aim = Aim(operator, None if value is None else F(value), **aim_fields)
    return judge(subject, statistics, aim=aim, moment=when or moment(), **options)


def light(*args, **options):
    verdict = at(*args, **options)
    return verdict.status.value


@pytest.mark.parametrize(
    ("numerator", "status", "gap"),
    [
        (5400, "achieved", 0),
        (5396, "off_track", F(4, 100)),
        (5399, "off_track", F(1, 100)),
        (5401, "achieved", 0),
    ],
)
def test_at_least_is_compared_before_rounding(numerator, status, gap):
    verdict = at(rate(numerator), RATE, "at_least", 54)
    assert (verdict.status.value, verdict.gap) == (status, gap)


def test_a_gross_rate_may_exceed_a_hundred():
    verdict = at(rate(10920), RATE, "at_least", 100)
    assert (verdict.status.value, verdict.value) == ("achieved", F("109.2"))


@pytest.mark.parametrize(("numerator", "status"), [(1000, "achieved"), (1001, "off_track"), (0, "achieved")])
@pytest.mark.parametrize("today", [DECEMBER, NEXT_YEAR])
def test_at_most_includes_the_limit_and_does_not_wait(numerator, status, today):
    assert light(rate(numerator), RATE, "at_most", 10, when=moment(today=today)) == status


@pytest.mark.parametrize(("amount", "status"), [(0, "achieved"), (1, "off_track")])
def test_equal_zero_is_zero_tolerance(amount, status):
    assert light(school(amount), COUNT, "equal", 0, when=moment(2, today=DECEMBER)) == status


@pytest.mark.parametrize(
    ("numerator", "today", "status"),
    [
        (10000, DECEMBER, "achieved"),
        (9999, DECEMBER, "on_track"),
        (9999, NEXT_YEAR, "off_track"),
        (10001, DECEMBER, "off_track"),
    ],
)
def test_equal_a_hundred(numerator, today, status):
    assert light(rate(numerator), RATE, "equal", 100, when=moment(today=today)) == status


@pytest.mark.parametrize(
    ("amount", "status", "exceeded", "gap"),
    [
        (1, "off_track", False, 1),
        (2, "achieved", False, 0),
        (3, "achieved", False, 0),
        (4, "achieved", True, 0),
    ],
)
def test_above_a_range_is_more_than_planned_and_never_red(amount, status, exceeded, gap):
    verdict = at(school(amount), FLOW, "within_range", 2, value_max=F(3))
    assert (verdict.status.value, verdict.is_exceeded, verdict.gap) == (status, exceeded, gap)


@pytest.mark.parametrize(
    ("numerator", "status", "change"),
    [
        (5000, "achieved", F("-0.5")),
        (5001, "off_track", F("-0.49")),
        (4900, "achieved", F("-1.5")),
        (5050, "off_track", 0),
    ],
)
def test_a_fall_is_of_percentage_points(numerator, status, change):
    verdict = at(rate(numerator), CHANGE, "decrease_by", "0.5", baseline=F("50.5"))
    assert (verdict.status.value, verdict.change) == (status, change)


def test_a_fall_is_not_a_factor():
    assert light(rate(5020), CHANGE, "decrease_by", "0.5", baseline=F("50.5")) == "off_track"
    assert F("50.5") * F("0.995") > F("50.2")


@pytest.mark.parametrize(("amount", "status"), [(110, "achieved"), (109, "off_track")])
def test_increase_by(amount, status):
    assert light(school(amount), COUNT, "increase_by", 10, baseline=F(100)) == status


@pytest.mark.parametrize(("amount", "status"), [(100, "achieved"), (101, "achieved"), (99, "off_track")])
def test_no_worse_than_the_baseline(amount, status):
    assert light(school(amount), COUNT, "no_worse_than_baseline", baseline=F(100)) == status


@pytest.mark.parametrize(("amount", "status"), [(98, "achieved"), (100, "achieved"), (101, "off_track")])
def test_a_limit_on_the_change(amount, status):
    subject = Subject("district_only", "stock", "count", (4,), "change")
    assert light(school(amount), subject, "at_most", 0, baseline=F(100)) == status


@pytest.mark.parametrize(
    ("subject", "operator"),
    [(COUNT, "increase_by"), (COUNT, "decrease_by"), (COUNT, "no_worse_than_baseline"), (CHANGE, "at_least")],
)
def test_without_a_baseline_there_is_no_judging(subject, operator):
    verdict = at(rate(5), subject, operator, 1)
    assert (verdict.status.value, verdict.change, verdict.gap) == ("no_baseline", None, None)


def test_no_target_no_light():
    verdict = judge(RATE, rate(10), aim=None, moment=moment(), baseline=F(1))
    assert (verdict.status.value, verdict.value, verdict.change, verdict.gap) == (
        "no_target",
        F("0.1"),
        F("-0.9"),
        None,
    )


def test_an_unconfirmed_target_gives_no_light():
    assert judge(RATE, rate(10), aim=None, is_proposed=True, moment=moment()).status.value == "unconfirmed"


def test_no_target_comes_before_everything_else():
    assert judge(RATE, Statistics(), aim=None, moment=moment(1, None)).status.value == "no_target"


@pytest.mark.parametrize(
    ("statistics", "when", "status"),
    [
        (Statistics(), moment(1, None), "not_due"),
        (Statistics(), moment(2), "not_due"),
        (Statistics(n_due=3), moment(2), "no_data"),
        (rate(0, 0), moment(2), "no_data"),
        (Statistics(n_due=2, n_not_applicable=2), moment(2), "no_data"),
    ],
    ids=["before the first", "nobody owes it", "nobody reported", "zero over zero", "applies to nobody"],
)
def test_not_due_and_no_data_are_different(statistics, when, status):
    assert light(statistics, RATE, "at_least", 54, when=when) == status


@pytest.mark.parametrize(
    ("previous", "baseline", "status", "reason"),
    [
        (None, None, "on_track", Reason.FIRST_VALUE),
        (F(50), None, "on_track", Reason.IMPROVING),
        (F(52) - F(25, 18), None, "on_track", Reason.IMPROVING),
        (F(52) - F(24, 18), None, "at_risk", Reason.TOO_SLOW),
        (F(51), None, "at_risk", Reason.TOO_SLOW),
        (F(52), None, "off_track", Reason.NOT_IMPROVING),
        (F(53), F(50), "off_track", Reason.NOT_IMPROVING),
        (None, F(48), "on_track", Reason.IMPROVING),
        (None, F(51), "at_risk", Reason.TOO_SLOW),
        (None, F(53), "off_track", Reason.NOT_IMPROVING),
    ],
)
def test_a_stock_short_of_its_target_before_the_deadline_is_judged_by_where_it_goes(
    previous, baseline, status, reason
):
    """By the damped trend: what is gained in a quarter counts 0.8 + 0.64 times until the year's end."""
    verdict = at(
        rate(5200), RATE, "at_least", 54, when=moment(2, today=DECEMBER), previous=previous, baseline=baseline
    )
    assert (verdict.status.value, verdict.reason) == (status, reason)


def test_a_rate_is_never_held_against_a_quarter_of_its_target():
    assert (
        light(rate(1400), RATE, "at_least", 54, when=moment(2, today=DECEMBER), previous=F(15)) == "off_track"
    )
    assert at(rate(5200), RATE, "at_least", 54, when=moment(2)).required is None


@pytest.mark.parametrize(
    ("value", "status"), [(4600, "on_track"), (4900, "at_risk"), (5000, "off_track"), (5100, "off_track")]
)
def test_a_wanted_fall_goes_the_right_way_downwards(value, status):
    assert (
        light(rate(value), CHANGE, "decrease_by", 5, baseline=F(50), when=moment(2, today=DECEMBER)) == status
    )


def test_the_same_value_in_a_later_year_is_a_miss():
    early, late = moment(4, today=dt.date(2025, 12, 31)), moment(4, today=dt.date(2026, 1, 1))
    assert light(rate(5200), RATE, "at_least", 54, when=early) == "on_track"
    assert light(rate(5200), RATE, "at_least", 54, when=late) == "off_track"


def test_the_light_of_a_past_quarter_does_not_change_when_the_year_ends():
    assert light(rate(5200), RATE, "at_least", 54, when=moment(2, today=NEXT_YEAR)) == "on_track"


@pytest.mark.parametrize(
    ("quarter", "amount", "status"),
    [
        (1, 3, "on_track"),
        (1, 2, "on_track"),
        (1, 1, "off_track"),
        (2, 5, "on_track"),
        (2, 4, "at_risk"),
        (2, 3, "off_track"),
        (3, 7, "on_track"),
        (4, 9, "at_risk"),
        (4, 8, "at_risk"),
        (4, 7, "off_track"),
        (1, 10, "achieved"),
    ],
)
def test_a_flow_follows_an_even_schedule_of_whole_things(quarter, amount, status):
    assert light(school(amount), FLOW, "at_least", 10, when=moment(quarter, today=DECEMBER)) == status


@pytest.mark.parametrize(
    ("quarter", "status"), [(1, "on_track"), (2, "on_track"), (3, "on_track"), (4, "off_track")]
)
def test_one_of_a_thing_is_asked_for_at_the_years_end(quarter, status):
    assert light(school(0), FLOW, "at_least", 1, when=moment(quarter)) == status


@pytest.mark.parametrize(
    ("amount", "status"),
    [("2.25", "on_track"), ("2.2499", "at_risk"), ("2", "at_risk"), ("1.9999", "off_track")],
)
def test_an_amount_is_scheduled_exactly_and_the_ratio_counts(amount, status):
    verdict = at(school(amount), AMOUNT, "at_least", 10, when=moment(1, ratio=F(9, 10)))
    assert (verdict.status.value, verdict.required) == (status, F("2.25"))


def test_a_quarter_counts_once_its_reports_are_in_or_should_be():
    partial = total([school(5), Statistics(n_due=1)])
    open_quarter = moment(3, today=dt.date(2025, 10, 1))
    assert light(partial, FLOW, "at_least", 10, when=open_quarter) == "on_track"
    assert light(partial, FLOW, "at_least", 10, when=moment(3, today=dt.date(2025, 10, 11))) == "off_track"
    assert light(school(5), FLOW, "at_least", 10, when=open_quarter) == "off_track"


def test_missing_reports_of_a_stock_do_not_look_like_behind():
    partial = total([school(5), Statistics(n_due=1)])
    verdict = at(partial, COUNT, "at_least", 10, when=moment(3, today=dt.date(2025, 10, 1)), previous=F(9))
    assert (verdict.status.value, verdict.reason) == ("on_track", Reason.REPORTS_OUTSTANDING)
    assert verdict.is_provisional


@pytest.mark.parametrize(
    ("quarter", "amount", "status"), [(1, 3, "on_track"), (1, 6, "off_track"), (4, 5, "achieved")]
)
def test_a_yearly_limit_is_kept_only_when_the_year_is_over(quarter, amount, status):
    assert light(school(amount), FLOW, "at_most", 5, when=moment(quarter)) == status


@pytest.mark.parametrize(
    ("quarter", "steps", "today", "status"),
    [
        (1, 1, DECEMBER, "on_track"),
        (2, 1, DECEMBER, "at_risk"),
        (2, 0, DECEMBER, "off_track"),
        (3, 1, DECEMBER, "off_track"),
        (3, 3, DECEMBER, "on_track"),
        (4, 3, NEXT_YEAR, "off_track"),
        (2, 4, DECEMBER, "achieved"),
        (4, 4, NEXT_YEAR, "achieved"),
    ],
)
def test_a_milestone_of_four_steps(quarter, steps, today, status):
    verdict = at(
        school(steps, 4),
        MILESTONE,
        "completed",
        due_on=dt.date(2025, 12, 31),
        when=moment(quarter, today=today),
    )
    assert verdict.status.value == status


@pytest.mark.parametrize(
    ("today", "status"), [(dt.date(2025, 6, 15), "on_track"), (dt.date(2025, 6, 16), "off_track")]
)
def test_a_milestone_past_its_date_is_behind(today, status):
    due = dt.date(2025, 6, 15)
    assert light(school(0, 1), MILESTONE, "completed", due_on=due, when=moment(2, 1, today=today)) == status


@pytest.mark.parametrize(("hours", "status"), [((2, 2), "achieved"), ((2, 1), "off_track")])
def test_every_school_must_meet_its_own_line(hours, status):
    statistics = total(school(int(each >= 2), 1) for each in hours)
    assert light(statistics, SHARE, "at_least", 2, level="school") == status


def test_a_school_level_line_on_a_sum_looks_at_the_weakest():
    subject = Subject("sum", "stock", "count", (4,))
    assert light(total([school(9), school(3)]), subject, "at_least", 4, level="school") == "off_track"
    assert light(total([school(9), school(4)]), subject, "at_least", 4, level="school") == "achieved"


def spread(*schools):
    return total(
        Statistics(1, 1, numerator=F(n), denominator=F(d), sum_ratio_squares=squares_of([(F(n), F(d))]))
        for n, d in schools
    )


@pytest.mark.parametrize(
    ("limit", "status"), [("0.5153", "achieved"), ("0.5152", "off_track"), ("0.5", "off_track")]
)
def test_a_dispersion_is_compared_by_squares(limit, status):
    golden = spread((279, 45), (137, 37), (935, 89), (160, 76), (402, 55))
    assert light(golden, SPREAD, "at_most", limit) == status


def test_a_dispersion_exactly_on_its_limit_is_met():
    assert light(spread((1, 1), (3, 1)), SPREAD, "at_most", "0.5") == "achieved"


@pytest.mark.parametrize(
    ("statistics", "options", "provisional"),
    [
        (rate(1), {}, False),
        (total([rate(1), Statistics(n_due=1)]), {}, True),
        (total([rate(1), Statistics(n_due=1, n_not_applicable=1)]), {}, False),
        (rate(1), {"earlier_incomplete": True}, True),
        (Statistics(n_due=1), {}, False),
    ],
)
def test_what_is_provisional(statistics, options, provisional):
    assert at(statistics, RATE, "at_least", 1, **options).is_provisional is provisional


def test_some_figures_are_always_provisional():
    subject = Subject("district_only", "stock", "amount", (4,), always_provisional=True)
    assert at(school(5), subject, "no_worse_than_baseline", baseline=F(4)).is_provisional


def test_a_whole_is_as_good_as_its_worst_part():
    verdicts = [at(rate(n), RATE, "at_least", 54).status for n in (5400, 5300)]
    assert worst(verdicts).value == "off_track"
    assert worst(verdicts[:1]).value == "achieved"
    assert worst([]).value == "no_data"


SPLIT = Subject("ratio_of_sums", "stock", "rate", (2, 4), scale=100, has_denominator=True, is_split=True)


@pytest.mark.parametrize(("n_reported", "status"), [(3, "achieved"), (2, "no_data"), (0, "no_data")])
def test_parts_of_different_reporters_make_a_rate_only_when_all_are_in(n_reported, status):
    statistics = Statistics(n_due=3, n_reported=n_reported, numerator=F(98), denominator=F(98))
    verdict = at(statistics, SPLIT, "at_least", 95)
    assert (verdict.status.value, verdict.value is None, verdict.gap is None) == (
        status,
        n_reported < 3,
        n_reported < 3,
    )
    waits = n_reported == 2
    assert (verdict.reason is Reason.PARTS_OUTSTANDING) == waits


def test_parts_of_different_reporters_wait_for_the_earlier_quarters_of_a_flow():
    subject = replace(SPLIT, accumulation="flow")
    statistics = Statistics(n_due=3, n_reported=3, numerator=F(90), denominator=F(100))
    verdict = at(statistics, subject, "at_least", 95, earlier_incomplete=True)
    assert (verdict.status.value, verdict.value, verdict.reason) == (
        "no_data",
        None,
        Reason.PARTS_OUTSTANDING,
    )


def test_parts_of_different_reporters_do_not_wait_for_those_it_does_not_apply_to():
    statistics = Statistics(n_due=3, n_reported=2, n_not_applicable=1, numerator=F(98), denominator=F(100))
    assert at(statistics, SPLIT, "at_least", 95).value == 98
