"""Whatever is sent to any form or import: no error of the server, and what is refused is not written by half.

The suite tries a little of everything; `make fuzz` tries much (LUSONG_FUZZ examples of each).
"""

from __future__ import annotations

import io
import json
import os
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from tests.support import files
from tests.support.doors import WHO, make_world
from tests.test_permissions import DOORS, THINGS, address_of

pytestmark = pytest.mark.django_db
TIMES = int(os.environ.get("LUSONG_FUZZ", "2"))
MANY = max(TIMES * 2, 10)
LENIENT = settings(
    max_examples=TIMES,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
NASTY = st.sampled_from(
    [
        *(
            "",
            " ",
            "0",
            "-1",
            "1e999",
            "NaN",
            "Infinity",
            "9" * 40,
            "0.1.2",
            "１２３",
            "٣",
            "½",
            "1,0,0",
            "=1+1",
        ),
        *("\x00", "a\x00b", "\ud7ff", "\ufeff", "\u202e反", "😀" * 50, "漢" * 5000, "<b>x</b>", "{{ 7*7 }}"),
        *("2025-02-30", "0000-00-00", "99999-01-01", "2025-13-01T25:61", "' OR 1=1 --", "%s%(x)s", "../../x"),
        *(
            "true",
            "None",
            "null",
            "[]",
            "{}",
            "on",
            "4294967296",
            "9223372036854775808",
            "-9223372036854775809",
        ),
    ]
)
TEXT = st.one_of(NASTY, st.text(max_size=60), st.integers().map(str), st.decimals(allow_nan=True).map(str))
FIELD = re.compile(r'<(?:input|select|textarea)[^>]*\bname="([^"]+)"')
ALLOWED = set("orwbu")
# What is written beside the matter itself: who asked, what was counted, whose turn it is.
BESIDE = {"accounts_securityevent", "accounts_session", "accounts_loginlock", "pghistory_context"}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


def somebody(world, who):
    client = Client()
    if who != "anonymous":
        client.force_login(world.people[who])
    return client


def posts():
    """Yield each form's address, who may send it, and the fields it is known to have."""
    for route, doors in DOORS.items():
        for door in doors:
            if door.method == "post" and ALLOWED & set(door.answers):
                yield route, door


def ask(client, method, address, data=None):
    """Return the answer; nothing that it did stays."""
    with transaction.atomic():
        answer = (
            getattr(client, method)(address, data) if data is not None else getattr(client, method)(address)
        )
        transaction.set_rollback(True)
    return answer


@pytest.mark.parametrize(
    "route", sorted({route for route, _door in posts()}), ids=lambda route: route or "home"
)
def test_no_form_breaks(world, route):
    doors = [door for found, door in posts() if found == route]
    who = next(
        name for door in doors for name, answer in zip(WHO, door.answers, strict=True) if answer in ALLOWED
    )
    client = somebody(world, who)
    values = THINGS[doors[0].arguments](world) if doors[0].arguments else ()
    address = address_of(route, values)
    page = ask(client, "get", address)
    html = page.content.decode(errors="ignore") if page.status_code == 200 and not page.streaming else ""
    names = {name for door in doors for name, _value in door.data} | set(FIELD.findall(html)[:40])
    known = st.sampled_from([dict(door.data) for door in doors])

    @LENIENT
    @given(known=known, noise=st.fixed_dictionaries({}, optional=dict.fromkeys(sorted(names) or ["x"], TEXT)))
    def try_it(known, noise):
        answer = ask(client, "post", address, {**known, **noise})
        assert answer.status_code < 500, (answer.status_code, noise)

    try_it()


@LENIENT
@given(
    query=st.lists(
        st.tuples(
            st.sampled_from(["page", "q", "quarter", "kind", "since", "until", "person", "year", "type"]),
            TEXT,
        ),
        max_size=4,
    )
)
def test_no_address_breaks_by_what_stands_behind_the_question_mark(world, query):
    client = somebody(world, "administrator")
    for address in (
        "/audit/",
        "/security/",
        "/users/",
        "/completeness/2025/",
        "/schools/",
        "/rules/",
        "/measures/",
    ):
        assert ask(client, "get", address, dict(query)).status_code < 500, (address, query)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
EDIT = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("name", "text", "version", "seconds", "reason", "not_applicable"), JSON)
)


@LENIENT
@given(body=st.one_of(JSON, st.fixed_dictionaries({"edits": st.lists(EDIT | JSON, max_size=4)})))
def test_no_saving_of_facts_breaks(world, body):
    with transaction.atomic():
        answer = somebody(world, "reporter").post(
            "/collection/2025/2/facts/", json.dumps(body), content_type="application/json"
        )
        transaction.set_rollback(True)
    assert answer.status_code in (200, 400, 409)


@pytest.mark.parametrize(
    "address", ["/plans/2025/indicators/%00/", "/audit/?person=%00", "/schools/?q=a%00b"]
)
def test_a_null_character_is_refused(world, address):
    assert somebody(world, "administrator").get(address).status_code == 400


def rows():
    """Return how many rows each table has, apart from those beside the matter."""
    with connection.cursor() as cursor:
        tables = sorted(set(connection.introspection.table_names(cursor)) - BESIDE)
        counts = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM \"{table}\"" for table in tables)
        cursor.execute(counts)
        return dict(cursor.fetchall())


def workbook():
    return files.xlsx({"A1": "学校代码", "B1": "学校名称", "A2": "2143020001", "B2": "示例"})


def broken(content, places):
    """Return the file with some bytes replaced."""
    spoiled = bytearray(content)
    for place, byte in places:
        spoiled[place % len(spoiled)] = byte
    return bytes(spoiled)


def with_other_sheet(xml):
    """Return a workbook that is a good archive around a sheet of other text."""
    with zipfile.ZipFile(io.BytesIO(workbook())) as given_file:
        parts = {name: given_file.read(name) for name in given_file.namelist()}
    return files.archive({**parts, "xl/worksheets/sheet1.xml": xml})


PLACES = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=12)
CONTENT = st.one_of(
    st.binary(max_size=400),
    PLACES.map(lambda places: broken(workbook(), places)),
    st.integers(1, 3000).map(lambda length: workbook()[:length]),
    st.text(max_size=400).map(lambda text: text.encode("utf-8", "ignore")),
    st.text(max_size=200).map(lambda text: text.encode("gb18030", "ignore")),
    st.binary(max_size=300).map(with_other_sheet),
)
NAMES = st.sampled_from(
    ["a.xlsx", "a.csv", "a.xls", "a.pdf", "a.docx", "..\\..\\a.xlsx", "数据.xlsx", "a" * 300 + ".csv"]
)


@settings(LENIENT, max_examples=MANY)
@given(
    content=CONTENT,
    name=NAMES,
    table=st.sampled_from(["schools", "accounts", "targets", "prefill", "measures"]),
)
@example(content=files.archive({"xl/workbook.xml": b"<x/>"}), name="a.xlsx", table="schools")
def test_no_file_breaks_an_import_and_looking_at_it_writes_nothing(world, content, name, table):
    before = rows()
    with transaction.atomic():
        upload = SimpleUploadedFile(name, content)
        answer = somebody(world, "administrator").post(f"/exchange/{table}/", {"file": upload})
        assert answer.status_code < 500
        assert rows() == before
        transaction.set_rollback(True)


@settings(LENIENT, max_examples=MANY)
@given(content=CONTENT, name=NAMES)
def test_no_file_breaks_the_workbook_of_a_form(world, content, name):
    before = rows()
    with transaction.atomic():
        upload = SimpleUploadedFile(name, content)
        answer = somebody(world, "principal").post("/collection/2025/2/workbook/", {"file": upload})
        assert answer.status_code < 500
        assert rows() == before
        transaction.set_rollback(True)
