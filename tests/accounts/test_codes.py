import pytest

from apps.accounts import codes


def test_a_code_has_eight_characters_that_cannot_be_confused():
    code = codes.new_code()
    assert len(code) == 8
    assert set(code) <= set("ABCDEFGHJKMNPQRSTWXYZ23456789")
    assert not set(codes.ALPHABET) & set("0O1ILUV")


def test_codes_differ():
    assert len({codes.new_code() for _ in range(200)}) == 200


def test_a_code_is_shown_in_two_groups():
    assert codes.shown("ABCD2345") == "ABCD-2345"


@pytest.mark.parametrize("typed", ["ABCD2345", "abcd-2345", " ABCD 2345 ", "ＡＢＣＤ２３４５", "abcd—2345"])
def test_what_people_type_is_normalised(typed):
    assert codes.normalised(typed) == "ABCD2345"
