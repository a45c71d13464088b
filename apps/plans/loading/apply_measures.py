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
    """Write the measures. Status, and offices once they are there, are the bureau's."""
    known = set(Measure.objects.filter(area__in=areas.values()).values_list("area_id", "code"))
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
                **({"due_on": record.due_on} if record.due_on else {}),
            },
            report=report,
            kind=_("measure"),
            name=record.code,
            only_new={"lead_office_id": lead.pk},
        )
        if (area.pk, record.code) not in known:
            measure.supporting_offices.set(supporting)
        if link(measure.indicators, (indicators[code] for code in record.indicators)):
            report.amend(["indicators"])
