"""Named predicates about a user and perhaps a thing: `manages_accounts(user)`, `is_member_of(user, office)`.

They join with `&`, `|` and `~`. Inactive and anonymous users hold none of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from apps.accounts.enums import BUREAU_ROLES, SCHOOL_ROLES, Role


class Predicate:
    """A yes/no question about a user and an optional thing."""

    def __init__(self, test: Callable[[Any, Any], bool], name: str) -> None:
        self.test = test
        self.name = name

    def __call__(self, user: Any, thing: Any = None) -> bool:
        return bool(user.is_authenticated and user.is_active and self.test(user, thing))

    def __and__(self, other: Predicate) -> Predicate:
        return Predicate(lambda user, thing: self(user, thing) and other(user, thing), f"({self} & {other})")

    def __or__(self, other: Predicate) -> Predicate:
        return Predicate(lambda user, thing: self(user, thing) or other(user, thing), f"({self} | {other})")

    def __invert__(self) -> Predicate:
        return Predicate(lambda user, thing: not self(user, thing), f"~{self}")

    def __repr__(self) -> str:
        return self.name


def predicate(test: Callable[[Any, Any], bool]) -> Predicate:
    """Make a predicate of `test(user, thing)`."""
    return Predicate(test, test.__name__)


def has_role(*roles: Role) -> Predicate:
    """Return the predicate that holds for the given roles."""
    return Predicate(lambda user, thing: user.role in roles, " | ".join(f"is_{role}" for role in roles))


is_reporter = has_role(Role.REPORTER)
is_principal = has_role(Role.PRINCIPAL)
is_office_staff = has_role(Role.OFFICE)
is_deputy = has_role(Role.DEPUTY)
is_leader = has_role(Role.LEADER)
is_administrator = has_role(Role.ADMINISTRATOR)
is_auditor = has_role(Role.AUDITOR)
is_school_member = has_role(*SCHOOL_ROLES)
is_bureau_member = has_role(*BUREAU_ROLES)
may_lead = is_leader | is_deputy


@predicate
def is_member_of(user: Any, organisation: Any) -> bool:
    """The user belongs to the organisation."""
    return organisation is not None and user.organisation_id == organisation.pk


@predicate
def leads_office(user: Any, office: Any) -> bool:
    """The user is the deputy director who leads the office."""
    return office is not None and user.role == Role.DEPUTY and user.offices_led.filter(pk=office.pk).exists()


@predicate
def is_same_person(user: Any, other: Any) -> bool:
    """The thing is the user's own account."""
    return other is not None and user.pk == other.pk


manages_accounts = is_administrator
deactivates = manages_accounts & ~is_same_person
manages_settings = is_administrator
confirms_targets = is_administrator | is_leader
reads_changes = is_auditor | is_administrator
