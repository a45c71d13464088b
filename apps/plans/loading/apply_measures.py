from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from apps.core.loading import Report, link, upsert
from apps.organisations.models import Organisation
from apps.plans.loading.records import PlanBundle
from apps.plans.loading.texts import locate
from apps.plans.models import Indicator, Measure, TaskArea


def apply_measures(
    bundle: PlanBundle,
    areas: Mapping[int, TaskArea],
    indicators: Mapping[str, Indicator],
    offices: Mapping[str, Organisation],
    report: Report,
) -> None:
    """Write the measures. Their status is the bureau's, and so is a due date that the plan does not give."""
    for record in bundle.measures:
        area = areas[record.area]
        start, end = locate(record.quote, area.text) or (0, 0)
        lead, *supporting = (offices[key] for key in record.offices)
        measure = upsert(
            Measure,
            key={"area": area, "code": record.code},
            values={
                "name": record.name,
                "name_en": record.name_en,
                "source_quote": record.quote,
                "quote_start": start,
                "quote_end": end,
                "check_text": record.check,
                "lead_office_id": lead.pk,
                **({"due_on": record.due_on} if record.due_on else {}),
            },
            report=report,
            kind=_("measure"),
            name=record.code,
        )
        linked = {
            "indicators": link(measure.indicators, (indicators[code] for code in record.indicators)),
            "supporting_offices": link(measure.supporting_offices, supporting),
        }
        report.amend([name for name, is_changed in linked.items() if is_changed])
