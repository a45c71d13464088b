"""The parts of the import's benchmark: the workbook, the floor, the product, and row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.clockwork import Work, measured
from benchmarks.rollup import backend

STAGED = "code text, element text, stage text, value text, absent text, note text"
FLOOR = """INSERT INTO collection_datavalue (submission_id, element_id, stage, number, text, not_applicable,
    reason, typed, source, is_open, version, updated_by_id, updated_at, accepted_text,
    accepted_not_applicable)
SELECT s.id, e.id, coalesce(t.stage, 'whole'),
    CASE f.value WHEN '是' THEN 1 WHEN '否' THEN 0 WHEN '' THEN NULL ELSE f.value::numeric END,
    '', f.absent = '是', f.note, '', '', FALSE, 1, %(by)s, now(), '', FALSE
FROM staged f JOIN organisations_organisation o ON o.code = f.code
JOIN plans_dataelement e ON e.code = f.element
JOIN collection_submission s ON s.organisation_id = o.id AND s.period_id = %(period)s
LEFT JOIN unnest(%(values)s::text[], %(words)s::text[]) t(stage, word) ON t.word = f.stage
ON CONFLICT (submission_id, element_id, stage) DO UPDATE SET number = excluded.number,
    not_applicable = excluded.not_applicable, reason = excluded.reason,
    version = collection_datavalue.version + 1"""
RETURNS = """INSERT INTO collection_submission (period_id, organisation_id, status, version, started_by_id,
    started_at, remark)
SELECT DISTINCT %(period)s::bigint, o.id, 'draft', 0, %(by)s::bigint, now(), ''
FROM staged f JOIN organisations_organisation o ON o.code = f.code"""


def told(work: Work, **more: object) -> dict[str, Any]:
    return {"wall": work.wall, "processor": work.processor, **more}


def memory(name: str) -> int:
    """Return VmRSS or VmHWM of this process in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith(name))


def forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def stage_words() -> dict[str, str]:
    from apps.core.exchanging.widgets import Choice
    from apps.organisations.enums import Stage

    return Choice(Stage).words()


def period_and_admin() -> tuple[Any, Any]:
    from apps.accounts.models import User
    from apps.collection.models import Period

    return Period.objects.get(quarter=4), User.objects.get(username="admin")


@contextmanager
def acting(user: Any) -> Iterator[None]:
    """What a request's middleware says of it to the audit."""
    import pghistory

    with pghistory.context(user=user.pk, url="/bench/", address="127.0.0.1", request="benchmark"):
        yield


def workbook(path: Path, options: Any) -> dict[str, Any]:
    """Write the product's own template, filled: one row for each fact of one school after the other."""
    import xlsxwriter

    from apps.collection.importing.drafts import HEADINGS
    from apps.collection.models import Assignment

    period, _admin = period_and_admin()
    owed = Assignment.objects.filter(period=period, organisation__kind="school").order_by(
        "organisation", "pk"
    )
    luck, words = Random("figures"), stage_words()  # no secret  # nosec B311
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet("数据")
    sheet.write_row(0, 0, HEADINGS)
    for number, row in enumerate(owed.select_related("organisation", "element")[: options.values], 1):
        stage = "" if row.stage == "whole" else words[row.stage]
        sheet.write_row(
            number, 0, [row.organisation.code, row.element.code, stage, *_figure(row.element, luck)]
        )
    book.close()
    assert number == options.values, number
    return {"bytes": path.stat().st_size}


def _figure(element: Any, luck: Random) -> tuple[object, str, str]:
    """One figure in a hundred does not apply, one in thirty has a note."""
    if luck.random() < 0.01:
        return "", "是", "示例：没有此类学生"
    note = "示例：比上季度增加" if luck.random() < 0.03 else ""
    if element.choices:
        return str(luck.choice(element.choices)["value"]), "", note
    if element.value_type == "boolean":
        return luck.choice(["是", "否"]), "", note
    least = float(element.minimum or 0)
    most = min(float(element.maximum), 4000) if element.maximum is not None else 4000
    figure = luck.uniform(least, most)
    return (int(figure) if element.value_type == "integer" else round(figure, element.decimals)), "", note


def _cells(path: Path) -> list[list[Any]]:
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_filelike(path.open("rb"))
    return book.get_sheet_by_index(0).to_python()[1:]


def floor(path: Path, options: Any) -> dict[str, Any]:
    """Read, stage and write without looking at anything."""
    from django.db import connection, transaction

    from apps.collection.services.storing import Lines

    period, admin = period_and_admin()
    pid, words = backend(), stage_words()
    given = {"by": admin.pk, "period": period.pk, "values": list(words), "words": list(words.values())}
    forget_peak()
    with measured(pid) as parse:
        rows = _cells(path)
    with measured(pid) as insert, acting(admin), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE staged ({STAGED}) ON COMMIT DROP")
        cursor.copy_expert(
            "COPY staged FROM STDIN", Lines("\t".join(map(str, row)) + "\n" for row in rows), 65536
        )
        cursor.execute("ANALYZE staged")
        cursor.execute(RETURNS, given)
        cursor.execute(FLOOR, given)
    _check(options.values)
    work = Work(parse.wall + insert.wall, parse.processor + insert.processor)
    return told(work, parse=parse.processor, insert=insert.processor, most=memory("VmHWM"))


def product(path: Path, options: Any) -> dict[str, Any]:
    """Choose the file, look, confirm: the administrator's pages, without a socket between."""
    from django.conf import settings
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.test import Client
    from django.urls import reverse

    _period, admin = period_and_admin()
    settings.SECOND_STEP_FOR_ADMINISTRATORS = False  # nobody here has a telephone for the codes
    client, content = Client(), path.read_bytes()
    client.force_login(admin)
    address = reverse("reports:exchange_upload", args=["values"])
    client.get(address)
    pid, steps = backend(), {}
    before = memory("VmRSS")
    forget_peak()
    with measured(pid) as steps["read"]:
        answer = client.post(address, {"file": SimpleUploadedFile("数据.xlsx", content), "quarter": 4})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    preview = answer["Location"]
    with measured(pid) as steps["look"]:
        page = client.get(preview)
    fingerprint = page.content.decode().partition('name="fingerprint" value="')[2].partition('"')[0]
    with measured(pid) as steps["confirm"]:
        answer = client.post(preview, {"fingerprint": fingerprint})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    assert backend() == pid, "the connection was another one"
    _check(options.values)
    _check_actor(admin)
    work = Work(*(sum(getattr(one, name) for one in steps.values()) for name in ("wall", "processor")))
    return told(
        work,
        steps={name: told(one) for name, one in steps.items()},
        megabytes=len(content) / 2**20,
        before=before,
        most=memory("VmHWM"),
    )


def _check(count: int) -> None:
    """Everything is there, and every row has its event with the actor."""
    from django.apps import apps

    from apps.collection.models import DataValue

    DataValueHistory = apps.get_model("collection", "DataValueHistory")
    stored = DataValue.objects.filter(submission__period__quarter=4, submission__status="draft")
    events = DataValueHistory.objects.filter(pgh_label="insert", pgh_context__metadata__has_key="user")
    assert (stored.count(), events.count()) == (count, count), (stored.count(), events.count())


def _check_actor(admin: Any) -> None:
    from django.apps import apps

    DataValueHistory = apps.get_model("collection", "DataValueHistory")
    events = DataValueHistory.objects.filter(pgh_context__metadata__has_key="user")
    (told_,) = events.values_list("pgh_context__metadata", flat=True).distinct()
    assert told_["user"] == admin.pk
    assert all(told_[name] for name in ("address", "request")), told_


def row_by_row(path: Path, options: Any) -> dict[str, Any]:
    """The default of django-import-export: find the row, compare, save; first as a trial, then in earnest."""
    import tablib
    from import_export import fields, resources, widgets

    from apps.collection.models import DataValue, Submission
    from apps.plans.models import DataElement

    period, admin = period_and_admin()

    class FromOrganisation(widgets.ForeignKeyWidget):
        def get_queryset(self, value: Any, row: Any, *args: Any, **kwargs: Any) -> Any:
            return Submission.objects.filter(period=period)

    class Values(resources.ModelResource):
        submission = fields.Field(
            "submission", "submission", FromOrganisation(Submission, "organisation__code")
        )
        element = fields.Field("element", "element", widgets.ForeignKeyWidget(DataElement, "code"))

        class Meta:
            model = DataValue
            import_id_fields = ("submission", "element", "stage")
            fields = ("submission", "element", "stage", "number", "not_applicable", "reason")

        def before_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
            instance.updated_by = admin

    with acting(admin):
        _begin_all(period, admin)
    rows = [_plain(row) for row in _cells(path)[: options.rows]]
    dataset = tablib.Dataset(*rows, headers=list(Values._meta.fields))
    with measured(backend()) as work, acting(admin):
        for dry_run in (True, False):
            result = Values().import_data(dataset, dry_run=dry_run, raise_errors=True)
            assert result.totals["new"] == options.rows, result.totals
    return told(work)


def _begin_all(period: Any, admin: Any) -> None:
    from apps.collection.models import Submission
    from apps.organisations.models import Organisation

    schools = Organisation.objects.schools()
    Submission.objects.bulk_create(
        Submission(period=period, organisation=school, started_by=admin) for school in schools
    )


def _plain(row: list[Any]) -> list[Any]:
    """A row as that resource wants it: it knows no words for stages and answers."""
    code, element, stage, value, absent, note = row
    stages = {word: value_ for value_, word in stage_words().items()}
    number = {"是": 1, "否": 0}.get(value, value)
    return [code, element, stages.get(stage, "whole"), number, int(absent == "是"), note]


PARTS: dict[str, Callable[[Path, Any], dict[str, Any]]] = {
    "workbook": workbook,
    "floor": floor,
    "product": product,
    "row_by_row": row_by_row,
}
