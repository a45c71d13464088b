"""The burden of a plan's forms as a table: from the database, in words, as text or CSV."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from apps.collection.burden import Line, Use
from apps.organisations.enums import SchoolType, Stage
from apps.plans.enums import Reporter, Tier
from apps.plans.models import AnnualPlan, IndicatorElement


def uses_of_plan(plan: AnnualPlan) -> list[Use]:
    """Return every school fact of every indicator, once for each part it stands in (1 query)."""
    links = IndicatorElement.objects.filter(indicator__plan=plan, element__reporter=Reporter.SCHOOL)
    return [
        use
        for link in links.select_related("indicator", "element").order_by("indicator__position", "element")
        for use in [_use(link)] * (link.in_numerator + link.in_denominator)
    ]


def _use(link: IndicatorElement) -> Use:
    indicator = link.indicator
    return Use(
        indicator=indicator.code,
        element=link.element.code,
        per_stage=link.element.per_stage,
        tier=indicator.tier,
        due_quarters=tuple(indicator.due_quarters),
        applies_to=tuple(indicator.applies_to),
        stages=tuple(indicator.stages),
    )


def rows_of(lines: Iterable[Line]) -> list[list[str]]:
    """Return the table's rows in the reader's language, headings first."""
    tiers = [Tier(value).label for value in Tier.values]
    steps = [str(tiers[0]), *(f"+{label}" for label in tiers[1:])]
    before = [_("unshared: %(tier)s") % {"tier": step} for step in steps]
    headings = [_("type of school"), _("stage"), _("quarter"), *steps, *before]
    return [headings, *(_row(line) for line in lines)]


def _row(line: Line) -> list[str]:
    stage = str(Stage(line.stage).label) if line.stage else _("whole form")
    numbers = [line.asked[tier] for tier in Tier.values] + [line.unshared[tier] for tier in Tier.values]
    return [str(SchoolType(line.school_type).label), stage, str(line.quarter), *map(str, numbers)]


def as_csv(rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def as_text(rows: Sequence[Sequence[str]]) -> str:
    """Return the rows in columns, a Chinese character taking two places; numbers stand right."""
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(_padded(cell, width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    lines.insert(1, "  ".join("─" * width for width in widths))
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _padded(cell: str, width: int) -> str:
    blank = " " * (width - _width(cell))
    return blank + cell if cell.isdigit() else cell + blank


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
