"""Who may share a kept page: readers to whom each row scope, permission and veil gives the same."""

from __future__ import annotations

from apps.accounts.enums import Role
from apps.accounts.models import User


def class_of(user: User) -> str:
    """Return what row scopes and permissions ask of a reader (one query for a deputy director).

    Role, region, own organisation and the offices led are all that `visible_to`, the named predicates and
    `rollups.suppression.viewer_of` look at; whatever looks at the person has no place on a kept page.
    """
    led = sorted(user.offices_led.values_list("pk", flat=True)) if user.role == Role.DEPUTY else []
    return f"{user.role}:{user.region_id}:{user.organisation_id}:{led}"
