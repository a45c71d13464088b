"""Targets and baselines as tables: both are followed by a new revision, never rewritten."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core import clock
from apps.core.exchanging.resources import Record, column
from apps.core.exchanging.widgets import Choice, Code, Day, Figure, Text, YesNo
from apps.plans.enums import SliceKind, TargetLevel, TargetOperator, TargetSource
from apps.plans.models import Baseline, TargetRevision
from apps.plans.resources.plan_resource import PlanResource
from apps.plans.services import target_confirm, target_set
from apps.plans.setting_up import baseline_lock


class TargetResource(PlanResource):
    """The newest revision of each target: confirmed by writing 是, or followed by another value."""

    name = gettext_lazy("Targets")
    about = gettext_lazy(
        "Confirms a proposal as it stands (write 是 in the column 已核定) or sets another target, with "
        "its reason and "
        "the day from which it counts (today when empty)."
    )
    asides = ("effective_from", "reason")
    code = column("code", "指标代码", Code(required=True))
    indicator_name = column("name", "指标", readonly=True)
    operator = column("operator", "比较方式", Choice(TargetOperator), readonly=True)
    unit = column("unit", "单位", readonly=True)
    source = column("source", "来源", Choice(TargetSource), readonly=True)
    value = column("value", "目标值", Figure())
    value_max = column("value_max", "上限", Figure())
    level = column("level", "约束对象", Choice(TargetLevel))
    due_on = column("due_on", "完成时限", Day())
    confirmed = column("confirmed", "已核定", YesNo())
    effective_from = column("effective_from", "生效日期", Day())
    reason = column("reason", "依据", Text(longest=300))

    def records(self) -> list[Record]:
        newest_first = Prefetch("target__revisions", TargetRevision.objects.order_by("-number"))
        rows = self.indicators().filter(target__isnull=False).select_related("target")
        return [_target_record(row) for row in rows.prefetch_related(newest_first)]

    def apply(self, record: Record, before: Record | None) -> None:
        assert before is not None
        if not record.confirmed:
            raise ValidationError(
                {"confirmed": _("Write 是: a target is set by confirming it, and not taken back here.")}
            )
        changed = [
            name for name in ("value", "value_max", "level", "due_on") if _differs(record, before, name)
        ]
        if changed or before.revision is None:
            target_set(
                target=before.thing,
                by=self.by,
                reason=record.reason,
                effective_from=record.effective_from or clock.today(),
                value=record.value,
                value_max=record.value_max,
                level=record.level or TargetLevel.DISTRICT,
                due_on=record.due_on,
            )
        else:
            target_confirm(
                revision=before.revision,
                by=self.by,
                reason=record.reason,
                effective_from=record.effective_from,
            )


def _differs(record: Record, before: Record, name: str) -> bool:
    return bool(getattr(record, name) != getattr(before, name))


def _target_record(indicator: Any) -> Record:
    revisions = list(indicator.target.revisions.all())
    newest = revisions[0] if revisions else None
    return Record(
        thing=indicator.target,
        revision=newest,
        code=indicator.code,
        name=indicator.name,
        operator=indicator.direction,
        unit=indicator.unit,
        source=newest.source if newest else indicator.target.source,
        value=newest.value if newest else None,
        value_max=newest.value_max if newest else None,
        level=newest.level if newest else "",
        due_on=newest.due_on if newest else None,
        confirmed=newest is not None and newest.confirmed_on is not None,
        effective_from=None,
        reason="",
    )


class BaselineResource(PlanResource):
    """The locked figures of the year before."""

    name = gettext_lazy("Baselines")
    about = gettext_lazy(
        "Locks the figure of the year before. A locked one is restated only with a reason in the "
        "column 重述原因."
    )
    key = ("code", "slice_kind", "slice_value")
    creates = True
    asides = ("restated_reason",)
    code = column("code", "指标代码", Code(required=True))
    indicator_name = column("name", "指标", readonly=True)
    slice_kind = column("slice_kind", "口径", Choice(SliceKind, required=True))
    slice_value = column("slice_value", "口径值", Code())
    numerator = column("numerator", "分子", Figure(required=True))
    denominator = column("denominator", "分母", Figure(signed=False))
    as_of = column("as_of", "数据日期", Day(required=True))
    definition = column("definition", "定义与来源", Text(required=True, longest=400))
    restated_reason = column("restated_reason", "重述原因", Text(longest=300))

    def records(self) -> list[Record]:
        rows = (
            Baseline.objects.visible_to(self.by)
            .filter(indicator__in=self.indicators(), region=self.plan.region_id, superseded_at__isnull=True)
            .select_related("indicator__plan")
        )
        names = ("slice_kind", "slice_value", "numerator", "denominator", "as_of", "definition")
        return [
            Record(
                thing=row,
                code=row.indicator.code,
                name=row.indicator.name,
                restated_reason="",
                **{name: getattr(row, name) for name in names},
            )
            for row in rows.order_by("indicator__position", "slice_kind", "slice_value")
        ]

    def find(self) -> dict[str, Any]:
        return {"indicators": self.indicators_by_code()}

    def apply(self, record: Record, before: Record | None) -> None:
        indicator = self.lookups["indicators"].get(record.code)
        if indicator is None:
            raise ValidationError({"code": _("The plan has no indicator %(code)s.") % {"code": record.code}})
        names = (
            "numerator", "denominator", "as_of", "definition", "slice_kind", "slice_value", "restated_reason",
        )  # fmt: skip
        baseline_lock(indicator=indicator, by=self.by, **{name: getattr(record, name) for name in names})
