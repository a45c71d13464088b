import datetime as dt
from types import SimpleNamespace

import pytest

from apps.demo import story
from apps.demo.story import Course

Q4 = SimpleNamespace(quarter=4, opens_on=dt.date(2025, 12, 10), due_on=dt.date(2025, 12, 25))
Q2 = SimpleNamespace(quarter=2, opens_on=dt.date(2025, 6, 20), due_on=dt.date(2025, 7, 10))


def test_courses_follow_the_mix_within_each_type():
    owing = {f"{number:010d}": "primary" for number in range(100)}

    found = story.courses("complete", 4, owing)

    counts = {course: list(found.values()).count(course) for course in set(found.values())}
    assert counts == {
        Course.ACCEPTED: 52,
        Course.CORRECTED: 4,
        Course.PARTLY: 5,
        Course.WAITING: 10,
        Course.RETURNED: 5,
        Course.DRAFT: 9,
        Course.NOT_STARTED: 15,
    }


def test_courses_are_the_same_each_time_and_a_fixed_one_wins():
    owing = {"2143990001": "primary", "2143990002": "primary", "3143990013": "nine_year"}

    first, second = (story.courses("complete", 4, owing) for _ in range(2))

    assert first == second
    assert first["2143990001"] == Course.NOT_STARTED
    assert first["3143990013"] == Course.RETURNED


def test_mixes_are_whole():
    assert {name: sum(mix.values()) for name, mix in story.definition()["mixes"].items()} == dict.fromkeys(
        story.definition()["mixes"], 100
    )


@pytest.mark.parametrize("window", [Q2, Q4])
def test_days_are_in_order_and_never_after_today(window):
    today = dt.date(2025, 12, 15)
    for number in range(300):
        found = story.days(str(number), window, Course.CORRECTED, today)
        dates = [found.started, found.submitted, found.returned, found.resubmitted, found.decided]
        assert dates == sorted(dates)
        assert window.opens_on <= dates[0]
        assert dates[-1] <= today


def test_some_returns_are_late_and_most_are_not():
    submitted = [story.days(str(n), Q2, Course.ACCEPTED, dt.date(2025, 12, 15)).submitted for n in range(300)]

    late = sum(day > Q2.due_on for day in submitted)
    assert 8 <= late <= 40
