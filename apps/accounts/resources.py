"""Accounts as a table. Passwords are not in it: a new account's owner sets one with a one-time code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts import services
from apps.accounts.enums import Role
from apps.accounts.models import User
from apps.core.exchanging.resources import Record, ServiceResource, column
from apps.core.exchanging.widgets import Choice, Code, Known, Several, Text, YesNo, in_order
from apps.organisations.models import Organisation

USERNAME = re.compile(r"[A-Za-z0-9._@-]+")


def organisations_by_words(by: User) -> dict[str, Organisation]:
    """Return the organisations of the reader's region by code, and by name where it is unique (1 query)."""
    rows = list(Organisation.objects.in_region_of(by))
    names = [row.name for row in rows]
    return {row.name: row for row in rows if names.count(row.name) == 1} | {row.code: row for row in rows}


def offices_by_words(by: User) -> dict[str, Organisation]:
    """Return the offices of the reader's region by code and by name (1 query)."""
    rows = list(Organisation.objects.in_region_of(by).offices())
    return {row.name: row for row in rows} | {row.code: row for row in rows}


class AccountResource(ServiceResource):
    """Accounts of the region; user names stay."""

    name = gettext_lazy("Accounts")
    about = gettext_lazy(
        "Creates accounts and changes their name, role, place and whether they are active. New accounts"
        " have no "
        "password: issue a one-time code on the page Accounts."
    )
    key = ("username",)
    creates = True
    username = column("username", "用户名", Code(required=True, longest=40))
    person = column("name", "姓名", Text(required=True, longest=60))
    role = column("role", "角色", Choice(Role, required=True))
    organisation = column("organisation", "单位", Known("organisations", shown=lambda row: row.code))
    place = column("place", "单位名称", Text(), readonly=True)
    offices_led = column("offices_led", "分管股室", Several(Known("offices", shown=lambda row: row.name)))
    is_active = column("is_active", "启用", YesNo(otherwise=True))

    def key_part(self, value: Any) -> Any:
        return str(value).lower()

    def find(self) -> dict[str, Mapping[str, Any]]:
        return {"organisations": organisations_by_words(self.by), "offices": offices_by_words(self.by)}

    def records(self) -> list[Record]:
        users = User.objects.visible_to(self.by).select_related("organisation")
        return [
            Record(
                thing=user,
                username=user.username,
                name=user.name,
                role=user.role,
                organisation=user.organisation,
                place=user.organisation.name if user.organisation else "",
                offices_led=in_order(user.offices_led.all()),
                is_active=user.is_active,
            )
            for user in users.prefetch_related("offices_led")
        ]

    def apply(self, record: Record, before: Record | None) -> None:
        known = {name: getattr(record, name) for name in ("name", "role", "organisation", "offices_led")}
        if before is None:
            user = self._create(record, known)
        else:
            user = services.user_update(user=before.thing, by=self.by, **known)
        if user.is_active != record.is_active:
            services.user_set_active(user=user, active=record.is_active, by=self.by)

    def _create(self, record: Record, known: dict[str, Any]) -> User:
        if not USERNAME.fullmatch(record.username):
            raise ValidationError({"username": _("Only letters, digits, dot, hyphen, underscore and @.")})
        if User.objects.filter(username__iexact=record.username).exists():
            raise ValidationError({"username": _("This user name is taken.")})
        place = {name: known[name] for name in ("role", "organisation", "offices_led")}
        services.role_place_check(**place)
        return services.user_create(username=record.username, region=self.by.region, by=self.by, **known)
