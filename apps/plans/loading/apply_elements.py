from __future__ import annotations

from django.utils.translation import gettext as _

from apps.core.loading import LoadRefused, Problem, Report, upsert
from apps.plans.loading.check_elements import meaning_of
from apps.plans.loading.records import ElementRecord, PlanBundle
from apps.plans.loading.retiring import carries_data
from apps.plans.models import DataElement

MEANING = ("value_type", "accumulation", "reporter", "per_stage", "unit")


def apply_elements(bundle: PlanBundle, report: Report) -> dict[str, DataElement]:
    """Write the data elements in the order of the file; returns them by code.

    Raises:
        LoadRefused: when a fact that was already reported would change its meaning.
    """
    _refuse_changed_meaning(bundle)
    _refuse_asked_already(bundle)
    return {
        record.code: upsert(
            DataElement,
            key={"code": record.code},
            values=_values(record),
            position=position,
            report=report,
            kind=_("data element"),
            name=record.code,
        )
        for position, record in enumerate(bundle.elements, start=1)
    }


def _values(record: ElementRecord) -> dict[str, object]:
    return {
        "name": record.name,
        "name_en": record.name_en,
        "help_text": record.help,
        "help_text_en": record.help_en,
        "value_type": record.value_type,
        "accumulation": record.accumulation,
        "reporter": record.reporter,
        "per_stage": record.per_stage,
        "unit": record.unit,
        "minimum": record.minimum,
        "maximum": record.maximum,
        "decimals": record.decimals,
        "choices": [
            {"value": choice.value, "label": choice.label, "label_en": choice.label_en}
            for choice in record.choices
        ],
        "evidence_hint": record.evidence,
        "privacy": record.privacy,
    }


def _refuse_asked_already(bundle: PlanBundle) -> None:
    """A new fact must not ask what a stored one of another code asks already, in whatever plan."""
    codes = {record.code for record in bundle.elements}
    stored = {
        meaning_of(name, unit, reporter): code
        for code, name, unit, reporter in DataElement.objects.exclude(code__in=codes).values_list(
            "code", "name", "unit", "reporter"
        )
    }
    text = _("“%(name)s” is asked already, as %(code)s: use that fact instead of a second one.")
    problems = [
        Problem(record.place, text % {"name": record.name, "code": known})
        for record in bundle.elements
        if (known := stored.get(meaning_of(record.name, record.unit, record.reporter)))
    ]
    if problems:
        raise LoadRefused(problems)


def _refuse_changed_meaning(bundle: PlanBundle) -> None:
    """A value keeps what it meant when it was reported: another meaning needs another code."""
    records = {record.code: record for record in bundle.elements}
    problems = []
    for element in DataElement.objects.filter(code__in=records):
        values = _values(records[element.code])
        changed = [field for field in MEANING if getattr(element, field) != values[field]]
        if changed and carries_data(element):
            sentence = _(
                "it was already asked, so its %(fields)s cannot change: give the new fact a new code."
            )
            problems.append(Problem(records[element.code].place, sentence % {"fields": ", ".join(changed)}))
    if problems:
        raise LoadRefused(problems)
