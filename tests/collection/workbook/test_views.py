"""The workbook of a form through the browser: down, filled in, looked at, taken, back with its errors."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from apps.collection.models import DataValue, Submission, WorkbookUpload
from apps.collection.workbook import columns as col
from apps.collection.workbook.identity import read_identity
from apps.collection.workbook.reading import read_form_file
from apps.core.exchanging.grids import grids_of
from apps.core.models import BusinessClock
from tests.collection.workbook.tables import xlsx
from tests.support.returns import IN_QUARTER_2, QUARTER_1, accept_all, submit, write

URL = "/collection/2025/2/workbook/"
HEAD = ["数据项", "学段", "本期填报", "不适用", "说明"]


@pytest.fixture(autouse=True)
def _date(db):
    BusinessClock.objects.create(fixed_date=IN_QUARTER_2)


@pytest.fixture
def client(district):
    client = Client()
    client.force_login(district.reporter)
    return client


def choose(client, content, name="填报表.xlsx"):
    return client.post(URL, {"file": SimpleUploadedFile(name, content)}, follow=True)


def confirm(client, page):
    sent = {"fingerprint": page.context["proposal"].fingerprint}
    return client.post(page.request["PATH_INFO"], sent, follow=True)


def download(client, address="/collection/2025/2/workbook.xlsx"):
    response = client.get(address)
    assert response.status_code == 200
    return response.content


def numbers():
    return {value.element.code: value.number for value in DataValue.objects.select_related("element")}


def filled(content, **figures):
    """Return a downloaded workbook as a person would fill it in: the same rows, figures by code."""
    file = read_form_file(content)
    head = [col.NAME, col.STAGE, col.INPUT, col.ABSENT, col.NOTE, col.KEY, col.BASE]
    rows = []
    for row in file.rows:
        code = row.text(col.KEY).partition("|")[0]
        cells = [row.text(column) for column in head]
        rows.append(
            [
                figures.get(code, cell) if column == col.INPUT else cell
                for column, cell in zip(head, cells, strict=True)
            ]
        )
    return xlsx([head, *rows], identity=file.identity)


def test_what_was_downloaded_changes_nothing(client, district):
    write(district, 2, {"pupils": "900", "certified": "60"})
    page = choose(client, download(client))
    proposal = page.context["proposal"]
    assert (proposal.n_new, proposal.n_changed, proposal.n_same, proposal.n_wrong) == (0, 0, 2, 0)
    assert (page.context["look"].notices, page.context["look"].can_be_taken) == ([], False)


def test_the_workbook_says_what_it_is_and_is_locked_but_for_its_cells(client, district):
    accept_all(district, submit(district, 1, QUARTER_1))
    write(district, 2, {"pupils": "910"})
    content = download(client)
    grids = grids_of(content)
    identity = read_identity(grids)
    assert (identity.organisation, identity.year, identity.quarter, identity.version) == (
        district.school.code,
        2025,
        2,
        1,
    )
    lines = {line[1]: line for line in grids[1].lines if len(line) > 9}
    places = {heading: place for place, heading in enumerate(lines["数据项"])}
    pupils = lines["在校学生数"]
    assert [pupils[places[name]] for name in ("计量单位", "本期填报", "上次审核通过")] == ["人", "910", "900"]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet2.xml").decode()
        book = archive.read("xl/workbook.xml").decode()
        styles = archive.read("xl/styles.xml").decode()
    assert "<sheetProtection " in sheet
    assert sheet.count("<dataValidation ") == 2 * len(
        [line for line in grids[1].lines if "|" in line[-2:][0]]
    )
    assert 'locked="0"' in styles
    assert 'state="veryHidden"' in book
    assert "lusong_form" in book
    assert 'orientation="landscape"' in sheet


def test_right_figures_are_saved_and_wrong_ones_named_and_given_back(client, district):
    write(district, 2, {"pupils": "900"})
    page = choose(client, filled(download(client), pupils="910", certified="约60", visits="２５"))
    assert page.context["proposal"].n_wrong == 1
    text = page.content.decode()
    assert "“约60”不是准确数字" in text
    returned = download(client, page.request["PATH_INFO"] + "errors.xlsx")
    row = next(row for row in read_form_file(returned).rows if row.name == "持证教师数")
    grid = grids_of(returned)[1]
    assert row.text(col.INPUT) == "约60"
    assert "“约60”不是准确数字" in grid.text(row.number - 1, 5)
    assert [row.text(col.INPUT) for row in read_form_file(returned).rows if row.name == "家访次数"] == [
        "２５"
    ]
    page = confirm(client, page)
    assert numbers() == {"pupils": 910, "visits": 25}
    upload = WorkbookUpload.objects.get()
    assert (upload.n_saved, upload.n_refused, upload.uploaded_by) == (2, 1, district.reporter)


def test_the_returned_workbook_can_be_corrected_and_taken(client, district):
    page = choose(client, filled(download(client), pupils="910", certified="约60"))
    returned = download(client, page.request["PATH_INFO"] + "errors.xlsx")
    confirm(client, page)
    page = choose(client, filled(returned, certified="60"))
    assert (page.context["proposal"].n_new, page.context["proposal"].n_same) == (1, 1)
    confirm(client, page)
    assert numbers() == {"pupils": 910, "certified": 60}


def test_the_same_file_twice_says_so_and_changes_nothing(client, district):
    content = xlsx([HEAD, ["在校学生数", "", 900]])
    confirm(client, choose(client, content))
    write(district, 2, {"pupils": "950"})
    page = choose(client, content)
    assert "这个文件已由" in page.content.decode()
    assert not page.context["look"].can_be_taken
    assert confirm(client, page).status_code == 409
    assert (numbers(), WorkbookUpload.objects.count()) == ({"pupils": 950}, 1)


def test_a_change_in_between_is_shown_before_it_is_taken(client, district):
    page = choose(client, xlsx([HEAD, ["在校学生数", "", 900]]))
    write(district, 2, {"pupils": "950"})
    page = confirm(client, page)
    assert (page.status_code, numbers()) == (409, {"pupils": 950})
    confirm(client, page)
    assert numbers() == {"pupils": 900}


def test_a_submitted_return_is_not_touched(client, district):
    submit(district, 2)
    before = numbers()
    page = choose(client, xlsx([HEAD, ["在校学生数", "", 5]]))
    assert [line.problem.code for line in page.context["proposal"].wrong] == ["not_open"]
    assert (confirm(client, page).status_code, numbers()) == (409, before)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xlsx", b""),
        ("a.xlsx", b"PK\x03\x04broken"),
        ("a.xlsx", b"%PDF-1.7\x00"),
        ("a.csv", "数据项\n甲\n".encode()),
        ("a.csv", b"\xff\xff\xff\xff"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
    ],
)
def test_what_cannot_be_read_is_refused_beside_the_field(client, district, name, content):
    page = choose(client, content, name)
    assert page.status_code == 422
    assert page.context["error"]
    assert Submission.objects.count() == 0


def test_a_kept_file_is_for_one_person_and_form(client, district):
    page = choose(client, xlsx([HEAD, ["在校学生数", "", 900]]))
    token = page.context["token"]
    other = Client()
    other.force_login(district.principal)
    for who, quarter in ((other, 2), (client, 1)):
        address = reverse("collection:workbook_preview", args=[2025, quarter, token])
        assert who.get(address).status_code == 302


def test_an_export_runs_no_formula(client, district):
    write(district, 2, {"pupils": "900"})
    DataValue.objects.update(reason='=HYPERLINK("http://x","y")')
    content = download(client)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = "".join(archive.read(name).decode() for name in archive.namelist() if "worksheets/" in name)
    assert "<f>" not in sheets
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(1).to_python()
    assert any('=HYPERLINK("http://x","y")' in row for row in rows)


@pytest.mark.parametrize("facts", [1, 3])
def test_the_look_takes_the_same_queries_for_more(client, district, facts, django_assert_max_num_queries):
    rows = [["在校学生数", "", 900], ["持证教师数", "", 60], ["家访次数", "", 5]][:facts]
    address = choose(client, xlsx([HEAD, *rows])).request["PATH_INFO"]
    with django_assert_max_num_queries(10) as queries:
        client.get(address)
    assert len(queries) == 10
