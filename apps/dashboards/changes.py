"""Who changed what: the audit rows that the database's triggers wrote, newest first, read only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import CharField, ForeignKey, Model, Q, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.templatetags.lusong import local_text
from apps.dashboards.trails import LABELS, NEVER_SHOWN, TRAILS, Trail

PAGE_SIZE = 50
EMPTY: tuple[object, ...] = (None, "", [])


@dataclass(frozen=True)
class FieldChange:
    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Change:
    """One audit row: when, who (None: the system), what about, and the fields that differ from before.

    `address` and `request` are the network address and number of the request that did it, empty without one.
    """

    at: dt.datetime
    trail: Trail
    action: str
    by: str | None
    subject: str
    fields: Sequence[FieldChange]
    address: str = ""
    request: str = ""


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed by; all of it may be empty. `since` and `until` are days, both included."""

    kind: str = ""
    person: str = ""
    subject: str = ""
    since: dt.date | None = None
    until: dt.date | None = None


def changes_page(user: User, *, number: int, filters: Filters) -> tuple[list[Change], bool]:
    """Return page `number` (from 1) of the changes in the user's region, and whether older ones follow."""
    end = number * PAGE_SIZE
    rows = changes_between(user, filters, end - PAGE_SIZE, end + 1)
    return rows[:PAGE_SIZE], len(rows) > PAGE_SIZE


def changes_between(user: User, filters: Filters, start: int, end: int) -> list[Change]:
    """Return the changes at the places `start` to `end`, newest first.

    The number of queries depends on the kinds of things there are, not on how many rows are shown.
    """
    shown = _events(_places(user, filters, start, end))
    people = _people(event for _trail, event in shown)
    before = {
        trail.key: _previous(trail, [event for own, event in shown if own is trail]) for trail in TRAILS
    }
    names = _names(shown, before)
    return [
        _change(trail, event, before[trail.key].get(event.pgh_id), people, names) for trail, event in shown
    ]


def changes_of(
    things: Mapping[str, Collection[int]], *, skipped: Mapping[str, Collection[str]] | None = None
) -> list[Change]:
    """Return what was recorded of single things, newest first, without their creation (4 queries a kind).

    Args:
        things: primary keys by the key of their trail; the caller knows that the reader may see them.
        skipped: fields, by the key of their trail, whose changes are told elsewhere.
    """
    shown, before = [], {}
    for trail in TRAILS:
        rows = trail.history.objects.filter(pgh_obj__in=things.get(trail.key, ()), pgh_label="update")
        events = list(rows.select_related("pgh_context", *trail.related)) if trail.key in things else []
        shown += [(trail, event) for event in events]
        before[trail.key] = _previous(trail, events)
    shown.sort(key=lambda pair: (pair[1].pgh_created_at, pair[1].pgh_id), reverse=True)
    people, names = _people(event for _trail, event in shown), _names(shown, before)
    rows = [
        _change(
            trail,
            event,
            before[trail.key].get(event.pgh_id),
            people,
            names,
            skipped=(skipped or {}).get(trail.key, ()),
        )
        for trail, event in shown
    ]
    return [row for row in rows if row.fields]


def _places(user: User, filters: Filters, start: int, end: int) -> list[tuple[str, int]]:
    """Return kind and id of the audit rows at these places (1 query over all kinds)."""
    trails = [trail for trail in TRAILS if filters.kind in ("", trail.key)]
    people = _matching_people(filters.person)
    parts = [
        _narrowed(trail, user, filters, people)
        .order_by()
        .annotate(trail=Value(trail.key, CharField()))
        .values_list("trail", "pgh_id", "pgh_created_at")
        for trail in trails
    ]
    union = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return [(key, pk) for key, pk, _at in union.order_by("-pgh_created_at", "-pgh_id")[start:end]]


def _matching_people(person: str) -> list[int] | None:
    if not person.strip():
        return None
    return list(User.objects.matching(person).values_list("pk", flat=True))


def _narrowed(trail: Trail, user: User, filters: Filters, people: list[int] | None) -> QuerySet[Any]:
    rows = trail.history.objects.filter(**{f"{trail.region}__ancestor_links__ancestor_id": user.region_id})
    if people is not None:
        rows = rows.filter(pgh_context__metadata__user__in=people)
    if subject := filters.subject.strip():
        found = Q()
        for path in trail.search:
            found |= Q(**{f"{path}__icontains": subject})
        rows = rows.filter(found)
    if filters.since:
        rows = rows.filter(pgh_created_at__gte=_midnight(filters.since))
    if filters.until:
        rows = rows.filter(pgh_created_at__lt=_midnight(filters.until + dt.timedelta(days=1)))
    return rows


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def _events(places: list[tuple[str, int]]) -> list[tuple[Trail, Any]]:
    """Return the audit rows with their kinds, in order (a query for each kind among them)."""
    found: dict[tuple[str, int], tuple[Trail, Any]] = {}
    for trail in TRAILS:
        wanted = [pk for key, pk in places if key == trail.key]
        if wanted:
            rows = trail.history.objects.filter(pgh_id__in=wanted)
            for event in rows.select_related("pgh_context", *trail.related):
                found[trail.key, event.pgh_id] = (trail, event)
    return [found[place] for place in places if place in found]


def _people(events: Iterable[Any]) -> dict[int, str]:
    keys = {key for event in events if (key := _actor(event)) is not None}
    return dict(User.objects.filter(pk__in=keys).values_list("pk", "name"))


def _actor(event: Any) -> int | None:
    return (event.pgh_context.metadata or {}).get("user") if event.pgh_context else None


def _origin(event: Any, part: str) -> str:
    return str((event.pgh_context.metadata or {}).get(part) or "") if event.pgh_context else ""


def _previous(trail: Trail, events: Sequence[Any]) -> dict[int, Any]:
    """Return for each event's id the event of the same thing before it."""
    if not events:
        return {}
    found: dict[int, Any] = {}
    last: dict[Any, Any] = {}
    for event in trail.history.objects.filter(pgh_obj__in={event.pgh_obj_id for event in events}).order_by(
        "pgh_id"
    ):
        if event.pgh_obj_id in last:
            found[event.pgh_id] = last[event.pgh_obj_id]
        last[event.pgh_obj_id] = event
    return found


def _shown_fields(trail: Trail) -> list[Any]:
    return [
        field
        for field in trail.history._meta.concrete_fields
        if not field.name.startswith("pgh_") and field.name not in NEVER_SHOWN | {"id"}
    ]


Names = dict[tuple[type[Model], Any], str]


def _names(shown: Sequence[tuple[Trail, Any]], before: dict[str, dict[int, Any]]) -> Names:
    """Return the names of what changed foreign keys pointed to, one query a table."""
    wanted: dict[type[Model], set[Any]] = {}
    for trail, event in shown:
        for field in _shown_fields(trail):
            if isinstance(field, ForeignKey):
                old = before[trail.key].get(event.pgh_id)
                pair = {getattr(event, field.attname), getattr(old, field.attname, None)}
                if old is not None and len(pair) == 2:
                    wanted.setdefault(field.remote_field.model, set()).update(pair - {None})
    return {
        (model, key): local_text(thing) if hasattr(thing, "name") else str(thing)
        for model, keys in wanted.items()
        for key, thing in model._default_manager.in_bulk(keys).items()
    }


def _change(
    trail: Trail,
    event: Any,
    before: Any,
    people: dict[int, str],
    names: Names,
    *,
    skipped: Collection[str] = (),
) -> Change:
    actor = _actor(event)
    return Change(
        at=event.pgh_created_at,
        trail=trail,
        action=event.pgh_label,
        by=people.get(actor) if actor is not None else None,
        subject=trail.subject(event),
        fields=list(_differences(trail, event, before, names, skipped)),
        address=_origin(event, "address"),
        request=_origin(event, "request"),
    )


def _differences(
    trail: Trail, event: Any, before: Any, names: Names, skipped: Collection[str] = ()
) -> Iterable[FieldChange]:
    """Yield the fields that differ from before; of a new row its figures."""
    hidden = trail.hides(event)
    for field in _shown_fields(trail):
        old, new = getattr(before, field.attname, None), getattr(event, field.attname)
        is_bare = before is None and (field.name not in trail.figures or new in EMPTY)
        if old == new or is_bare or field.name in skipped:
            continue
        label = str(LABELS.get(field.name, field.verbose_name))
        if hidden and field.name in trail.figures:
            yield FieldChange(label, _("hidden"), _("hidden"))
        else:
            yield FieldChange(label, _text(field, old, names), _text(field, new, names))


def _text(field: Any, value: Any, names: Names) -> str:
    if value in EMPTY:
        return "–"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(field, ForeignKey):
        return names.get((field.remote_field.model, value), str(value))
    if isinstance(value, list):
        choices = dict(field.base_field.flatchoices)
        return _(", ").join(str(choices.get(one, one)) for one in value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    return str(dict(field.flatchoices).get(value, value))
