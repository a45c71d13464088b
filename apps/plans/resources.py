"""What the administration exports of a plan: one row for each record, codes and names instead of keys."""

from __future__ import annotations

from import_export import fields, resources

from apps.plans.models import DataElement, Indicator, Measure


class DataElementResource(resources.ModelResource):
    class Meta:
        model = DataElement
        fields = (
            "code",
            "name",
            "name_en",
            "value_type",
            "accumulation",
            "reporter",
            "per_stage",
            "unit",
            "minimum",
            "maximum",
            "decimals",
            "warn_above",
            "warn_change_percent",
            "privacy",
        )


class IndicatorResource(resources.ModelResource):
    area = fields.Field(attribute="area__number", column_name="area")
    lead_office = fields.Field(attribute="lead_office__name", column_name="lead_office")

    class Meta:
        model = Indicator
        fields = (
            "code",
            "area",
            "name",
            "name_en",
            "tier",
            "kind",
            "direction",
            "aggregation",
            "accumulation",
            "basis",
            "unit",
            "numerator",
            "denominator",
            "due_quarters",
            "privacy",
            "lead_office",
            "source_quote",
        )


class MeasureResource(resources.ModelResource):
    area = fields.Field(attribute="area__number", column_name="area")
    lead_office = fields.Field(attribute="lead_office__name", column_name="lead_office")

    class Meta:
        model = Measure
        fields = (
            "code",
            "area",
            "name",
            "name_en",
            "lead_office",
            "due_on",
            "status",
            "source_quote",
            "check_text",
        )
