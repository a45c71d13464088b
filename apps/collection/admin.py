"""Periods, and what everyone is asked in them, in the administration."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.collection.models import Assignment, Period
from apps.collection.owing import burden_of
from apps.collection.services import period_dates_set
from apps.core.admin import ReadOnlyAdmin, ServiceAdmin, ServiceForm, actor
from apps.plans.enums import Tier
from apps.plans.models import Indicator, TaskArea


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


class ServedFilter(admin.SimpleListFilter):
    """Facts that serve an indicator which is asked; subclasses say which."""

    def served(self) -> Any:
        raise NotImplementedError

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        return queryset.filter(element__in=self.served().asked().order_by().values("element_links__element"))


class AreaFilter(ServedFilter):
    title = _("task area")
    parameter_name = "area"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[Any, str]]:
        areas = TaskArea.objects.filter(plan__region=actor(request).region_id).order_by("plan", "number")
        return [(area.pk, str(area)) for area in areas]

    def served(self) -> Any:
        chosen = str(self.value())
        return Indicator.objects.filter(area=int(chosen) if chosen.isdecimal() else 0)


class TierFilter(ServedFilter):
    title = _("tier")
    parameter_name = "tier"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[Any, str]]:
        return [(tier.value, str(tier.label)) for tier in Tier]

    def served(self) -> Any:
        return Indicator.objects.filter(tier=self.value())


@admin.register(Assignment)
class AssignmentAdmin(ReadOnlyAdmin):
    """Who owes which fact when, and how much that is: made from what is switched on, never by hand."""

    region_path = "period__plan__region"
    list_before_template = "collection/admin/burden.html"
    list_display = ("organisation", "period", "element", "stage", "serves", "withdrawn_on")
    list_display_links = None
    list_select_related = ("organisation", "period__plan", "element")
    list_filter = (
        "period",
        "organisation__kind",
        AreaFilter,
        TierFilter,
        "stage",
        ("withdrawn_on", admin.EmptyFieldListFilter),
    )
    search_fields = ("organisation__code", "organisation__name", "element__code", "element__name")
    search_help_text = _("Name or code of an organisation or of a data element")
    ordering = ("period", "organisation", "element", "stage")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("element__indicator_links__indicator")

    @admin.display(description=_("serves"))
    def serves(self, assignment: Assignment) -> str:
        links = assignment.element.indicator_links.all()
        return "、".join(sorted({link.indicator.name for link in links}))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        response = super().changelist_view(request, extra_context)
        context = getattr(response, "context_data", None) or {}
        if "cl" in context:
            context["burden"] = burden_of(context["cl"].queryset.prefetch_related(None))
        return response
