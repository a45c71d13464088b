"""Evidence files of the demonstration: one-page PDFs of a few hundred bytes, the same bytes every time."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable

from django.core.files.base import ContentFile

from apps.collection.models import Evidence, Submission
from apps.core.kept import TextCheck
from apps.demo.saving import stated_times

EVERY = 9
CONTENT_TYPE = "application/pdf"


def evidence_attach(submissions: Iterable[Submission]) -> None:
    """Attach a file to every ninth return that was handed in, as if it had been added just before."""
    handed_in = [submission for submission in submissions if submission.submitted_at is not None]
    with stated_times():
        Evidence.objects.bulk_create(_evidence(submission) for submission in handed_in[::EVERY])


def _evidence(submission: Submission) -> Evidence:
    organisation, period = submission.organisation, submission.period
    content = tiny_pdf(["Demonstration data", organisation.name_en, f"{period.plan.year} Q{period.quarter}"])
    digest = hashlib.sha256(content).hexdigest()
    evidence = Evidence(
        submission=submission,
        original_name=f"示例佐证材料-{organisation.code}-第{period.quarter}季度.pdf",
        content_type=CONTENT_TYPE,
        text_check=TextCheck.ALL,
        size=len(content),
        sha256=digest,
        uploaded_by=submission.started_by,
        uploaded_at=submission.started_at + dt.timedelta(minutes=8),
    )
    evidence.file.save(f"{digest[:32]}.pdf", ContentFile(content), save=False)
    return evidence


def tiny_pdf(lines: list[str]) -> bytes:
    """Return a valid one-page PDF with `lines` (ASCII) in the standard font."""
    text = "BT /F1 14 Tf 72 760 Td 20 TL " + " ".join(f"({_escaped(line)}) Tj T*" for line in lines) + " ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        " /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        f"<< /Length {len(text)} >>\nstream\n{text}\nendstream",
    ]
    body, offsets = "%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    trailer = f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return f"{body}xref\n0 {size}\n0000000000 65535 f \n{table}{trailer}".encode("ascii")


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
