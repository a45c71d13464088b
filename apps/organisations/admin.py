"""Schools and offices in the administration: read here, changed by dated events."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import TabularInline
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from apps.core.admin import ReadOnlyAdmin, ServiceAdmin, ServiceForm, actor
from apps.organisations import services
from apps.organisations.enums import EventKind, Ownership, SchoolType, Setting
from apps.organisations.models import Organisation, OrganisationEvent, SchoolProfile, SchoolStage
from apps.organisations.signals import schools_changed

UNCHANGED = ("", gettext_lazy("unchanged"))


class HistoryInline(TabularInline):
    """Dated rows, read only."""

    extra = 0
    can_delete = False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ProfileInline(HistoryInline):
    model = SchoolProfile
    fields = ("name", "school_type", "ownership", "setting", "valid_from", "valid_to")


class StageInline(HistoryInline):
    model = SchoolStage
    fields = ("stage", "valid_from", "valid_to")


class EventInline(HistoryInline):
    model = OrganisationEvent
    fk_name = "organisation"
    fields = ("kind", "happened_on", "successor", "note", "recorded_by")


@admin.register(Organisation)
class OrganisationAdmin(ReadOnlyAdmin):
    region_path = "region"
    list_display = ("code", "name", "kind", "opened_on", "closed_on")
    list_display_links = ("name",)
    list_filter = ("kind", ("closed_on", admin.EmptyFieldListFilter))
    search_fields = ("code", "name", "name_en", "sort_key")
    ordering = ("kind", "code")
    inlines = (ProfileInline, StageInline, EventInline)


def _choice(label: Any, choices: list[tuple[str, Any]]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=[UNCHANGED, *choices], required=False, widget=UnfoldAdminSelectWidget
    )


class EventForm(ServiceForm):
    """One event of a school; only what belongs to its kind is filled in."""

    name = forms.CharField(
        label=gettext_lazy("new name"), max_length=100, required=False, widget=UnfoldAdminTextInputWidget
    )
    ownership = _choice(gettext_lazy("new ownership"), list(Ownership.choices))
    school_type = _choice(gettext_lazy("new school type"), list(SchoolType.choices))
    setting = _choice(gettext_lazy("new setting"), list(Setting.choices))

    class Meta:
        model = OrganisationEvent
        fields = ("organisation", "kind", "happened_on", "successor", "note")

    def write(self, given: dict[str, Any]) -> OrganisationEvent:
        school: Organisation = given["organisation"]
        known = {"school": school, "on": given["happened_on"], "note": given["note"], "by": self.by}
        try:
            self._apply(given["kind"], given, known)
        except ValidationError as refusal:
            raise self._beside_fields(refusal) from refusal
        schools_changed.send(Organisation, region=school.region, by=self.by)
        event = school.events.order_by("-pk").first()
        assert event is not None
        return event

    def _apply(self, kind: str, given: dict[str, Any], known: dict[str, Any]) -> None:
        match kind:
            case EventKind.RENAMED:
                services.school_rename(name=given["name"], **known)
            case EventKind.OWNERSHIP:
                services.school_ownership_change(ownership=given["ownership"], **known)
            case EventKind.RETYPED:
                services.school_retype(school_type=given["school_type"], setting=given["setting"], **known)
            case EventKind.CLOSED:
                services.school_close(**known)
            case EventKind.MERGED:
                if given["successor"] is None:
                    raise ValidationError({"successor": _("Say into which school it is merged.")})
                services.school_merge(into=given["successor"], **known)
            case _:
                raise ValidationError(
                    {"kind": _("New schools are opened by importing the table of schools.")}
                )

    def _beside_fields(self, refusal: ValidationError) -> ValidationError:
        if not hasattr(refusal, "error_dict"):
            return refusal
        places = {"on": "happened_on"}
        found: dict[str, list[Any]] = {}
        for name, errors in refusal.error_dict.items():
            place = places.get(name, name)
            found.setdefault(place if place in self.fields else "organisation", []).extend(errors)
        return ValidationError(found)


@admin.register(OrganisationEvent)
class OrganisationEventAdmin(ServiceAdmin):
    region_path = "organisation__region"
    form = EventForm
    list_display = ("organisation", "kind", "happened_on", "successor", "note", "recorded_by")
    list_filter = ("kind",)
    list_select_related = ("organisation", "successor", "recorded_by")
    search_fields = ("organisation__name", "organisation__code", "note")
    date_hierarchy = "happened_on"
    ordering = ("-happened_on", "-pk")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return True

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name in ("organisation", "successor"):
            schools = Organisation.objects.in_region_of(actor(request)).schools()
            options["queryset"] = schools.filter(closed_on__isnull=True)
        return super().formfield_for_foreignkey(db_field, request, **options)
