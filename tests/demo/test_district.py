import datetime as dt
from collections import Counter

from apps.demo import district


def test_the_mix_of_schools():
    assert Counter(school.school_type for school in district.schools()) == {
        "kindergarten": 79,
        "primary": 46,
        "junior": 12,
        "nine_year": 8,
        "senior": 5,
        "special": 1,
    }
    assert Counter(s.ownership for s in district.schools() if s.school_type == "kindergarten") == {
        "public": 31,
        "inclusive": 40,
        "private": 8,
    }
    assert {school.setting for school in district.schools()} == {"urban", "town", "rural"}


def test_every_school_is_plainly_a_demonstration():
    for school in district.schools():
        assert "示例" in school.name
        assert "Demo" in school.name_en
        assert school.sort_key.isascii()
        assert school.code[2:6] == "4399"


def test_codes_and_names_are_used_once():
    schools = district.schools()
    assert len({school.code for school in schools}) == len(schools)
    assert len({school.name for school in schools}) == len(schools)
    assert len({school.sort_key for school in schools}) == len(schools)


def test_events_speak_of_schools_that_exist():
    codes = {school.code for school in district.schools()}
    named = {code for event in district.life_events() for code in (event.code, event.successor) if code}
    assert named <= codes
    assert Counter(event.kind for event in district.life_events()) == {
        "opened": 1,
        "renamed": 1,
        "ownership": 2,
        "merged": 1,
    }


def test_a_school_takes_over_the_pupils_of_one_merged_into_it():
    by_code = {school.code: school for school in district.schools()}
    successor, closed = by_code["2143990031"], by_code["2143990038"]

    before = district.pupils_on(successor, dt.date(2025, 6, 30))
    after = district.pupils_on(successor, dt.date(2025, 9, 30))

    assert before == successor.pupils
    assert after["primary"] == successor.pupils["primary"] + closed.pupils["primary"]


def test_chinese_numbers():
    assert [district.chinese_number(number) for number in (1, 10, 12, 20, 22)] == [
        "一",
        "十",
        "十二",
        "二十",
        "二十二",
    ]
