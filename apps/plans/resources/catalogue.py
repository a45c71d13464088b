"""Data elements and indicators: the catalogue comes with the plan's files, so little of it is imported."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from apps.core.exchanging.resources import Record, ServiceResource, column
from apps.core.exchanging.widgets import Choice, Code, Figure, Text, YesNo
from apps.plans.enums import (
    Accumulation,
    Aggregation,
    Kind,
    Privacy,
    Reporter,
    TargetOperator,
    Tier,
    ValueType,
)
from apps.plans.models import DataElement
from apps.plans.resources.plan_resource import PlanResource
from apps.plans.setting_up import element_update

STORED = (
    "code",
    "area",
    "name",
    "tier",
    "kind",
    "direction",
    "aggregation",
    "accumulation",
    "unit",
    "numerator_label",
    "denominator_label",
    "privacy",
    "lead_office",
    "source_quote",
)
CHANGING = ("help_text", "evidence_hint", "evidence_required")


class ElementResource(ServiceResource):
    """All facts that forms ask."""

    name = gettext_lazy("Data elements")
    about = gettext_lazy(
        "Changes how a fact is explained. What a fact means comes with the plan; when a reason is asked "
        "for, the rules say."
    )
    code = column("code", "数据项代码", Code(required=True))
    element_name = column("name", "数据项", readonly=True)
    value_type = column("value_type", "类型", Choice(ValueType), readonly=True)
    accumulation = column("accumulation", "累计方式", Choice(Accumulation), readonly=True)
    reporter = column("reporter", "填报单位", Choice(Reporter), readonly=True)
    per_stage = column("per_stage", "分学段", YesNo(), readonly=True)
    unit = column("unit", "计量单位", readonly=True)
    minimum = column("minimum", "最小值", Figure(), readonly=True)
    maximum = column("maximum", "最大值", Figure(), readonly=True)
    privacy = column("privacy", "公开范围", Choice(Privacy), readonly=True)
    help_text = column("help_text", "填报说明", Text(longest=400))
    evidence_hint = column("evidence_hint", "佐证材料", Text(longest=300))
    evidence_required = column("evidence_required", "必须附佐证", YesNo())

    def records(self) -> list[Record]:
        return [
            Record(thing=row, **{field.attribute: getattr(row, field.attribute) for field in self.columns()})
            for row in DataElement.objects.order_by("position", "code")
        ]

    def apply(self, record: Record, before: Record | None) -> None:
        assert before is not None
        given = {name: getattr(record, name) for name in CHANGING}
        element_update(element=before.thing, by=self.by, **given)


class IndicatorResource(PlanResource):
    """All indicators of a plan; never imported."""

    name = gettext_lazy("Indicators")
    about = gettext_lazy("Indicators and their formulas come with the plan's files; they are only exported.")
    imports = False
    code = column("code", "指标代码")
    area = column("area__number", "任务编号", Figure())
    area_name = column("area__name", "工作任务")
    indicator_name = column("name", "指标")
    tier = column("tier", "层级", Choice(Tier))
    kind = column("kind", "类型", Choice(Kind))
    direction = column("direction", "比较方式", Choice(TargetOperator))
    aggregation = column("aggregation", "汇总方式", Choice(Aggregation))
    accumulation = column("accumulation", "累计方式", Choice(Accumulation))
    unit = column("unit", "单位")
    numerator_label = column("numerator_label", "分子")
    denominator_label = column("denominator_label", "分母")
    due = column("due", "报告季度")
    privacy = column("privacy", "公开范围", Choice(Privacy))
    lead_office = column("lead_office__name", "牵头股室")
    source_quote = column("source_quote", "要点原文")

    def records(self) -> list[Record]:
        return [
            Record(
                thing=row,
                due="、".join(str(quarter) for quarter in row.due_quarters),
                **{name: getattr(row, name) for name in STORED},
            )
            for row in self.indicators()
        ]
