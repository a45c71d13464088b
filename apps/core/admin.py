"""What the pages of the administration share: read what is, write through services only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from unfold.admin import ModelAdmin

# A person has one role; groups mean nothing here.
admin.site.unregister(Group)


def actor(request: HttpRequest) -> Any:
    """Return the signed-in administrator; the admin site lets nobody else in."""
    return request.user


class ServiceForm(ModelForm):
    """A form that is valid exactly when its service took it, so that refusals stand beside their fields."""

    by: Any

    def write(self, given: dict[str, Any]) -> Model:
        """Call the service; raises ValidationError."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any] | None:
        if not self.errors:
            self.instance = self.write(dict(self.cleaned_data))
        return self.cleaned_data

    def _post_clean(self) -> None:
        """The service has checked the row as a whole."""

    def _save_m2m(self) -> None:
        """The service has written it."""


class ReadOnlyAdmin(ModelAdmin):
    """Rows of the administrator's region: nobody adds, changes or deletes them here."""

    region_path = ""
    hidden: frozenset[str] = frozenset({"id"})
    list_filter_submit = False
    list_per_page = 50
    actions: Any = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request)
        if not self.region_path:
            return rows
        below = {f"{self.region_path}__ancestor_links__ancestor": actor(request).region_id}
        return rows.filter(**below)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        every = [*self.model._meta.fields, *self.model._meta.many_to_many]
        return [field.name for field in every if field.name not in self.hidden]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return self.get_fields(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ServiceAdmin(ReadOnlyAdmin):
    """Rows that a service changes: the form calls it and shows what it refuses."""

    form: Any = ServiceForm

    def form_fields(self) -> list[str]:
        return list(self.form.base_fields)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        shown = super().get_fields(request, obj)
        if obj is None:
            return self.form_fields()
        if not self.has_change_permission(request, obj):
            return shown
        return [*(name for name in shown if name not in self.form_fields()), *self.form_fields()]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        if obj is None:
            return []
        return [name for name in self.get_fields(request, obj) if name not in self.form_fields()]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        return type("Form", (super().get_form(request, obj, change, **options),), {"by": actor(request)})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The form's service has written it."""
