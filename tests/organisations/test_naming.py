"""Which organisation a file means: code first, exact name second, never a guess."""

import datetime as dt

import pytest

from apps.organisations.models import Organisation, Region
from apps.organisations.naming import OrganisationsByWords, plain_name

NATION = Region(pk=1, name="中国")
CITY = Region(pk=2, name="株洲市", parent=NATION)
DISTRICT = Region(pk=3, name="芦淞区", parent=CITY)
TODAY = dt.date(2025, 7, 2)


def school(pk, name, closed_on=None):
    return Organisation(pk=pk, code=f"314300000{pk}", name=name, region=DISTRICT, closed_on=closed_on)


FIRST, SECOND = school(1, "芦淞区第一小学（示例）"), school(2, "芦淞区第二小学")
TWIN, OTHER_TWIN = school(3, "芦淞区枫溪小学"), school(4, "枫溪小学")
RENAMED, CLOSED = school(5, "芦淞区新名学校"), school(6, "芦淞区旧校", dt.date(2025, 7, 1))
REOPENED = school(7, "芦淞区旧址学校")
FORMER = {5: {"芦淞区原名学校", "芦淞区新名学校"}, 7: {"芦淞区第二小学"}}
WORDS = OrganisationsByWords([FIRST, SECOND, TWIN, OTHER_TWIN, RENAMED, CLOSED, REOPENED], FORMER, TODAY)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("3143000001", FIRST),
        ("芦淞区第一小学（示例）", FIRST),
        (" 芦淞区 第一小学(示例)　", FIRST),
        ("第一小学（示例）", FIRST),
        ("株洲市芦淞区第一小学（示例）", FIRST),
        ("第二小学", SECOND),
        ("原名学校", RENAMED),
        ("芦淞区新名学校", RENAMED),
        ("第三小学", None),
        ("小学", None),
        ("3143000009", None),
    ],
)
def test_who_is_meant(text, found):
    assert WORDS.get(text) is found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("枫溪小学", "3143000003.*3143000004"),
        ("3143000006", "2025-07-01"),
        ("旧校", "2025-07-01"),
        ("3.143E+09", "3.143E"),
    ],
)
def test_what_is_ambiguous_or_gone_is_refused_with_the_reason(text, words):
    with pytest.raises(ValueError, match=words):
        WORDS.get(text)


def test_a_region_alone_is_not_taken_off():
    assert plain_name("芦淞区", ["芦淞区"]) == "芦淞区"
