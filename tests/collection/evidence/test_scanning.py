"""Personal numbers in files: found by their check digit, named by their place, never shown whole."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.collection.evidence.kinds import kind_of
from apps.collection.evidence.scanning import look
from apps.core.personal import CHECK_DIGITS, has_check_digit, personal_numbers
from apps.demo.evidence import tiny_pdf
from tests.support import files
from tests.support.files import IDENTITY, MOBILE

MASKED, MASKED_MOBILE = "110*************2X", "138******00"


def places(content):
    return [(found.where, found.masked) for found in look(content, kind_of(content)).findings]


FILES = {
    "text": (f"一\n电话 {MOBILE}\n".encode(), [("第 2 行", MASKED_MOBILE)]),
    "text gbk": (f"身份证{IDENTITY}号".encode("gbk"), [("第 1 行", MASKED)]),
    "csv": (f"姓名,证号\n甲,{IDENTITY}\n乙,0\n".encode(), [("B2", MASKED)]),
    "csv in quotes": (f'姓名,证号\n"甲\n乙","{IDENTITY}"\n'.encode(), [("第 3 行", MASKED)]),
    "cell": (files.xlsx({"B7": IDENTITY}), [("表!B7", MASKED)]),
    "lower case": (files.xlsx({"B7": IDENTITY.lower()}), [("表!B7", "110*************2x")]),
    "full width": (files.xlsx({"A1": "１１０１０５１９４９１２３１００２Ｘ"}), [("表!A1", MASKED)]),
    "grouped": (files.xlsx({"A1": "110105 19491231 002X"}), [("表!A1", MASKED)]),
    "hidden sheet": (files.xlsx({"A1": MOBILE}, hidden=True), [("藏!A1", MASKED_MOBILE)]),
    "number": (files.xlsx({"C3": int(MOBILE)}), [("表!C3", MASKED_MOBILE)]),
    "rounded by excel": (files.xlsx({"C3": 430203201201011000.0}), [("表!C3", "430*************00")]),
    "comment": (files.xlsx({"A1": 1}, comments={"C7": f"找 {MOBILE}"}), [("C7 的批注", MASKED_MOBILE)]),
    "paragraph": (files.docx("示例", "联系人 138-0013-8000"), [("第 2 段", MASKED_MOBILE)]),
    "page header": (files.docx("示例", extra=files.header(IDENTITY)), [("页眉第 1 段", MASKED)]),
    "wrong check digit": (files.xlsx({"A1": "110105194912310021"}), []),
    "no such date": (files.xlsx({"A1": "11010519491331002X"}), []),
    "longer number": (files.xlsx({"A1": f"1{IDENTITY}"}), []),
    "landline and codes": (files.xlsx({"A1": "073128880000", "A2": "3143000001", "A3": 12345678901}), []),
    "pdf": (
        tiny_pdf(["Report", f"Contact {MOBILE}", f"ID {IDENTITY}"]),
        [("第 1 页", MASKED_MOBILE), ("第 1 页", MASKED)],
    ),
    "pdf digit by digit": (tiny_pdf([" ".join(IDENTITY)]), [("第 1 页", MASKED)]),
    "figures": (files.docx("共 1,234 人，比上年增加 12.5%。"), []),
}


@pytest.mark.parametrize("name", FILES)
def test_where_personal_numbers_stand(name):
    content, expected = FILES[name]
    assert places(content) == expected


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(100000, 999999), st.dates(), st.integers(0, 999))
def test_every_identity_number_is_found_and_no_neighbour_of_it(region, date, order):
    born = date.replace(year=1900 + date.year % 200)
    body = f"{region}{born:%Y%m%d}{order:03}"
    right = [sign for sign in CHECK_DIGITS if has_check_digit(body + sign)]
    assert len(right) == 1
    total = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(body)) + (
        10 if right[0] == "X" else int(right[0])
    )
    assert total % 11 == 1
    found = {sign: len(personal_numbers(f"号{body}{sign}。")) for sign in CHECK_DIGITS}
    assert found == {sign: int(sign == right[0]) for sign in CHECK_DIGITS}
