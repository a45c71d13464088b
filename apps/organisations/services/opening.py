"""New schools, and what is not dated about an office."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from apps.organisations.enums import EventKind, OrganisationKind, Stage
from apps.organisations.models import Organisation, Region, SchoolProfile, SchoolStage
from apps.organisations.services.locking import record, require_administrator

if TYPE_CHECKING:
    from apps.accounts.models import User


@transaction.atomic
def school_open(
    *,
    region: Region,
    code: str,
    name: str,
    opened_on: dt.date,
    school_type: str,
    ownership: str,
    setting: str,
    stages: Collection[str],
    by: User,
    type_code: str = "",
    name_en: str = "",
    sort_key: str = "",
    note: str = "",
) -> Organisation:
    """Open a school with its first profile and stages.

    Raises:
        PermissionDenied: unless `by` is an administrator of the region.
        ValidationError: a code in use or used before (a void code is never reused), no stage, wrong values.
    """
    require_administrator(by, region.pk)
    _refuse_used(code)
    if not stages or Stage.WHOLE in stages:
        raise ValidationError({"stages": _("A school teaches at least one stage.")})
    school = Organisation(
        kind=OrganisationKind.SCHOOL,
        region=region,
        code=code,
        name=name.strip(),
        name_en=name_en.strip(),
        sort_key=sort_key.strip() or code,
        opened_on=opened_on,
    )
    school.full_clean()
    school.save()
    profile = SchoolProfile(
        organisation=school,
        name=school.name,
        school_type=school_type,
        type_code=type_code,
        ownership=ownership,
        setting=setting,
        valid_from=opened_on,
    )
    profile.full_clean()
    profile.save()
    for stage in sorted(stages):
        SchoolStage.objects.create(organisation=school, stage=stage, valid_from=opened_on)
    record(school, EventKind.OPENED, opened_on, by, note=note)
    return school


def _refuse_used(code: str) -> None:
    owner = Organisation.objects.filter(code=code).first()
    if owner is None:
        return
    if owner.closed_on is not None:
        text = _("The code %(code)s belonged to “%(name)s”, which is closed. A void code is never reused.")
    else:
        text = _("The code %(code)s belongs to “%(name)s”.")
    raise ValidationError({"code": text % {"code": code, "name": owner.name}})


@transaction.atomic
def office_update(
    *, office: Organisation, name: str, by: User, name_en: str = "", sort_key: str = ""
) -> Organisation:
    """Change the names of an office of the bureau; its code stays.

    Raises:
        PermissionDenied: unless `by` is an administrator of the region.
        ValidationError: for a school, or a name that does not fit.
    """
    current = Organisation.objects.select_for_update(of=("self",)).get(pk=office.pk)
    require_administrator(by, current.region_id)
    if current.is_school:
        raise ValidationError(_("A school is renamed by a dated event."))
    current.name, current.name_en = name.strip(), name_en.strip()
    current.sort_key = sort_key.strip() or current.sort_key
    current.full_clean()
    current.save(update_fields=["name", "name_en", "sort_key"])
    return current
