"""The dated events of a school's life. Each ends the current row and begins another; nothing is rewritten.

A change on the day the current row began corrects that row.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from apps.core import clock
from apps.organisations.enums import EventKind, Stage
from apps.organisations.models import Organisation, SchoolProfile, SchoolStage
from apps.organisations.services.locking import held_school, record

if TYPE_CHECKING:
    from apps.accounts.models import User


@transaction.atomic
def school_rename(
    *,
    school: Organisation,
    name: str,
    on: dt.date,
    by: User,
    name_en: str = "",
    sort_key: str = "",
    note: str = "",
) -> Organisation:
    """Give a school another name from `on` on; its code stays.

    Raises:
        PermissionDenied: unless `by` is an administrator of the school's region.
        ValidationError: the school is closed, the name is the same, or the date does not fit.
    """
    current, profile = held_school(school, by)
    if on > clock.today():
        raise ValidationError({"on": _("A renaming is recorded once it has happened.")})
    if name.strip() == profile.name:
        raise ValidationError({"name": _("This is the school's name already.")})
    _follow(profile, on, name=name.strip())
    current.name, current.name_en = name.strip(), name_en.strip() or current.name_en
    current.sort_key = sort_key.strip() or current.sort_key
    current.full_clean()
    current.save(update_fields=["name", "name_en", "sort_key"])
    record(current, EventKind.RENAMED, on, by, note=note)
    return current


@transaction.atomic
def school_ownership_change(
    *, school: Organisation, ownership: str, on: dt.date, by: User, note: str = ""
) -> Organisation:
    """Change who owns a school from `on` on (raises as `school_rename`)."""
    current, profile = held_school(school, by)
    if ownership == profile.ownership:
        raise ValidationError({"ownership": _("This is the school's ownership already.")})
    _follow(profile, on, ownership=ownership)
    record(current, EventKind.OWNERSHIP, on, by, note=note)
    return current


@transaction.atomic
def school_retype(
    *,
    school: Organisation,
    on: dt.date,
    by: User,
    school_type: str = "",
    setting: str = "",
    type_code: str = "",
    stages: Collection[str] | None = None,
    note: str = "",
) -> Organisation:
    """Change type, setting or stages of a school from `on` on; what is left empty stays.

    Raises as `school_rename`.
    """
    current, profile = held_school(school, by)
    wanted = {"school_type": school_type, "setting": setting, "type_code": type_code}
    changes = {name: value for name, value in wanted.items() if value and value != getattr(profile, name)}
    open_stages = {row.stage: row for row in current.stages.filter(valid_to__isnull=True)}
    moved = stages is not None and set(stages) != set(open_stages)
    if not changes and not moved:
        raise ValidationError(_("Nothing changes."))
    if changes:
        _follow(profile, on, **changes)
    if stages is not None and moved:
        _set_stages(current, open_stages, set(stages), on)
    record(current, EventKind.RETYPED, on, by, note=note)
    return current


@transaction.atomic
def school_close(*, school: Organisation, on: dt.date, by: User, note: str = "") -> Organisation:
    """Close a school; `on` is the first day it no longer exists (raises as `school_rename`)."""
    current, profile = held_school(school, by)
    _end(current, profile, on)
    record(current, EventKind.CLOSED, on, by, note=note)
    return current


@transaction.atomic
def school_merge(
    *, school: Organisation, into: Organisation, on: dt.date, by: User, note: str = ""
) -> Organisation:
    """Close a school whose pupils go to `into` (raises as `school_rename`)."""
    if school.pk == into.pk:
        raise ValidationError({"successor": _("A school cannot be merged into itself.")})
    successor, _profile = held_school(into, by)
    current, profile = held_school(school, by)
    _end(current, profile, on)
    record(current, EventKind.MERGED, on, by, note=note, successor=successor)
    return current


def _follow(profile: SchoolProfile, on: dt.date, **changes: str) -> None:
    """End a profile the day before `on` and begin its successor with `changes`."""
    if on < profile.valid_from:
        raise ValidationError(
            {
                "on": _("The current state began on %(date)s; an earlier one is not rewritten.")
                % {"date": profile.valid_from.isoformat()}
            }
        )
    if on > profile.valid_from:
        profile.valid_to = on
        profile.save(update_fields=["valid_to"])
        profile.pk, profile.valid_from, profile.valid_to = None, on, None
        profile._state.adding = True
    for name, value in changes.items():
        setattr(profile, name, value)
    profile.full_clean()
    profile.save()


def _set_stages(school: Organisation, before: dict[str, SchoolStage], wanted: set[str], on: dt.date) -> None:
    if not wanted or Stage.WHOLE in wanted or not wanted <= set(Stage.values):
        raise ValidationError({"stages": _("A school teaches at least one stage.")})
    for stage in set(before) - wanted:
        _end_stage(before[stage], on)
    for stage in sorted(wanted - set(before)):
        SchoolStage.objects.create(organisation=school, stage=stage, valid_from=on)


def _end_stage(row: SchoolStage, on: dt.date) -> None:
    if on <= row.valid_from:
        raise ValidationError(
            {"on": _("It must be later than %(date)s.") % {"date": row.valid_from.isoformat()}}
        )
    row.valid_to = on
    row.save(update_fields=["valid_to"])


def _end(school: Organisation, profile: SchoolProfile, on: dt.date) -> None:
    """End the school with its current profile and stages."""
    if on <= max(school.opened_on, profile.valid_from):
        latest = max(school.opened_on, profile.valid_from).isoformat()
        raise ValidationError({"on": _("It must be later than %(date)s.") % {"date": latest}})
    for row in school.stages.filter(valid_to__isnull=True):
        _end_stage(row, on)
    profile.valid_to = on
    profile.save(update_fields=["valid_to"])
    school.closed_on = on
    school.save(update_fields=["closed_on"])
