"""Periods in the administration."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from apps.collection.models import Period
from apps.collection.services import period_dates_set
from apps.core.admin import ServiceAdmin, ServiceForm, actor


class PeriodForm(ServiceForm):
    """When a quarter is collected."""

    class Meta:
        model = Period
        fields = ("opens_on", "due_on", "closes_on")

    def write(self, given: dict[str, Any]) -> Period:
        return period_dates_set(period=self.instance, by=self.by, **given)


@admin.register(Period)
class PeriodAdmin(ServiceAdmin):
    region_path = "plan__region"
    form = PeriodForm
    list_display = ("plan", "quarter", "opens_on", "due_on", "closes_on")
    list_display_links = ("quarter",)
    list_select_related = ("plan",)
    list_filter = ("plan",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(actor(request).is_staff)
