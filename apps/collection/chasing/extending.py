"""Later due dates, for one organisation or for all of them, each with its reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.collection.chasing.enums import NoticeKind
from apps.collection.chasing.notices import Told, notices_give
from apps.collection.chasing.permissions import extends_for
from apps.collection.due_dates import due_date, extended_dates
from apps.collection.facts import check_words
from apps.collection.models import Assignment, Extension, Period
from apps.core import clock
from apps.core.typed import Unreadable
from apps.organisations.models import Organisation


@transaction.atomic
def extension_grant(
    *, period: Period, organisations: Collection[Organisation], due_on: dt.date, reason: str, by: User
) -> list[Extension]:
    """Let these organisations report later. Their state, the board and the reminders follow.

    Raises:
        PermissionDenied: unless `by` may extend in the plan's region.
        ValidationError: nobody chosen, no reason, a date that is past, not later, or after the closing date.
    """
    current = _open_period(period, by)
    _check(current, due_on, reason)
    owing = set(_owing(current).values_list("organisation_id", flat=True))
    chosen = [one for one in organisations if one.pk in owing]
    if not chosen:
        raise ValidationError(_("Choose at least one school or office that owes a return."))
    extended = extended_dates([current], organisations=[one.pk for one in chosen])
    granted = [
        Extension(
            period=current,
            organisation=one,
            due_on=due_on,
            due_before=due_date(current, one.pk, extended),
            reason=reason.strip(),
            granted_by=by,
            granted_on=clock.today(),
        )
        for one in chosen
    ]
    Extension.objects.bulk_create(granted)
    _tell(current, {one.pk for one in chosen}, due_on, reason, by)
    return granted


@transaction.atomic
def period_extend(*, period: Period, due_on: dt.date, reason: str, by: User) -> Extension:
    """Move the due date of a whole period for everybody (raises as `extension_grant`)."""
    current = _open_period(period, by)
    _check(current, due_on, reason)
    if due_on <= current.due_on:
        raise ValidationError({"due_on": _not_later(current)})
    granted = Extension.objects.create(
        period=current,
        due_on=due_on,
        due_before=current.due_on,
        reason=reason.strip(),
        granted_by=by,
        granted_on=clock.today(),
    )
    current.due_on = due_on
    current.save(update_fields=["due_on"])
    period.refresh_from_db()
    _tell(current, set(_owing(current).values_list("organisation_id", flat=True)), due_on, reason, by)
    return granted


def _open_period(period: Period, by: User) -> Period:
    current = Period.objects.select_for_update(of=("self",)).select_related("plan").get(pk=period.pk)
    if not extends_for(by, current):
        raise PermissionDenied
    if current.closes_on < clock.today():
        raise ValidationError(_("This quarter is closed; its dates are not rewritten."))
    return current


def _check(period: Period, due_on: dt.date, reason: str) -> None:
    if not reason.strip():
        raise ValidationError({"reason": _("Give the reason for the extension.")})
    try:
        check_words(reason)
    except Unreadable as refusal:
        raise ValidationError({"reason": refusal.message}) from refusal
    if due_on < clock.today():
        raise ValidationError({"due_on": _("The new date lies in the past.")})
    if due_on <= period.due_on:
        raise ValidationError({"due_on": _not_later(period)})
    if due_on > period.closes_on:
        text = _("The quarter closes on %(date)s; set a date until then.")
        raise ValidationError({"due_on": text % _iso(period.closes_on)})


def _not_later(period: Period) -> str:
    return _("The new date must be later than %(date)s.") % _iso(period.due_on)


def _iso(date: dt.date) -> dict[str, str]:
    return {"date": date.isoformat()}


def _owing(period: Period):  # type: ignore[no-untyped-def]
    return Assignment.objects.filter(period=period, withdrawn_on__isnull=True)


def _tell(period: Period, organisations: set[int], due_on: dt.date, reason: str, by: User) -> None:
    notices_give(
        [
            Told(NoticeKind.EXTENDED, organisation, period, text=reason.strip(), due_on=due_on, by=by)
            for organisation in sorted(organisations)
        ]
    )
