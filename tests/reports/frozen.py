"""What a release of the seeded district holds, read once a process, and ways to spoil it for a test."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

from apps.plans.models import AnnualPlan
from apps.reports.releases.audience import Audience
from apps.reports.releases.content import content_of
from apps.reports.releases.edition import Edition, edition_of_content
from tests.support import districts

QUARTER = 4
EVERYBODY = Audience(sees_all=True)
# As a plan, an import or an angry clerk might name things.
EVIL = "=cmd|' /C calc'!A0"
NAMES = (EVIL, "<b>&amp;</b>", "'[引号]:*?/\\'", "很长的名称" * 22, "+SUM(A1:A9)", "@重名", "@重名")


@cache
def _content() -> dict[str, Any]:
    with districts.district("complete"):
        plan = AnnualPlan.objects.select_related("region", "policy").get(year=2025)
        return content_of(plan, quarter=QUARTER, version=1)


def content() -> dict[str, Any]:
    """Return a copy that a test may spoil (the first call needs an unblocked database)."""
    return copy.deepcopy(_content())


def edition(data: dict[str, Any], audience: Audience = EVERYBODY) -> Edition:
    return edition_of_content(data, audience)


def renamed(data: dict[str, Any]) -> dict[str, Any]:
    """Give areas, indicators, offices, schools, measures and elements names that attack or annoy."""
    for table in ("areas", "indicators", "offices", "schools", "measures", "elements"):
        for place, row in enumerate(data[table]):
            name = NAMES[place % len(NAMES)]
            row["name"] = row["name_en"] = name
    for row in data["indicators"]:
        row["source_quote"] = row["notes"] = row["numerator_label"] = EVIL
    for row in data["areas"]:
        row["text"] = EVIL
    data["plan"]["title"] = data["plan"]["publisher"] = EVIL
    return data


def with_small_cell(data: dict[str, Any]) -> tuple[dict[str, Any], str, list[str]]:
    """Make a sensitive indicator's figure small; return its code and how its numbers could be written."""
    row = next(row for row in data["indicators"] if row["privacy"] == "small_cell" and row["denominator"])
    own = [one for one in data["results"] if one["indicator_id"] == row["id"] and one["slice_kind"] == "all"]
    keys = {one["id"] for one in own}
    for one in own:
        one["numerator"], one["denominator"] = "3.1379", "200.0000"
    for judgement in data["judgements"]:
        if judgement["result_id"] in keys:
            judgement["value"] = "1.56895000"
    return data, row["code"], ["3.1379", "1.56895", "0.0156895"]
