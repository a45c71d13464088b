from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from django.utils.translation import gettext as _

from apps.core.loading import Entry, Problems, read_entry_file, read_list_file
from apps.plans.enums import Accumulation, Privacy, Reporter, TargetSource, Tier, ValueType
from apps.plans.loading.reading_indicators import indicator
from apps.plans.loading.reading_rules import rule
from apps.plans.loading.records import (
    AreaRecord,
    ChoiceRecord,
    ElementRecord,
    FactRuleRecord,
    MeasureRecord,
    PlanBundle,
    PlanRecord,
)

UNKNOWN_DATE = dt.date(1900, 1, 1)


def read(path: Path, problems: Problems) -> PlanBundle:
    """Read the files of the plan in `path`; values of a wrong shape are added to `problems`."""
    return PlanBundle(
        plan=_plan(read_entry_file(path / "plan.yaml", problems)),
        text=_text(path / "text.txt", problems),
        areas=tuple(map(_area, read_list_file(path / "areas.yaml", problems, name=_number))),
        elements=tuple(map(_element, read_list_file(path / "elements.yaml", problems, name=_code))),
        fact_rules=tuple(
            map(_fact_rule, read_list_file(path / "fact_rules.yaml", problems, name=_left, required=False))
        ),
        rules=tuple(map(rule, read_list_file(path / "rules.yaml", problems, name=_kind, required=False))),
        indicators=tuple(map(indicator, read_list_file(path / "indicators.yaml", problems, name=_code))),
        measures=tuple(
            map(_measure, read_list_file(path / "measures.yaml", problems, name=_code, required=False))
        ),
    )


def _code(row: Mapping) -> object:
    return row.get("code")


def _number(row: Mapping) -> object:
    return row.get("number")


def _kind(row: Mapping) -> object:
    return row.get("kind")


def _left(row: Mapping) -> object:
    return row.get("left")


def _text(path: Path, problems: Problems) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        problems.add(path.name, _("there is no such file in %(folder)s.") % {"folder": path.parent})
    except UnicodeDecodeError:
        problems.add(path.name, _("the file is not written in UTF-8."))
    return ""


def _plan(entry: Entry) -> PlanRecord:
    policy = entry.entry("policy") or Entry({}, place=entry.place, problems=Problems())
    reasons = entry.entry("revision_reasons") or Entry({}, place=entry.place, problems=Problems())
    record = PlanRecord(
        place=entry.place,
        region=entry.text("region", limit=6),
        year=entry.integer("year") or 0,
        title=entry.text("title", limit=120),
        title_en=entry.text("title_en", limit=200),
        publisher=entry.text("publisher", limit=60),
        published_on=entry.date("published_on", required=True) or UNKNOWN_DATE,
        closing=entry.text("closing", limit=100, required=False),
        enabled_tiers=policy.choices("enabled_tiers", Tier, required=True),
        cross_review_office=policy.text("cross_review_office", limit=13),
        second_review_office=policy.text("second_review_office", limit=13),
        revision_reasons={
            source: reasons.text(source, limit=300)
            for source in (TargetSource.PLAN, TargetSource.PLAN_IMPLIED)
        },
    )
    for part in (entry, policy, reasons):
        part.finish()
    return record


def _area(entry: Entry) -> AreaRecord:
    record = AreaRecord(
        place=entry.place,
        number=entry.integer("number") or 0,
        name=entry.text("name", limit=60),
        name_en=entry.text("name_en", limit=150),
        offices=entry.texts("offices", required=True),
    )
    entry.finish()
    return record


def _element(entry: Entry) -> ElementRecord:
    record = ElementRecord(
        place=entry.place,
        code=entry.text("code", limit=60),
        name=entry.text("name", limit=120),
        name_en=entry.text("name_en", limit=200),
        help=entry.text("help", limit=400),
        help_en=entry.text("help_en", limit=400),
        value_type=entry.choice("type", ValueType),
        accumulation=entry.choice("accumulation", Accumulation),
        reporter=entry.choice("reporter", Reporter),
        per_stage=entry.flag("per_stage"),
        unit=entry.text("unit", limit=20, required=False),
        minimum=entry.number("minimum"),
        maximum=entry.number("maximum"),
        decimals=entry.integer("decimals", default=0, required=False) or 0,
        choices=tuple(map(_choice, entry.entries("choices"))),
        warn_above=entry.number("warn_above"),
        warn_change_percent=entry.integer("warn_change_percent", required=False),
        evidence=entry.text("evidence", limit=300, required=False),
        privacy=entry.choice("privacy", Privacy, default=Privacy.AGGREGATE),
    )
    entry.finish()
    return record


def _choice(entry: Entry) -> ChoiceRecord:
    record = ChoiceRecord(
        value=entry.integer("value") or 0,
        label=entry.text("label", limit=60),
        label_en=entry.text("label_en", limit=100),
    )
    entry.finish()
    return record


def _fact_rule(entry: Entry) -> FactRuleRecord:
    record = FactRuleRecord(
        place=entry.place, left=entry.text("left", limit=60), right=entry.text("right", limit=60)
    )
    entry.finish()
    return record


def _measure(entry: Entry) -> MeasureRecord:
    record = MeasureRecord(
        place=entry.place,
        area=entry.integer("area") or 0,
        code=entry.text("code", limit=20),
        name=entry.text("name", limit=120),
        name_en=entry.text("name_en", limit=200),
        quote=entry.text("quote", limit=300),
        offices=entry.texts("offices", required=True),
        check=entry.text("check", limit=300, required=False),
        indicators=entry.texts("indicators"),
        due_on=entry.date("due_on"),
    )
    entry.finish()
    return record
