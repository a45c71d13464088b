"""Files of a return through the browser: several at once, refusals that say where, downloads and previews."""

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps.collection.evidence.kinds import EXTENSIONS
from apps.collection.evidence.names import clean_name
from apps.collection.models import Evidence
from apps.collection.rules.kept import kept_rules
from apps.collection.services import evidence_add
from apps.core.models import BusinessClock
from apps.demo.evidence import tiny_pdf
from apps.plans.models import DataElement
from apps.reviews.services import FactReturn, review_return
from tests.collection.evidence import test_kinds
from tests.factories import SchoolFactory, UserFactory
from tests.support import files
from tests.support.returns import IN_QUARTER_2, QUARTER_2, review_of, submit, write


@pytest.fixture(autouse=True)
def _here(db, settings, tmp_path):
    BusinessClock.objects.create(fixed_date=IN_QUARTER_2)
    settings.MEDIA_ROOT = tmp_path


def browser(user):
    client = Client()
    client.force_login(user)
    return client


URL = "/collection/2025/2/evidence/"
AS_SCRIPT = {"HTTP_X_REQUESTED_WITH": "fetch"}


def send(district, *uploads, **data):
    sent = [SimpleUploadedFile(name, content) for name, content in uploads]
    return browser(district.reporter).post(URL, {"file": sent, **data}, **AS_SCRIPT).content.decode()


def stored(tmp_path):
    return sorted(path.name for path in tmp_path.rglob("*") if path.is_file())


def test_one_refused_file_stops_no_other(district, tmp_path):
    page = send(
        district,
        ("汇总.pdf", files.PDF),
        ("名单.xlsx", files.xlsx({"B7": files.IDENTITY})),
        ("照片.png", files.png()),
        ("网页.pdf", b"<html>"),
    )
    assert list(Evidence.objects.values_list("original_name", flat=True)) == ["汇总.pdf", "照片.png"]
    assert "“名单.xlsx”中有 1 处身份证号或手机号：表!B7 (110*************2X)。" in page
    assert files.IDENTITY not in page
    assert "“网页.pdf”不是可以接收的文件类型" in page
    assert len(stored(tmp_path)) == 2


def test_the_stored_name_says_nothing_and_the_shown_one_is_people_s(district, tmp_path):
    send(district, ("..\\..\\etc/第一季度\u202efdp.exe", files.PDF))
    evidence = Evidence.objects.get()
    assert evidence.original_name == "第一季度fdp.exe.pdf"
    assert stored(tmp_path)[0].removesuffix(".pdf") not in (evidence.sha256, evidence.sha256[:32])
    assert len(stored(tmp_path)[0]) == 36


@pytest.mark.parametrize(
    ("name", "kind", "shown"),
    [
        ("../../etc/passwd", "application/pdf", "passwd.pdf"),
        ("C:\\tmp\\报告.PDF", "application/pdf", "报告.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "application/pdf", "aSet-Cookie_ x.pdf"),
        (".htaccess", "text/plain", "htaccess.txt"),
        ("照片.jpeg", "image/jpeg", "照片.jpeg"),
        ("表.xlsm", "image/png", "表.xlsm.png"),
        ("", "image/png", "file.png"),
        ("长" * 300 + ".pdf", "application/pdf", "长" * 150 + ".pdf"),
    ],
)
def test_names(name, kind, shown):
    assert clean_name(name, kind) == shown


def test_the_same_file_twice_is_kept_once_and_said(district):
    send(district, ("汇总.pdf", files.PDF))
    page = send(district, ("再来.pdf", files.PDF))
    assert (Evidence.objects.count(), "与已上传的“汇总.pdf”是同一个文件" in page) == (1, True)


def test_size_and_number_are_limited(district, settings, monkeypatch):
    monkeypatch.setattr("apps.collection.services.evidence.MOST_FILES", 1)
    settings.EVIDENCE_LARGEST = 1 << 20
    page = send(
        district,
        ("大.txt", b"a" * (1 << 20) + b"a"),
        ("空.txt", b""),
        ("一.txt", "一".encode()),
        ("二.txt", "二".encode()),
    )
    assert "“大.txt”超过 1 MB" in page
    assert "“空.txt”是空文件" in page
    assert "“二.txt”未接收" in page
    assert Evidence.objects.count() == 1


def test_a_row_that_cannot_be_written_leaves_no_file(district, tmp_path, monkeypatch):
    def refuse(self, *args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(Evidence, "save", refuse)
    with pytest.raises(RuntimeError):
        send(district, ("汇总.pdf", files.PDF))
    assert stored(tmp_path) == []


def test_without_scripts_the_form_takes_several_files_and_what_was_typed(district):
    element = district.elements["pupils"]
    data = {
        "version": "",
        "action": "save",
        f"f-{element.pk}-whole": "900",
        "file": [SimpleUploadedFile("a.pdf", files.PDF), SimpleUploadedFile("b.png", files.png())],
    }
    page = browser(district.reporter).post("/collection/2025/2/", data, follow=True).content.decode()
    assert Evidence.objects.count() == 2
    assert 'value="900"' in page


def test_a_file_is_removed_by_the_script_s_way(district, tmp_path, django_capture_on_commit_callbacks):
    send(district, ("汇总.pdf", files.PDF))
    with django_capture_on_commit_callbacks(execute=True):
        page = send(district, remove=str(Evidence.objects.get().pk))
    assert (Evidence.objects.count(), stored(tmp_path), "已删除“汇总.pdf”。" in page) == (0, [], True)


def test_a_submitted_file_stays(district):
    send(district, ("汇总.pdf", files.PDF))
    submit(district, 2)
    send(district, remove=str(Evidence.objects.get().pk))
    send(district, ("新.png", files.png()))
    assert list(Evidence.objects.values_list("original_name", flat=True)) == ["汇总.pdf"]


def test_a_submitted_file_that_names_people_can_be_erased_once_the_return_comes_back(
    district, tmp_path, django_capture_on_commit_callbacks
):
    send(district, ("照片.png", files.png()))
    submission = submit(district, 2)
    fact = FactReturn(district.elements["placed"].pk, "whole", "personal_data")
    review_return(review=review_of(submission, district.health), returns=[fact], by=district.health_user)
    with django_capture_on_commit_callbacks(execute=True):
        page = send(district, remove=str(Evidence.objects.get().pk))
    kept = Evidence.objects.get()
    assert (kept.erased_by, kept.is_readable, stored(tmp_path)) == (district.reporter, False, [])
    assert "内容已由" in page
    assert "仅保留记录" in page
    address = reverse("collection:evidence", args=[kept.pk])
    assert browser(district.health_user).get(address).status_code == 404
    send(district, ("照片.png", files.png()))
    assert Evidence.objects.filter(erased_at=None).count() == 1


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("照片.png", files.png(), "图片内容无法自动检查"),
        ("扫描件.pdf", tiny_pdf([]), "图片内容无法自动检查"),
        (
            "附图.docx",
            files.docx("示例", extra={"word/media/image1.png": files.png()}),
            "文字内容已自动检查，其中的图片内容无法自动检查",
        ),
        ("汇总.pdf", files.PDF, ""),
    ],
)
def test_uploader_and_reviewer_are_told_what_no_program_could_check(district, name, content, said):
    page = send(district, (name, content))
    assert ("图片内容无法自动检查，请自行核对" in page) == bool(said)
    submission = submit(district, 2)
    review = review_of(submission, district.health)
    page = browser(district.health_user).get(reverse("reviews:review", args=[review.pk])).content.decode()
    assert (f'<div class="file__note">{said}' in page) == bool(said)
    assert "请以“含有个人信息”为由退回" in page


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("a.pdf", files.PDF, 200),
        ("a.png", files.png(), 200),
        ("a.jpg", files.JPEG, 200),
        ("a.xlsx", files.xlsx({"A1": 1}), 404),
    ],
)
def test_a_preview_runs_nothing(district, name, content, status):
    submission = write(district, 2, QUARTER_2)
    file = evidence_add(submission=submission, upload=SimpleUploadedFile(name, content), by=district.reporter)
    response = browser(district.reporter).get(reverse("collection:evidence_preview", args=[file.pk]))
    assert response.status_code == status
    if status == 200:
        assert response.getvalue() == content
        assert response["Content-Disposition"].startswith("inline")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"].startswith("default-src 'none'")
        assert response["Content-Security-Policy"].endswith("; sandbox")


def status(response):
    if response.streaming:
        response.getvalue()
    return response.status_code


def test_only_who_may_see_the_return_sees_its_files(district):
    send(district, ("汇总.pdf", files.PDF))
    submit(district, 2)
    people = {
        "own": district.reporter,
        "principal": district.principal,
        "reviewing office": district.health_user,
        "other office": district.finance_user,
        "leader": UserFactory(role="leader", region=district.plan.region),
        "other school": UserFactory(organisation=SchoolFactory(region=district.plan.region)),
    }
    pk = Evidence.objects.get().pk
    names = ("evidence", "evidence_preview")
    found = {
        who: [status(browser(user).get(reverse(f"collection:{name}", args=[pk]))) for name in names]
        for who, user in people.items()
    }
    allowed = {"own", "principal", "reviewing office"}
    assert found == {who: [200, 200] if who in allowed else [404, 404] for who in people}


def test_where_evidence_is_required_nothing_is_submitted_without_it(district):
    pupils = district.elements["pupils"]
    DataElement.objects.filter(pk=pupils.pk).update(evidence_required=True)
    submission = write(district, 2, QUARTER_2)
    data = {"version": submission.version, "action": "submit"}
    client = browser(district.reporter)
    page = client.post("/collection/2025/2/", data, follow=True).content.decode()
    assert "请先上传“在校学生数”的佐证材料" in page
    send(district, ("别的.png", files.png()))
    assert "以下数据项还需上传佐证材料" in client.get("/collection/2025/2/").content.decode()
    send(district, ("汇总.pdf", files.PDF), belongs=str(pupils.pk))
    client.post("/collection/2025/2/", data)
    submission.refresh_from_db()
    assert submission.status == "submitted"


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_files_takes_the_same_queries_for_more(district, count, django_assert_max_num_queries):
    write(district, 2, QUARTER_2)
    for number in range(count):
        send(district, (f"{number}.txt", f"示例{number}".encode()))
    client = browser(district.reporter)
    kept_rules()  # the process has read them, as nearly always
    with django_assert_max_num_queries(21) as queries:
        client.get("/collection/2025/2/")
    assert sum("collection_evidence" in query["sql"] for query in queries) == 1


def test_hostile_files_are_refused_one_by_one_and_nothing_of_them_stays(district, tmp_path):
    hostile = [content for content, kind in test_kinds.FILES.values() if kind not in EXTENSIONS]
    named = [(f"{number}.pdf", content) for number, content in enumerate(hostile)]
    most = settings.DATA_UPLOAD_MAX_NUMBER_FILES
    for batch in (named[start : start + most] for start in range(0, len(named), most)):
        assert send(district, *batch).count("file-outcome--refused") == len(batch)
    assert (Evidence.objects.count(), stored(tmp_path)) == (0, [])
