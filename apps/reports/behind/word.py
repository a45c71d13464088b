"""A circular on paper, in the form of an official document; Chinese, whatever the reader's language."""

from __future__ import annotations

import datetime as dt

from apps.reports.behind.models import Circular
from apps.reports.behind.titles import circular_title, circular_words
from apps.reports.paper.document import Paper, Properties

ADDRESSEE = "局机关各股室："
NUMERALS = "一二三四五六七八九十"


def circular_docx(circular: Circular) -> bytes:
    """Return the Word file; the same circular gives the same bytes."""
    title = circular_title(circular)
    issued = dt.datetime.combine(circular.issued_on, dt.time(), tzinfo=dt.UTC)
    paper = Paper(Properties(title=title, author=circular.plan.publisher, created=issued))
    paper.title(circular_words(circular))
    paper.paragraph(ADDRESSEE, style="Addressee")
    paper.paragraph(circular.body["sentence"])
    paper.heading(1, "一、滞后和有风险的事项")
    for place, office in enumerate(circular.body["offices"], start=1):
        paper.heading(2, f"（{numeral(place)}）{office['name']}")
        for number, lines in enumerate(office["findings"], start=1):
            paper.paragraph(f"{number}.{''.join(lines)}")
    paper.heading(1, "二、工作要求")
    for line in circular.demand.splitlines():
        if line.strip():
            paper.paragraph(line.strip())
    paper.signature(circular.plan.publisher, circular.issued_on)
    return paper.content()


def numeral(number: int) -> str:
    """Return 1 to 99 in Chinese."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{NUMERALS[tens - 1]}十"
    return head + (NUMERALS[ones - 1] if ones else "")
