"""Rows of the database as plain data and back: which columns of which table a release keeps. Pure.

The names are written out, so that a column added later never slips into (or breaks) what was frozen before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from apps.accounts.models import User
from apps.collection.models import Period
from apps.organisations.models import Organisation, Region
from apps.plans.measures.models import MeasureStep
from apps.plans.models import (
    AnnualPlan,
    Baseline,
    DataElement,
    Indicator,
    IndicatorElement,
    IndicatorRevision,
    Measure,
    PlanPolicy,
    ReferenceLine,
    Target,
    TargetRevision,
    TaskArea,
)
from apps.rollups.models import Judgement, Result

Row = dict[str, Any]
M = TypeVar("M", bound=models.Model)


def columns(names: str) -> tuple[str, ...]:
    return tuple(names.split())


FIELDS: Mapping[type[models.Model], tuple[str, ...]] = {
    Region: columns("id code name name_en level"),
    AnnualPlan: columns(
        """
        id region_id year title title_en publisher published_on text text_sha256 generation
        """
    ),
    PlanPolicy: columns(
        """
        id plan_id enabled_tiers muted_codes small_cell_threshold on_track_ratio at_risk_ratio
        step_tolerance_days
        """
    ),
    Period: columns("id plan_id quarter starts_on ends_on opens_on due_on closes_on"),
    Organisation: columns("id kind region_id code name name_en sort_key opened_on closed_on is_demo"),
    User: columns("id name"),
    TaskArea: columns("id plan_id number name name_en text lead_office_id lead_leader_id"),
    DataElement: columns(
        """
        id code name name_en value_type accumulation reporter unit decimals choices is_estimate
        """
    ),
    Indicator: columns(
        """
        id plan_id area_id code name name_en tier kind aggregation direction accumulation basis unit
        decimals numerator denominator numerator_label numerator_label_en denominator_label
        denominator_label_en reporter applies_to stages due_quarters privacy lead_office_id
        source_quote quote_start quote_end is_provisional notes position
        """
    ),
    IndicatorElement: columns("id indicator_id element_id in_numerator in_denominator quarters"),
    IndicatorRevision: columns(
        """
        id indicator_id number from_quarter numerator denominator numerator_label denominator_label
        reason
        """
    ),
    ReferenceLine: columns("id indicator_id stage level operator value label label_en source is_confirmed"),
    Target: columns("id indicator_id source source_text"),
    TargetRevision: columns(
        """
        id target_id number source level operator value value_max due_on effective_from reason
        confirmed_on
        """
    ),
    Baseline: columns(
        """
        id indicator_id region_id numerator denominator as_of definition is_demo restated_reason
        """
    ),
    Result: columns(
        """
        id plan_id indicator_id period_id region_id slice_kind slice_value as_of_id quarter_numerator
        quarter_denominator threshold n_due n_reported n_not_applicable n_true numerator denominator
        sum_ratio_squares minimum maximum
        """
    ),
    Judgement: columns(
        """
        id result_id target_revision_id status value change gap gap_units achievement required reason
        carried_status recovered_from forecast forecast_low forecast_high forecast_basis confidence
        is_exceeded is_provisional judged_on
        """
    ),
    Measure: columns(
        """
        id area_id code name name_en source_quote quote_start quote_end check_text lead_office_id
        lead_leader_id due_on status completed_on
        """
    ),
    MeasureStep: columns("id measure_id position name due_on done_on status"),
}


def frozen(row: models.Model) -> Row:
    """Return a row as plain data: numbers with decimals as text, dates the ISO way."""
    return {name: plain(getattr(row, name)) for name in FIELDS[type(row)]}


def frozen_all(rows: Iterable[models.Model]) -> list[Row]:
    """Return rows as plain data, in order of their keys, so that the same data give the same text."""
    return [frozen(row) for row in sorted(rows, key=lambda row: row.pk)]


def plain(value: Any) -> Any:
    """Return a value as JSON holds it without losing anything."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value


def thawed(model: type[M], row: Mapping[str, Any]) -> M:
    """Return an unsaved instance of what was frozen; a column unknown by now is left out."""
    known = {field.attname: field for field in model._meta.concrete_fields}
    return model(**{name: _typed(known[name], value) for name, value in row.items() if name in known})


def _typed(field: models.Field, value: Any) -> Any:
    if value is None or isinstance(field, models.ForeignKey):
        return value
    if isinstance(field, ArrayField):
        return [field.base_field.to_python(one) for one in value]
    return field.to_python(value)


def fill(instance: models.Model, name: str, rows: Iterable[models.Model]) -> None:
    """Give an unsaved instance the rows of a relation, as if they had been prefetched."""
    relation: Any = instance._meta.get_field(name) if name in _own(instance) else _reverse(instance, name)
    found: Any = relation.related_model._default_manager.none()
    found._result_cache, found._prefetch_done = list(rows), True
    cache = instance.__dict__.setdefault("_prefetched_objects_cache", {})
    cache[name] = found


def _own(instance: models.Model) -> set[str]:
    return {field.name for field in instance._meta.many_to_many}


def _reverse(instance: models.Model, name: str) -> Any:
    found = [row for row in instance._meta.related_objects if row.get_accessor_name() == name]
    if not found:
        raise LookupError(f"{type(instance).__name__} has no relation {name}")
    return found[0]


def without(instance: models.Model, name: str) -> None:
    """Say that an unsaved instance has no row of a one-to-one relation, so that nobody asks the database."""
    _reverse(instance, name).set_cached_value(instance, None)
