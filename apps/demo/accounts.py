"""Writes the demonstration accounts: those people are told about, and two of every school."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils.translation import get_language

from apps.accounts.enums import Role
from apps.accounts.models import User
from apps.organisations.models import Organisation
from apps.plans.models import AnnualPlan, Measure, TaskArea


@cache
def definition() -> dict[str, Any]:
    path = Path(settings.BASE_DIR) / "fixtures" / "demo" / "accounts.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Hint:
    """A line of the table of accounts: who it is and what to try with it."""

    username: str
    role: str
    name: str
    belongs_to: str
    what_to_try: str


def accounts_create(*, plan: AnnualPlan, schools: dict[str, Organisation]) -> dict[str, User]:
    """Write every demonstration account; returns them by user name."""
    offices = offices_by_key(plan)
    password = make_password(definition()["password"])  # one hash for all: hashing is slow on purpose
    people = [*_told(schools, offices), *_of_every_school(schools.values())]
    for person in people:
        person.password, person.region_id, person.is_demo = password, plan.region_id, True
    users = {user.username: user for user in User.objects.bulk_create(people)}
    _lead(plan, users, offices)
    return users


def offices_by_key(plan: AnnualPlan) -> dict[str, Organisation]:
    """Return the bureau's offices by the key that ends their code."""
    return {
        office.code.partition("-")[2]: office
        for office in Organisation.objects.offices().filter(region=plan.region)
    }


def _told(schools: dict[str, Organisation], offices: dict[str, Organisation]) -> list[User]:
    text = definition()
    named = [
        User(
            username=row["username"], role=row["role"], name=row["name"], organisation=schools[row["school"]]
        )
        for row in text["school_accounts"]
    ]
    staff = [
        User(
            username=f"office-{key.lower()}",
            role=Role.OFFICE,
            name=text["office_account"]["name"].format(office=office.name),
            organisation=office,
        )
        for key, office in sorted(offices.items())
    ]
    bureau = [
        User(username=row["username"], role=row["role"], name=row["name"]) for row in text["bureau_accounts"]
    ]
    return [*named, *staff, *bureau]


def _of_every_school(schools: Iterable[Organisation]) -> list[User]:
    return [
        User(username=f"{school.code}{suffix}", role=role, name=name, organisation=school)
        for school in schools
        for suffix, role, name in (("", Role.REPORTER, "示例填报员"), ("-p", Role.PRINCIPAL, "示例校长"))
    ]


def _lead(plan: AnnualPlan, users: dict[str, User], offices: dict[str, Organisation]) -> None:
    """Give deputies their offices, and areas their leaders."""
    leaders: dict[int, User] = {}
    for row in definition()["bureau_accounts"]:
        led = [offices[key] for key in row.get("leads", ())]
        users[row["username"]].offices_led.set(led)
        leaders |= {office.pk: users[row["username"]] for office in led}
    areas = list(plan.areas.all())
    for area in areas:
        of_leader = area.number in definition()["areas_of_leader"]
        area.lead_leader = users["leader"] if of_leader else leaders[area.lead_office_id]
    TaskArea.objects.bulk_update(areas, ["lead_leader"])
    lead_of = {area.pk: area.lead_leader for area in areas}
    measures = list(Measure.objects.filter(area__plan=plan))
    for measure in measures:
        deputy, leads = leaders.get(measure.lead_office_id), lead_of[measure.area_id]
        if deputy is not None and leads in leaders.values() and deputy != leads:
            measure.lead_leader = deputy
    Measure.objects.bulk_update([one for one in measures if one.lead_leader], ["lead_leader"])


def account_hints() -> list[Hint]:
    """Return the accounts that people are told about, as far as they exist, in the language in use."""
    key = "try" if (get_language() or "").startswith("zh") else "try_en"
    text = definition()
    tries = {row["username"]: row[key] for row in (*text["school_accounts"], *text["bureau_accounts"])}
    users = User.objects.filter(is_demo=True, is_active=True).select_related("organisation")
    told = [user for user in users if user.username in tries or user.username.startswith("office-")]
    order = [*(row["username"] for row in text["school_accounts"]), "office-", *tries]
    told.sort(
        key=lambda user: (order.index(user.username if user.username in tries else "office-"), user.username)
    )
    return [
        Hint(
            username=user.username,
            role=user.get_role_display(),
            name=user.name,
            belongs_to=user.organisation.name if user.organisation else "",
            what_to_try=tries.get(user.username, text["office_account"][key]),
        )
        for user in told
    ]
