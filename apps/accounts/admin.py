"""Accounts in the administration; codes are issued on the page Accounts."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from apps.accounts import services
from apps.accounts.models import User
from apps.core.admin import ServiceAdmin, ServiceForm, actor
from apps.organisations.models import Organisation


class AccountForm(ServiceForm):
    """Name, role and place of an account."""

    class Meta:
        model = User
        fields = ("name", "email", "role", "organisation", "offices_led")

    def write(self, given: dict[str, Any]) -> User:
        return services.user_update(user=self.instance, by=self.by, **given)


@admin.register(User)
class UserAdmin(ServiceAdmin):
    region_path = "region"
    form = AccountForm
    hidden = frozenset({"id", "password", "region", "is_demo", "unread_notices"})
    list_display = ("username", "name", "role", "organisation", "is_active", "last_login")
    list_filter = ("role", "is_active")
    list_select_related = ("organisation",)
    search_fields = ("username", "name", "organisation__name")
    filter_horizontal = ("offices_led",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(actor(request).is_staff)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "organisation":
            options["queryset"] = Organisation.objects.in_region_of(actor(request))
        return super().formfield_for_foreignkey(db_field, request, **options)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "offices_led":
            options["queryset"] = Organisation.objects.in_region_of(actor(request)).offices()
        return super().formfield_for_manytomany(db_field, request, **options)
