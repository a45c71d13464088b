"""A plan in the administration: what its files say is read here, what the bureau decides is set here."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.widgets import UnfoldAdminTextareaWidget

from apps.accounts.enums import Role
from apps.accounts.models import User
from apps.core import clock
from apps.core.admin import ReadOnlyAdmin, ServiceAdmin, ServiceForm, actor
from apps.organisations.models import Organisation
from apps.plans.measures.services import measure_assign
from apps.plans.models import (
    AnnualPlan,
    Baseline,
    DataElement,
    Indicator,
    Measure,
    PlanPolicy,
    ReferenceLine,
    Target,
    TargetRevision,
    TaskArea,
)
from apps.plans.rules.permissions import edits_fact
from apps.plans.services import target_confirm, target_set

TECHNICAL = frozenset({"id", "text_sha256", "generation", "quote_start", "quote_end", "position"})


class CatalogueAdmin(ReadOnlyAdmin):
    """Rows of the files: nobody adds or deletes them here, and only `editable` fields change."""

    hidden = TECHNICAL
    editable: tuple[str, ...] = ()

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return [name for name in self.get_fields(request, obj) if name not in self.editable]

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(self.editable) and admin.ModelAdmin.has_change_permission(self, request, obj)


@admin.register(AnnualPlan)
class AnnualPlanAdmin(CatalogueAdmin):
    region_path = "region"
    list_display = ("title", "year", "published_on")


@admin.register(PlanPolicy)
class PlanPolicyAdmin(CatalogueAdmin):
    region_path = "plan__region"
    # What is asked is switched on pages that show what it costs.
    hidden = TECHNICAL | {"enabled_tiers", "muted_codes"}
    editable = (
        "principal_sign_off",
        "cross_review_office",
        "second_review_office",
        "small_cell_threshold",
        "on_track_ratio",
        "at_risk_ratio",
        "step_tolerance_days",
    )


@admin.register(TaskArea)
class TaskAreaAdmin(CatalogueAdmin):
    region_path = "plan__region"
    editable = ("lead_leader",)
    list_display = ("number", "name", "lead_office", "lead_leader")
    list_display_links = ("name",)
    list_select_related = ("lead_office", "lead_leader")


@admin.register(DataElement)
class DataElementAdmin(CatalogueAdmin):
    editable = ("is_estimate",)
    list_display = ("code", "name", "value_type", "accumulation", "reporter", "unit")
    list_filter = ("reporter", "accumulation", "privacy")
    search_fields = ("code", "name", "name_en")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A fact that plans of other districts ask, too, is read here."""
        return super().has_change_permission(request, obj) and (
            obj is None or edits_fact(actor(request), obj)
        )


class ReferenceLineInline(TabularInline):
    model = ReferenceLine
    extra = 0
    can_delete = False
    fields = ("stage", "level", "operator", "value", "label", "source", "is_confirmed")
    readonly_fields = fields[:-1]

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Indicator)
class IndicatorAdmin(CatalogueAdmin):
    region_path = "plan__region"
    list_display = ("code", "name", "area", "tier", "kind", "lead_office")
    list_filter = ("tier", "kind", "area")
    list_select_related = ("area", "lead_office")
    search_fields = ("code", "name", "name_en")
    inlines = (ReferenceLineInline,)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return admin.ModelAdmin.has_change_permission(self, request, obj)


class MeasureForm(ServiceForm):
    """Who does a measure and by when."""

    class Meta:
        model = Measure
        fields = ("lead_leader", "lead_office", "supporting_offices", "due_on")

    def write(self, given: dict[str, Any]) -> Measure:
        return measure_assign(measure=self.instance, by=self.by, **given)


@admin.register(Measure)
class MeasureAdmin(ServiceAdmin):
    region_path = "area__plan__region"
    form = MeasureForm
    hidden = TECHNICAL
    list_display = ("code", "name", "leader", "lead_office", "due_on", "status")
    list_filter = ("status", "lead_office", "area")
    list_select_related = ("lead_office", "lead_leader", "area__lead_leader")
    search_fields = ("code", "name")

    @admin.display(description=_("lead leader"))
    def leader(self, measure: Measure) -> str:
        return str(measure.leader or "—")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return admin.ModelAdmin.has_change_permission(self, request, obj)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        region = actor(request).region_id
        if db_field.name == "lead_leader":
            leaders = User.objects.filter(region=region, role__in=(Role.LEADER, Role.DEPUTY), is_active=True)
            options["queryset"] = leaders.order_by("name")
        elif db_field.name == "lead_office":
            options["queryset"] = offices_of(region)
        return super().formfield_for_foreignkey(db_field, request, **options)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "supporting_offices":
            options["queryset"] = offices_of(actor(request).region_id)
        return super().formfield_for_manytomany(db_field, request, **options)


def plain(number: Decimal | None) -> str:
    """Return a number without the zeros it is stored with, a dash for none."""
    return "–" if number is None else f"{number.normalize():f}"


def offices_of(region: int) -> QuerySet[Organisation]:
    """Return the open offices of a bureau in their order."""
    offices = Organisation.objects.offices().filter(region=region)
    return offices.open_on(clock.today()).order_by("sort_key")


class TargetRevisionForm(ServiceForm):
    """A new revision of a target."""

    class Meta:
        model = TargetRevision
        fields = ("target", "level", "value", "value_max", "due_on", "effective_from", "reason")
        widgets = {"reason": UnfoldAdminTextareaWidget(attrs={"rows": 2})}

    def write(self, given: dict[str, Any]) -> TargetRevision:
        return target_set(by=self.by, **given)


@admin.register(TargetRevision)
class TargetRevisionAdmin(ServiceAdmin):
    region_path = "target__indicator__plan__region"
    form = TargetRevisionForm
    hidden = TECHNICAL
    list_display = (
        "target",
        "number",
        "source",
        "operator",
        "level_from",
        "level_to",
        "effective_from",
        "confirmed_on",
    )
    list_filter = ("source", ("confirmed_on", admin.EmptyFieldListFilter))
    list_select_related = ("target__indicator",)
    search_fields = ("target__indicator__code", "target__indicator__name")
    actions = ("confirm",)

    @admin.display(description=_("value"), ordering="value")
    def level_from(self, revision: TargetRevision) -> str:
        return plain(revision.value)

    @admin.display(description=_("upper limit"), ordering="value_max")
    def level_to(self, revision: TargetRevision) -> str:
        return plain(revision.value_max)

    @admin.action(description=_("Confirm the selected targets"))
    def confirm(self, request: HttpRequest, revisions: QuerySet[TargetRevision]) -> None:
        for revision in revisions:
            try:
                target_confirm(revision=revision, by=actor(request))
            except ValidationError as refusal:
                self.message_user(request, f"{revision.target}: {' '.join(refusal.messages)}", messages.ERROR)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return True

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "target":
            region = actor(request).region_id
            options["queryset"] = Target.objects.filter(indicator__plan__region=region).select_related(
                "indicator"
            )
        return super().formfield_for_foreignkey(db_field, request, **options)


@admin.register(Baseline)
class BaselineAdmin(ReadOnlyAdmin):
    """Baselines are locked and restated by importing their table, with a reason."""

    region_path = "region"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Baseline]:
        return super().get_queryset(request) & Baseline.objects.visible_to(actor(request))

    list_display = (
        "indicator",
        "slice_kind",
        "slice_value",
        "numerator",
        "denominator",
        "as_of",
        "locked_at",
    )
    list_filter = (("superseded_at", admin.EmptyFieldListFilter),)
    list_select_related = ("indicator",)
    search_fields = ("indicator__code", "indicator__name")
