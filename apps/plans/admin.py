"""A plan in the administration: what its files say is read here, what the bureau decides is set here."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from import_export.admin import ExportMixin

from apps.accounts.models import User
from apps.plans.models import (
    AnnualPlan,
    DataElement,
    Indicator,
    Measure,
    PlanPolicy,
    ReferenceLine,
    Target,
    TargetRevision,
    TaskArea,
)
from apps.plans.resources import DataElementResource, IndicatorResource, MeasureResource
from apps.plans.services import target_confirm, target_set

TECHNICAL = frozenset({"id", "text_sha256", "generation", "quote_start", "quote_end", "position"})


def actor(request: HttpRequest) -> User:
    """Return the signed-in administrator; the admin site lets nobody else in."""
    return cast("User", request.user)


class CatalogueAdmin(admin.ModelAdmin):
    """Rows of the files: nobody adds or deletes them here, and only `editable` fields change."""

    region_path = ""
    editable: tuple[str, ...] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request)
        return rows.filter(**{self.region_path: actor(request).region_id}) if self.region_path else rows

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        every = [*self.model._meta.fields, *self.model._meta.many_to_many]
        return [field.name for field in every if field.name not in TECHNICAL]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        fields = CatalogueAdmin.get_fields(self, request, obj)
        return [name for name in fields if name not in self.editable]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(self.editable) and super().has_change_permission(request, obj)


@admin.register(AnnualPlan)
class AnnualPlanAdmin(CatalogueAdmin):
    region_path = "region"
    list_display = ("title", "year", "published_on")


@admin.register(PlanPolicy)
class PlanPolicyAdmin(CatalogueAdmin):
    region_path = "plan__region"
    editable = (
        "principal_sign_off",
        "cross_review_office",
        "second_review_office",
        "small_cell_threshold",
        "on_track_ratio",
    )


@admin.register(TaskArea)
class TaskAreaAdmin(CatalogueAdmin):
    region_path = "plan__region"
    editable = ("lead_leader",)
    list_display = ("number", "name", "lead_office", "lead_leader")
    list_display_links = ("name",)
    list_select_related = ("lead_office", "lead_leader")


@admin.register(DataElement)
class DataElementAdmin(ExportMixin, CatalogueAdmin):
    resource_classes = [DataElementResource]
    list_display = ("code", "name", "value_type", "accumulation", "reporter", "unit")
    list_filter = ("reporter", "accumulation", "privacy")
    search_fields = ("code", "name", "name_en")


class ReferenceLineInline(admin.TabularInline):
    model = ReferenceLine
    extra = 0
    can_delete = False
    fields = ("stage", "level", "operator", "value", "label", "source", "is_confirmed")
    readonly_fields = fields[:-1]

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Indicator)
class IndicatorAdmin(ExportMixin, CatalogueAdmin):
    resource_classes = [IndicatorResource]
    region_path = "plan__region"
    list_display = ("code", "name", "area", "tier", "kind", "lead_office")
    list_filter = ("tier", "kind", "area")
    list_select_related = ("area", "lead_office")
    search_fields = ("code", "name", "name_en")
    inlines = (ReferenceLineInline,)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return admin.ModelAdmin.has_change_permission(self, request, obj)


@admin.register(Measure)
class MeasureAdmin(ExportMixin, CatalogueAdmin):
    resource_classes = [MeasureResource]
    region_path = "area__plan__region"
    editable = ("due_on",)
    list_display = ("code", "name", "lead_office", "due_on", "status")
    list_filter = ("status", "area")
    list_select_related = ("lead_office",)
    search_fields = ("code", "name")


class TargetRevisionForm(ModelForm):
    """A new revision: valid exactly when `target_set` took it, so its refusals stand beside their fields."""

    by: User

    class Meta:
        model = TargetRevision
        fields = ("target", "level", "value", "value_max", "due_on", "effective_from", "reason")
        widgets = {"reason": forms.Textarea(attrs={"rows": 2})}

    def clean(self) -> dict[str, Any] | None:
        if not self.errors:
            self.instance = target_set(by=self.by, **self.cleaned_data)
        return self.cleaned_data

    def _post_clean(self) -> None:
        """The service has checked the row as a whole."""


@admin.register(TargetRevision)
class TargetRevisionAdmin(CatalogueAdmin):
    region_path = "target__indicator__plan__region"
    form = TargetRevisionForm
    list_display = (
        "target",
        "number",
        "source",
        "operator",
        "value",
        "value_max",
        "effective_from",
        "confirmed_on",
    )
    list_filter = ("source", ("confirmed_on", admin.EmptyFieldListFilter))
    list_select_related = ("target__indicator",)
    search_fields = ("target__indicator__code", "target__indicator__name")
    actions = ("confirm",)

    @admin.action(description=_("Confirm the selected targets"))
    def confirm(self, request: HttpRequest, revisions: QuerySet[TargetRevision]) -> None:
        for revision in revisions:
            try:
                target_confirm(revision=revision, by=actor(request))
            except ValidationError as refusal:
                self.message_user(request, f"{revision.target}: {' '.join(refusal.messages)}", messages.ERROR)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return True

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return super().get_fields(request, obj) if obj else list(TargetRevisionForm.Meta.fields)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return super().get_readonly_fields(request, obj) if obj else []

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any
    ) -> type[ModelForm]:
        return type("Form", (super().get_form(request, obj, change, **options),), {"by": request.user})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The form's service has written it."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "target":
            region = actor(request).region_id
            options["queryset"] = Target.objects.filter(indicator__plan__region=region).select_related(
                "indicator"
            )
        return super().formfield_for_foreignkey(db_field, request, **options)
