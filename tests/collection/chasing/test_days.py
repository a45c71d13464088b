"""Working days, quiet hours and steps, without a database."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.collection.chasing.forms import calendar_text, read_line
from apps.collection.chasing.steps import step_on, steps_of
from apps.collection.chasing.workdays import is_quiet, is_workday, workday_before, workday_from

# The National Day of 2025: 1 to 8 October free, Sunday 28 September and Saturday 11 October worked.
NATIONAL_DAY = {dt.date(2025, 10, day): False for day in range(1, 9)} | {
    dt.date(2025, 9, 28): True,
    dt.date(2025, 10, 11): True,
}


@pytest.mark.parametrize(
    ("date", "works"),
    [
        (dt.date(2025, 9, 27), False),
        (dt.date(2025, 9, 28), True),
        (dt.date(2025, 10, 8), False),
        (dt.date(2025, 10, 9), True),
        (dt.date(2025, 10, 11), True),
    ],
)
def test_the_calendar_knows_holidays_and_worked_weekends(date, works):
    assert is_workday(date, NATIONAL_DAY) is works


@pytest.mark.parametrize(
    ("now", "quiet"), [((7, 59), True), ((8, 0), False), ((19, 59), False), ((20, 0), True), ((0, 0), True)]
)
def test_the_quiet_spans_midnight(now, quiet):
    found = is_quiet(dt.time(*now), quiet_from=dt.time(20, 0), quiet_until=dt.time(8, 0))
    assert found is quiet


def test_equal_hours_are_no_quiet_at_all():
    assert not is_quiet(dt.time(3), quiet_from=dt.time(0), quiet_until=dt.time(0))


@given(st.dates(dt.date(2025, 1, 1), dt.date(2026, 12, 31)))
def test_a_reminder_moves_to_the_nearest_working_day(date):
    before, after = workday_before(date, NATIONAL_DAY), workday_from(date, NATIONAL_DAY)
    assert before <= date <= after
    assert is_workday(before, NATIONAL_DAY)
    assert is_workday(after, NATIONAL_DAY)
    between = [date + dt.timedelta(days=n) for n in range((after - date).days)]
    assert not any(is_workday(day, NATIONAL_DAY) for day in between)


def steps(due_on):
    return steps_of(due_on, before=[1, 5], after=[7, 1, 3], exceptions=NATIONAL_DAY)


def test_steps_stand_in_order_and_shun_holidays():
    assert [(step.name, step.on, step.is_overdue) for step in steps(dt.date(2025, 10, 10))] == [
        ("before-5-1010", dt.date(2025, 9, 30), False),
        ("before-1-1010", dt.date(2025, 10, 9), False),
        ("after-1-1010", dt.date(2025, 10, 11), True),
        ("after-3-1010", dt.date(2025, 10, 13), True),
        ("after-7-1010", dt.date(2025, 10, 17), True),
    ]


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (dt.date(2025, 9, 29), None),
        (dt.date(2025, 9, 30), "before-5-1010"),
        (dt.date(2025, 10, 10), "before-1-1010"),
        (dt.date(2025, 10, 11), "after-1-1010"),
        (dt.date(2025, 10, 16), "after-3-1010"),
        (dt.date(2025, 12, 1), "after-7-1010"),
    ],
)
def test_only_the_last_step_that_has_come_counts(day, name):
    found = step_on(steps(dt.date(2025, 10, 10)), day, due_on=dt.date(2025, 10, 10))
    assert (found.name if found else None) == name


def test_a_calendar_line_is_read_and_written_the_same():
    days = [
        day
        for number, line in enumerate(["2025-10-01~2025-10-08 休 国庆节", "2025-10-11 班 国庆节调休"], 1)
        for day in read_line(line, number)
    ]
    assert [day.on.day for day in days] == [1, 2, 3, 4, 5, 6, 7, 8, 11]
    assert calendar_text(days) == "2025-10-01~2025-10-08 休 国庆节\n2025-10-11 班 国庆节调休"


@pytest.mark.parametrize(
    "line", ["国庆", "2025-10-01", "2025-10-01 x", "2025-13-01 休", "2025-10-08~2025-10-01 休"]
)
def test_a_line_that_says_nothing_is_refused_with_its_number(line):
    with pytest.raises(Exception, match="7"):
        read_line(line, 7)
