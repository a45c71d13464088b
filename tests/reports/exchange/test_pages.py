"""Tables out and in: preview, all or nothing; nobody but the administrator."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.core.exchanging.grids import Limits
from apps.core.exchanging.reading import read_sheet
from apps.plans.models import Target
from apps.reports.exchange import KEYS, RESOURCES, Exchange
from tests.factories import SchoolFactory, UserFactory
from tests.reports.exchange.files import counts, csv_of, errors, exported, look, measure


@pytest.mark.parametrize("key", KEYS)
def test_every_table_opens(administrator, client, key):
    pages = [reverse("reports:exchange_template", args=[key]), reverse("reports:exchange_upload", args=[key])]
    if key in RESOURCES:
        pages += [reverse(f"reports:exchange_{kind}", args=[key]) for kind in ("xlsx", "csv")]
    expected = 404 if key == "indicators" else 200
    assert [client.get(page).status_code for page in pages] == [expected, expected, 200, 200][: len(pages)]


@pytest.mark.parametrize("key", [key for key in RESOURCES if key != "indicators"])
def test_what_was_taken_out_changes_nothing_when_brought_in(administrator, client, district, key):
    Target.objects.create(indicator=district.indicators["teachers"], source="bureau_to_set")
    for kind in ("csv", "xlsx"):
        content = client.get(reverse(f"reports:exchange_{kind}", args=[key])).content
        if key == "baselines" or (key == "responsibility"):
            continue
        page = look(client, key, content)
        assert (errors(page), counts(page)[:2], counts(page)[3]) == ([], (0, 0), 0)
        assert not page.context["outcome"].can_be_taken


@pytest.mark.parametrize("key", ["schools", "accounts", "targets", "responsibility"])
def test_an_export_asks_no_more_for_three_than_for_one(administrator, client, district, key):
    measure(district)
    with CaptureQueriesContext(connection) as before:
        exported(client, key)
    for _ in range(3):
        SchoolFactory(region=district.plan.region)
        UserFactory(organisation=district.school)
        measure(district)
    with CaptureQueriesContext(connection) as after:
        exported(client, key)
    assert len(after) == len(before)


@pytest.mark.parametrize(
    "content",
    [
        b"\x00\x01\x02nothing",
        b"PK\x03\x04broken",
        "学校代码\n".encode(),
        "姓名,年龄\n甲,3\n".encode(),
        b"%PDF-1.7",
    ],
)
def test_what_is_no_table_is_refused(administrator, client, content):
    page = look(client, "schools", content)
    assert len(page.context["form"].errors["file"]) == 1


def test_unknown_and_double_columns_are_named(administrator, client):
    twice = look(client, "offices", csv_of(["股室代码", "股室名称", "股室名称"], ["a", "b", "c"]))
    unknown = look(client, "offices", csv_of(["股室代码", "股室名称", "密码"], ["a", "b", "c"]))
    assert twice.context["form"].errors["file"] == ["以下列重复出现：股室名称。"]
    assert unknown.context["form"].errors["file"] == ["无法识别的列：密码。请删除这些列，或使用模板。"]


def test_too_many_rows_are_refused(administrator, client, monkeypatch):
    monkeypatch.setattr(Exchange, "limits", Limits(rows=2))
    page = look(client, "offices", csv_of(["股室代码", "股室名称"], *[["a", "b"]] * 3))
    assert page.context["form"].errors["file"] == ["共 3 行，每次最多导入 2 行。"]


def test_exports_hold_no_formula(administrator, client, district):
    district.school.name = "=HYPERLINK(1)"
    district.school.save()
    district.school.profiles.update(name="=HYPERLINK(1)")
    rows = exported(client, "schools")
    assert "'=HYPERLINK(1)" in [row[1] for row in rows]
    again = look(client, "schools", client.get(reverse("reports:exchange_csv", args=["schools"])).content)
    assert counts(again)[1] == 0


def test_a_file_of_somebody_else_is_not_there(administrator, client, district):
    page = look(client, "offices", csv_of(["股室代码", "股室名称"], [district.health.code, "新名"]))
    address = page.redirect_chain[-1][0]
    client.force_login(UserFactory(role="administrator", region=district.plan.region))
    assert client.get(address).status_code == 302


def test_titles_above_and_totals_below_are_left_out():
    content = csv_of(["二〇二五年"], ["代码", "名称"], ["1", "甲"], ["", ""], ["合计", "1"])
    sheet = read_sheet(content, headings=["代码", "名称"], required=["代码"])
    assert (sheet.rows, sheet.numbers, sheet.column_letter("名称")) == ([["1", "甲"]], [3], "B")
