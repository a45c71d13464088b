"""Files as people choose them, and what the pages say of them."""

import csv
import io

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.plans.models import Measure


def csv_of(headings, *rows, encoding="utf-8-sig"):
    out = io.StringIO(newline="")
    csv.writer(out).writerows([headings, *rows])
    return out.getvalue().encode(encoding)


def xlsx_of(headings, *rows):
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet()
    for number, row in enumerate([headings, *rows]):
        sheet.write_row(number, 0, row)
    book.close()
    return buffer.getvalue()


def look(client, key, content, **data):
    """Choose a file and return the page that shows what it would do."""
    upload = SimpleUploadedFile("表.csv", content)
    return client.post(reverse("reports:exchange_upload", args=[key]), {"file": upload, **data}, follow=True)


def take(client, page):
    """Confirm what a preview shows."""
    address = page.redirect_chain[-1][0]
    sent = {"fingerprint": page.context["outcome"].fingerprint}
    return client.post(address, sent, follow=True)


def counts(page):
    outcome = page.context["outcome"]
    return outcome.n_new, outcome.n_changed, outcome.n_unchanged, outcome.n_wrong


def errors(page):
    return [(e.cell, e.heading, e.message) for row in page.context["outcome"].rows for e in row.errors]


def exported(client, key):
    content = client.get(reverse("reports:exchange_csv", args=[key])).content
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def measure(district, **fields):
    number = Measure.objects.count()
    return Measure.objects.create(
        area=district.indicators["teachers"].area,
        code=f"M{number}",
        name=f"示例举措{number}",
        name_en="measure",
        source_quote="示例",
        quote_start=0,
        quote_end=2,
        lead_office=district.staff,
        **fields,
    )
