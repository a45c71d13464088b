"""What an import does or would do, row by row, in words for a page."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import tablib
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from apps.core.exchanging.reading import Sheet
from apps.core.exchanging.resources import Record, ServiceResource

logger = logging.getLogger(__name__)
NEW, CHANGED, UNCHANGED, WRONG = "new", "changed", "unchanged", "wrong"
KINDS = {"new": NEW, "update": CHANGED, "skip": UNCHANGED}


@dataclass(frozen=True, slots=True)
class CellChange:
    heading: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class CellError:
    """`cell` is an address such as C7, empty when the whole row is meant."""

    cell: str
    heading: str
    message: str


@dataclass(slots=True)
class RowOutcome:
    """One row: its number in the file, what it is about, and what becomes of it."""

    number: int
    subject: str
    kind: str
    changes: Sequence[CellChange] = ()
    errors: list[CellError] = field(default_factory=list)

    @property
    def told(self) -> tuple[object, ...]:
        """Everything that is said of the row, as plain values."""
        changes = [(one.heading, one.old, one.new) for one in self.changes]
        errors = [(one.cell, one.heading, one.message) for one in self.errors]
        return self.number, self.subject, self.kind, changes, errors


@dataclass
class Outcome:
    """All rows. `partial`: right rows are taken although others are wrong."""

    rows: list[RowOutcome]
    partial: bool = False

    def count(self, kind: str) -> int:
        return sum(row.kind == kind for row in self.rows)

    @property
    def n_new(self) -> int:
        return self.count(NEW)

    @property
    def n_changed(self) -> int:
        return self.count(CHANGED)

    @property
    def n_unchanged(self) -> int:
        return self.count(UNCHANGED)

    @property
    def n_wrong(self) -> int:
        return self.count(WRONG)

    @property
    def can_be_taken(self) -> bool:
        """Something changes, and nothing wrong stands against it."""
        return self.n_new + self.n_changed > 0 and (self.partial or not self.n_wrong)

    @property
    def fingerprint(self) -> str:
        """A short text that differs as soon as the import would do something else."""
        digest = hashlib.sha256()
        for row in self.rows:
            digest.update(repr(row.told).encode())
        return digest.hexdigest()[:32]


def import_sheet(resource: ServiceResource, sheet: Sheet, *, dry_run: bool) -> Outcome:
    """Import a sheet through a resource, or only try it."""
    resource.numbers = sheet.numbers
    result = resource.run(tablib.Dataset(*sheet.rows, headers=list(sheet.headings)), dry_run=dry_run)
    if result.base_errors:
        raise result.base_errors[0].error
    rows = [_row(resource, sheet, place, found) for place, found in enumerate(result.rows)]
    return Outcome(rows)


def _row(resource: ServiceResource, sheet: Sheet, place: int, found: Any) -> RowOutcome:
    number, cells = sheet.numbers[place], dict(zip(sheet.headings, sheet.rows[place], strict=False))
    subject = " ".join(cells[heading] for heading in resource.naming_headings() if cells.get(heading))
    errors = _errors(resource, sheet, number, found)
    if errors:
        return RowOutcome(number, subject, WRONG, errors=errors)
    kind = KINDS[found.import_type]
    return RowOutcome(number, subject, kind, _changes(resource, sheet, found) if kind != UNCHANGED else ())


def _changes(resource: ServiceResource, sheet: Sheet, found: Any) -> list[CellChange]:
    before: Record | None = found.original
    changes = []
    for column in resource.importable():
        old = str(column.export(before)) if before is not None else ""
        new = str(column.export(found.instance))
        if old != new and column.column_name in sheet.headings:
            changes.append(CellChange(column.column_name, old, new))
    return changes


def _errors(resource: ServiceResource, sheet: Sheet, number: int, found: Any) -> list[CellError]:
    if found.errors:
        logger.error("an import failed", exc_info=found.errors[0].error)
        return [CellError("", "", _("This row cannot be written. Tell whoever runs the platform."))]
    if found.validation_error is None:
        return []
    headings = {column.attribute: column.column_name for column in resource.columns()}
    return validation_errors(found.validation_error, headings, sheet, number)


def validation_errors(
    error: ValidationError, headings: Mapping[str, str], sheet: Sheet, number: int
) -> list[CellError]:
    """Return a service's complaints beside the cells they are about."""
    if not hasattr(error, "error_dict"):
        return [CellError("", "", message) for message in error.messages]
    found: list[CellError] = []
    for attribute, errors in error.error_dict.items():
        heading = headings.get(attribute, "")
        letter = sheet.column_letter(heading)
        for one in errors:
            found.extend(
                CellError(f"{letter}{number}" if letter else "", heading, message) for message in one.messages
            )
    return found
