from __future__ import annotations

from decimal import Decimal

from apps.core.loading import Entry, Problems
from apps.organisations.enums import SchoolType, Stage
from apps.plans.enums import (
    Accumulation,
    Aggregation,
    Basis,
    Kind,
    Privacy,
    Reporter,
    TargetLevel,
    TargetOperator,
    TargetSource,
    Tier,
)
from apps.plans.formula_grammar import MAXIMUM_LENGTH
from apps.plans.loading.records import IndicatorRecord, ReferenceLineRecord, TargetRecord


def indicator(entry: Entry) -> IndicatorRecord:
    """Read one indicator with its target and reference lines."""
    record = IndicatorRecord(
        place=entry.place,
        code=entry.text("code", limit=40),
        area=entry.integer("area") or 0,
        also_in=entry.integers("also_in"),
        name=entry.text("name", limit=120),
        name_en=entry.text("name_en", limit=200),
        tier=entry.choice("tier", Tier),
        kind=entry.choice("kind", Kind),
        quote=entry.text("quote", limit=300),
        offices=entry.texts("offices", required=True),
        reporter=entry.choice("reporter", Reporter),
        applies_to=entry.choices("applies_to", SchoolType),
        stages=entry.choices("stages", Stage),
        due_quarters=entry.integers("due_quarters", required=True),
        accumulation=entry.choice("accumulation", Accumulation),
        aggregation=entry.choice("aggregation", Aggregation),
        direction=entry.choice("direction", TargetOperator),
        basis=entry.choice("basis", Basis, default=Basis.VALUE),
        unit=entry.text("unit", limit=20),
        decimals=entry.integer("decimals", default=0, required=False) or 0,
        numerator=entry.text("numerator", limit=MAXIMUM_LENGTH),
        denominator=entry.text("denominator", limit=MAXIMUM_LENGTH, required=False),
        numerator_label=entry.text("numerator_label", limit=200),
        numerator_label_en=entry.text("numerator_label_en", limit=200),
        denominator_label=entry.text("denominator_label", limit=200, required=False),
        denominator_label_en=entry.text("denominator_label_en", limit=200, required=False),
        privacy=entry.choice("privacy", Privacy, default=Privacy.AGGREGATE),
        is_provisional=entry.flag("is_provisional"),
        target=_target(entry),
        reference_lines=tuple(map(_reference_line, entry.entries("reference_lines"))),
        notes=entry.text("notes", limit=2000, required=False),
    )
    entry.finish()
    return record


def _target(owner: Entry) -> TargetRecord:
    entry = owner.entry("target") or Entry({}, place=owner.place, problems=Problems())
    record = TargetRecord(
        place=owner.place,
        source=entry.choice("source", TargetSource),
        text=entry.text("text", limit=200, required=False),
        level=entry.choice("level", TargetLevel, default=TargetLevel.DISTRICT),
        operator=entry.choice("operator", TargetOperator) if "operator" in entry.data else "",
        value=entry.number("value"),
        value_max=entry.number("value_max"),
        due_on=entry.date("due_on"),
    )
    entry.finish()
    return record


def _reference_line(entry: Entry) -> ReferenceLineRecord:
    record = ReferenceLineRecord(
        place=entry.place,
        stage=entry.choice("stage", Stage, default=Stage.WHOLE),
        level=entry.choice("level", TargetLevel, default=TargetLevel.DISTRICT),
        operator=entry.choice("operator", TargetOperator),
        value=entry.number("value", required=True) or Decimal(0),
        label=entry.text("label", limit=120),
        label_en=entry.text("label_en", limit=200),
        source=entry.text("source", limit=200),
        is_confirmed=entry.flag("is_confirmed"),
    )
    entry.finish()
    return record
