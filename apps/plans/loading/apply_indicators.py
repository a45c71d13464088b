from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from apps.core.loading import Report, link, upsert
from apps.organisations.models import Organisation
from apps.plans.definitions.links import link_elements
from apps.plans.loading.apply_targets import apply_target
from apps.plans.loading.records import IndicatorRecord, PlanBundle, ReferenceLineRecord
from apps.plans.loading.texts import locate
from apps.plans.models import (
    AnnualPlan,
    Indicator,
    ReferenceLine,
    TaskArea,
)


def apply_indicators(
    bundle: PlanBundle,
    plan: AnnualPlan,
    areas: Mapping[int, TaskArea],
    offices: Mapping[str, Organisation],
    report: Report,
) -> dict[str, Indicator]:
    """Write the indicators with their facts, reference lines and targets; returns them by code."""
    indicators = {}
    for position, record in enumerate(bundle.indicators, start=1):
        lead, *supporting = (offices[key] for key in record.offices)
        indicator = upsert(
            Indicator,
            key={"plan": plan, "code": record.code},
            values={
                **_values(record, areas[record.area]),
                "lead_office_id": lead.pk,
            },
            position=position,
            report=report,
            kind=_("indicator"),
            name=record.code,
        )
        linked = {
            "also_in": link(indicator.also_in, (areas[number] for number in record.also_in)),
            "supporting_offices": link(indicator.supporting_offices, supporting),
            "elements": link_elements(indicator, indicator.definition_revisions.all()),
            "reference_lines": _apply_reference_lines(indicator, record),
        }
        report.amend([name for name, is_changed in linked.items() if is_changed])
        apply_target(bundle.plan, record, indicator, report)
        indicators[record.code] = indicator
    return indicators


def _values(record: IndicatorRecord, area: TaskArea) -> dict[str, Any]:
    start, end = locate(record.quote, area.text) or (0, 0)
    copied = (
        "name name_en tier kind aggregation direction accumulation basis unit decimals numerator denominator "
        "numerator_label numerator_label_en denominator_label denominator_label_en reporter privacy "
        "is_provisional notes"
    )
    return {
        **{field: getattr(record, field) for field in copied.split()},
        "area_id": area.pk,
        "applies_to": list(record.applies_to),
        "stages": list(record.stages),
        "due_quarters": sorted(record.due_quarters),
        "source_quote": record.quote,
        "quote_start": start,
        "quote_end": end,
    }


def _apply_reference_lines(indicator: Indicator, record: IndicatorRecord) -> bool:
    """Write the national lines. Whether the bureau confirmed one is the bureau's, once it is there."""
    present = {line.stage: line for line in indicator.reference_lines.all()}
    is_changed = False
    for wanted in record.reference_lines:
        line = present.pop(wanted.stage, None)
        values = _line_values(wanted)
        if line is None:
            ReferenceLine.objects.create(indicator=indicator, is_confirmed=wanted.is_confirmed, **values)
        elif any(getattr(line, field) != value for field, value in values.items()):
            ReferenceLine.objects.filter(pk=line.pk).update(**values)
        else:
            continue
        is_changed = True
    for line in present.values():
        line.delete()
        is_changed = True
    return is_changed


def _line_values(record: ReferenceLineRecord) -> dict[str, Any]:
    fields = ("stage", "level", "operator", "value", "label", "label_en", "source")
    return {field: getattr(record, field) for field in fields}
