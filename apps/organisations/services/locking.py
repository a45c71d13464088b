"""Who may write to an organisation, and the lock that each change of a school takes first."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from apps.accounts.enums import Role
from apps.organisations.models import Organisation, OrganisationEvent, RegionAncestor, SchoolProfile

if TYPE_CHECKING:
    from apps.accounts.models import User


def require_administrator(by: User, region_id: int) -> None:
    """Refuse whoever is no administrator of the region or one above it."""
    is_above = RegionAncestor.objects.filter(ancestor=by.region_id, descendant=region_id)
    if not (by.is_active and by.role == Role.ADMINISTRATOR and is_above.exists()):
        raise PermissionDenied


def held_school(school: Organisation, by: User) -> tuple[Organisation, SchoolProfile]:
    """Return an open school and its current profile, both locked until the transaction ends."""
    current = Organisation.objects.select_for_update(of=("self",)).get(pk=school.pk)
    require_administrator(by, current.region_id)
    profile = current.profiles.select_for_update().filter(valid_to__isnull=True).first()
    if not current.is_school or current.closed_on is not None or profile is None:
        raise ValidationError(_("“%(name)s” is not an open school.") % {"name": current.name})
    return current, profile


def record(
    school: Organisation,
    kind: str,
    on: dt.date,
    by: User,
    *,
    note: str = "",
    successor: Organisation | None = None,
) -> None:
    """Write the event whose effect the caller has written."""
    event = OrganisationEvent(
        organisation=school, kind=kind, happened_on=on, successor=successor, note=note.strip(), recorded_by=by
    )
    event.full_clean()
    event.save()
