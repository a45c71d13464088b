"""By when each organisation's return is due: the period's date, or the later one it was granted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from django.db.models import OuterRef, Subquery

from apps.collection.models import Extension, Period

Extended = dict[tuple[int, int], dt.date]


def extended_dates(periods: Iterable[Period], *, organisations: Collection[int] | None = None) -> Extended:
    """Return the later due dates by period and organisation id (1 query); who has none keeps the period's."""
    own = {period.pk: period.due_on for period in periods}
    rows = Extension.objects.filter(period__in=own, organisation__isnull=False)
    if organisations is not None:
        rows = rows.filter(organisation__in=organisations)
    found = rows.order_by("pk").values_list("period_id", "organisation_id", "due_on")
    latest = {(period, organisation): due_on for period, organisation, due_on in found}
    return {key: due_on for key, due_on in latest.items() if due_on > own[key[0]]}


def due_date(period: Period, organisation_id: int, extended: Extended) -> dt.date:
    """Return the date by which this organisation's return of the period is due."""
    return extended.get((period.pk, organisation_id), period.due_on)


def due_date_of(period: Period, organisation_id: int) -> dt.date:
    """Return the same for one organisation (1 query)."""
    return due_date(period, organisation_id, extended_dates([period], organisations=[organisation_id]))


def granted_date(*, period: str, organisation: str) -> Subquery:
    """Return the last granted date as an annotation; the arguments name the outer query's columns."""
    rows = Extension.objects.filter(period=OuterRef(period), organisation=OuterRef(organisation))
    return Subquery(rows.order_by("-pk").values("due_on")[:1])
