"""What the bureau writes itself into a report: kept as it is, its figures marked as the author's own."""

from __future__ import annotations

from apps.reports.progress.blocks import Block, OwnWords, Plain
from apps.reports.prose.own_numbers import numbers_in

MARK = "（本部分为编制单位撰写，其中的数字由编制单位负责。）"


def blocks(text: str) -> list[Block]:
    """Return the paragraphs of a text; figures in it are marked as the author's."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    found: list[Block] = [OwnWords(line) for line in lines]
    return [*found, Plain(MARK, "Note")] if any(numbers_in(line) for line in lines) else found
