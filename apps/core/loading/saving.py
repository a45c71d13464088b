from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.db.models import Model

from apps.core.loading.report import Outcome, Report

Row = TypeVar("Row", bound=Model)


def upsert(
    model: type[Row],
    *,
    key: Mapping[str, Any],
    values: Mapping[str, Any],
    report: Report,
    kind: str,
    name: object,
    only_new: Mapping[str, Any] | None = None,
    position: int | None = None,
) -> Row:
    """Create the row with this key or change what differs, and note the outcome.

    `only_new` holds the values of a new row that a later load leaves to people. `position`, the record's
    place in its file, is written but is no change worth a word.
    """
    place = {} if position is None else {"position": position}
    row = model._default_manager.filter(**key).first()
    if row is None:
        report.note(kind, name, Outcome.CREATED)
        return model._default_manager.create(**key, **values, **place, **(only_new or {}))
    wanted = {**values, **place}
    differing = [field for field, value in wanted.items() if getattr(row, field) != value]
    for field in differing:
        setattr(row, field, wanted[field])
    if differing:
        row.save(update_fields=differing)
    differing = [field for field in differing if field not in place]
    report.note(kind, name, Outcome.CHANGED if differing else Outcome.LEFT, differing)
    return row


def link(manager: Any, wanted: Iterable[Model]) -> bool:
    """Make a many-to-many relation hold exactly `wanted`; tell whether anything changed."""
    now = set(manager.values_list("pk", flat=True))
    then = {row.pk for row in wanted}
    if now == then:
        return False
    manager.set(then)
    return True
