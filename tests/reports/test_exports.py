from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile

import pytest
from django.urls import reverse
from django.utils.html import strip_tags
from python_calamine import CalamineWorkbook

from apps.accounts.enums import Role
from tests.factories import OfficeFactory, SchoolFactory, UserFactory

pytestmark = pytest.mark.django_db


def address(name, *args, quarter=2):
    return reverse(f"reports:{name}", args=[2025, *args]) + f"?quarter={quarter}"


def workbook(response):
    book = CalamineWorkbook.from_filelike(io.BytesIO(response.content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def as_shown(value, text):
    """Tell whether a typed cell is what the screen's text says."""
    if isinstance(value, float):
        number = value * 100 if text.endswith("%") else value
        shown = text.rstrip("%").replace(",", "")
        decimals = len(shown.partition(".")[2])
        return abs(number - float(shown)) <= 0.5 * 10**-decimals + 1e-9
    if isinstance(value, dt.date):
        return value.isoformat()[:10] == text
    return value == text


def test_the_workbook_of_an_indicator_is_what_the_screen_shows(client, indicator, leader):
    client.force_login(leader)
    screen = client.get(reverse("dashboards:indicator", args=[2025, indicator.code]) + "?quarter=2")
    table = screen.context["page"].trend.table
    rows = workbook(client.get(address("indicator_xlsx", indicator.code)))["四个季度"]
    assert rows[0] == [column.title for column in table.columns]
    assert len(rows) == 5
    for written, shown in zip(rows[1:], table.rows, strict=True):
        assert [as_shown(value, cell.text) for value, cell in zip(written, shown, strict=True)] == [
            True
        ] * len(shown)
        for cell in shown:
            assert cell.text in strip_tags(screen.content.decode())


def test_cells_are_typed(client, indicator, leader):
    client.force_login(leader)
    rows = workbook(client.get(address("indicator_xlsx", indicator.code)))["四个季度"]
    second = dict(zip(rows[0], rows[2], strict=True))
    assert second["数值"] == pytest.approx(0.5396)
    assert second["分子"] == 5396
    assert second["数据截止"] == dt.date(2025, 6, 30)
    assert second["状态"] == "■ 滞后"
    first = dict(zip(rows[0], rows[1], strict=True))
    assert (first["数值"], first["状态"]) == ("尚未到期", "○ 未到期")


def test_the_overview_and_area_workbooks(client, indicator, measure, leader):
    client.force_login(leader)
    overview = workbook(client.get(address("overview_xlsx")))
    assert list(overview) == ["总览", "指标", "图表数据", "说明"]
    facts = dict(row[:2] for row in overview["说明"])
    assert (facts["季度"], facts["数据版本"]) == ("第二季度", "0")
    area = workbook(client.get(address("area_xlsx", 6)))
    assert list(area) == ["指标", "举措", "图表数据", "说明"]
    assert area["举措"][1][1] == measure.name


def test_charts_are_excel_s_own_and_hold_the_numbers_of_the_screen(client, indicator, leader):
    client.force_login(leader)
    content = client.get(address("indicator_xlsx", indicator.code)).content
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        charts = [parts.read(name).decode() for name in parts.namelist() if "charts/chart" in name]
    assert len(charts) >= 1
    assert "<c:lineChart>" in charts[0]
    rows = workbook(client.get(address("indicator_xlsx", indicator.code)))["图表数据"]
    assert rows[0][:3] == [indicator.name, indicator.name, "目标 54%"]
    assert rows[1][:1] == ["第一季度"]
    assert (rows[2][1], rows[2][2]) == (pytest.approx(0.5396), 0.54)


def test_a_hidden_number_is_in_no_chart(client, small_indicator, stranger_office):
    client.force_login(stranger_office)
    assert "图表数据" not in workbook(client.get(address("indicator_xlsx", small_indicator.code)))


def test_the_csv_opens_in_a_spreadsheet(client, indicator, leader):
    client.force_login(leader)
    response = client.get(address("indicator_csv", indicator.code))
    assert response.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    second = dict(zip(rows[0], rows[2], strict=True))
    assert (second["数值"], second["分子"], second["到位率"], second["状态"]) == (
        "54.0%",
        "5396",
        "90%",
        "■ 滞后",
    )


def test_the_csv_of_the_overview_and_of_an_area(client, indicator, measure, leader):
    client.force_login(leader)
    for name, arguments in (("overview_csv", []), ("area_csv", [6])):
        sheets = workbook(client.get(address(name.replace("csv", "xlsx"), *arguments)))
        response = client.get(address(name, *arguments))
        assert response.content.startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
        first_sheet = next(iter(sheets.values()))
        assert (rows[0], len(rows)) == (first_sheet[0], len(first_sheet))


def test_a_hostile_name_stays_a_name(client, indicator, leader):
    indicator.lead_office.name = '=HYPERLINK("http://example.com","点我")'
    indicator.lead_office.save()
    client.force_login(leader)
    rows = workbook(client.get(address("overview_xlsx")))["指标"]
    assert rows[1][2] == indicator.lead_office.name


def test_exports_hide_what_the_screen_hides(client, small_indicator, stranger_office):
    client.force_login(stranger_office)
    rows = workbook(client.get(address("indicator_xlsx", small_indicator.code)))["四个季度"]
    second = dict(zip(rows[0], rows[2], strict=True))
    hidden = "人数过少，不予显示"
    assert (second["数值"], second["分子"], second["分母"]) == (hidden, hidden, hidden)
    assert second["状态"] == f"▨ {hidden}"


@pytest.mark.parametrize("role", Role.values)
def test_who_may_export(client, indicator, measure, role):
    school = role in (Role.REPORTER, Role.PRINCIPAL)
    organisation = SchoolFactory() if school else OfficeFactory() if role == Role.OFFICE else None
    client.force_login(UserFactory(role=role, organisation=organisation))
    for target in (
        address("overview_xlsx"),
        address("overview_csv"),
        address("area_xlsx", 6),
        address("area_csv", 6),
        address("indicator_xlsx", indicator.code),
        address("indicator_csv", indicator.code),
    ):
        assert client.get(target).status_code == (403 if school else 200)


def test_an_unknown_table_is_not_found(client, indicator, leader):
    client.force_login(leader)
    assert client.get(address("indicator_csv", indicator.code) + "&table=nothing").status_code == 404
