"""What is no longer in the files goes, unless something rests on it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import ManyToOneRel, Model, Q
from django.utils.translation import gettext as _

from apps.core.loading import LoadRefused, Outcome, Problem, Report
from apps.plans.enums import MeasureStatus
from apps.plans.loading.records import PlanBundle
from apps.plans.models import AnnualPlan, Baseline, DataElement, Indicator, Measure, TargetRevision, TaskArea

_HAS_BEGUN = ~Q(status=MeasureStatus.NOT_STARTED) | Q(updates__isnull=False) | Q(steps__isnull=False)


def carries_data(row: Model) -> bool:
    """Tell whether rows of the apps to the right (assignments, values, results …) or baselines rest on it."""
    for relation in row._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ManyToOneRel):
            continue
        model = relation.related_model
        rows = model._default_manager.filter(**{relation.field.name: row})
        if (model._meta.app_label != "plans" or model is Baseline) and rows.exists():
            return True
    return False


def retire_absent(bundle: PlanBundle, plan: AnnualPlan, report: Report) -> None:
    """Remove the plan's measures, indicators and areas, and unused facts, that the files no longer have.

    Raises:
        LoadRefused: when data or a decision of the bureau rests on one of them.
    """
    measures = Measure.objects.filter(area__plan=plan).exclude(code__in=[row.code for row in bundle.measures])
    indicators = Indicator.objects.filter(plan=plan).exclude(code__in=[row.code for row in bundle.indicators])
    areas = TaskArea.objects.filter(plan=plan).exclude(number__in=[row.number for row in bundle.areas])
    problems = [
        Problem(
            "measures.yaml",
            _("%(code)s has begun and cannot be left out: cancel it.") % {"code": measure.code},
        )
        for measure in measures.filter(_HAS_BEGUN).distinct()
    ]
    problems += [
        Problem(
            "indicators.yaml",
            _("%(code)s cannot be left out: figures or decisions rest on it.") % {"code": indicator.code},
        )
        for indicator in indicators
        if carries_data(indicator) or _is_decided(indicator)
    ]
    if problems:
        raise LoadRefused(problems)
    _remove(measures, _("measure"), report)
    _remove(indicators, _("indicator"), report)
    _remove(areas, _("area"), report)
    codes = [row.code for row in bundle.elements]
    unused = DataElement.objects.filter(indicator_links__isnull=True).exclude(code__in=codes)
    _remove([element for element in unused if not carries_data(element)], _("data element"), report)


def _is_decided(indicator: Indicator) -> bool:
    revisions = TargetRevision.objects.filter(target__indicator=indicator)
    return revisions.exclude(proposed_by=None, confirmed_by=None).exists()


def _remove(rows: Iterable[Measure | Indicator | TaskArea | DataElement], kind: str, report: Report) -> None:
    for row in rows:
        name = row.number if isinstance(row, TaskArea) else row.code
        row.delete()
        report.note(kind, name, Outcome.RETIRED)
