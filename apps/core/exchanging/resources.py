"""An import-export resource whose rows are records and whose saving is a service.

Preview and import are the same run; the preview is rolled back. One wrong row and nothing is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from types import SimpleNamespace
from typing import Any, ClassVar

import tablib
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from import_export import fields, resources
from import_export.instance_loaders import BaseInstanceLoader
from import_export.results import Result

from apps.core.exchanging.widgets import Text


class Record(SimpleNamespace):
    """One row as attributes; `thing` is the object it stands for, None for a new one."""

    thing: Any = None

    def __deepcopy__(self, memo: object) -> Record:
        return Record(**vars(self))


def column(
    attribute: str, heading: str, widget: Text | None = None, *, readonly: bool = False
) -> fields.Field:
    """Return a column: the record's attribute, its Chinese heading in files and how a cell is read."""
    return fields.Field(attribute=attribute, column_name=heading, widget=widget or Text(), readonly=readonly)


class KnownRecords(BaseInstanceLoader):
    """Finds the record of a row among those loaded before the import began."""

    def get_queryset(self) -> list[Record]:
        return list(self.resource.known.values())

    def get_instance(self, row: Mapping[str, Any]) -> Record | None:
        found: Record | None = self.resource.known.get(self.resource.key_of_row(row))
        return deepcopy(found)


class ServiceResource(resources.Resource):
    """A table of records. Subclasses name their columns and say how to load and how to apply a record."""

    name: ClassVar[str | Promise] = ""
    about: ClassVar[str | Promise] = ""
    key: ClassVar[tuple[str, ...]] = ("code",)
    named_by: ClassVar[str] = ""  # the second column where nothing else is said
    imports: ClassVar[bool] = True
    creates: ClassVar[bool] = False
    required: ClassVar[tuple[str, ...]] = ()
    asides: ClassVar[tuple[str, ...]] = ()

    class Meta:
        skip_unchanged = True
        report_skipped = True
        skip_html_diff = True
        use_transactions = True
        store_instance = True
        instance_loader_class = KnownRecords
        import_id_fields = ()

    def __init__(self, *, by: Any) -> None:
        super().__init__()
        self.by = by
        self.known: dict[tuple[Any, ...], Record] = {}
        self.lookups: dict[str, Mapping[str, Any]] = {}
        self.seen: dict[tuple[Any, ...], int] = {}
        self.numbers: Sequence[int] = ()

    # What subclasses write.

    def records(self) -> list[Record]:
        """Return what exists now, in the order of the exported table (a constant number of queries)."""
        raise NotImplementedError

    def find(self) -> dict[str, Mapping[str, Any]]:
        """Return the things that cells may name, by lookup and by every word for them."""
        return {}

    def apply(self, record: Record, before: Record | None) -> None:
        """Write a new or changed record through the services; raises ValidationError."""
        raise NotImplementedError

    # Export.

    def columns(self) -> list[fields.Field]:
        return list(self.fields.values())

    def dataset(self) -> list[list[Any]]:
        """Return the rows of the exported table, typed."""
        return [[field.export(record) for field in self.columns()] for record in self.records()]

    # Import.

    def importable(self) -> list[fields.Field]:
        return [field for field in self.columns() if not field.readonly]

    def required_headings(self) -> list[str]:
        """Return the headings without which a file is refused."""
        return [self.fields[name].column_name for name in (*self.key, *self.required)]

    def naming_headings(self) -> list[str]:
        """Return the headings whose cells tell people which row it is: the key's and that of `named_by`."""
        keys = [self.fields[name].column_name for name in self.key]
        second = self.fields[self.named_by].column_name if self.named_by else self.columns()[1].column_name
        return keys if second in keys else [*keys, second]

    def run(self, dataset: tablib.Dataset, *, dry_run: bool) -> Result:
        """Import `dataset`, or only try it; one wrong row and nothing is written."""
        self.seen = {}
        self.lookups = self.find()
        self.known = {self.key_of(record): record for record in self.records()}
        return self.import_data(
            dataset,
            dry_run=dry_run,
            use_transactions=True,
            rollback_on_validation_errors=True,
            lookups=self.lookups,
        )

    def get_import_id_fields(self) -> list[str]:
        return ["id"]  # rows are found by `key`; its headings are checked when the file is read

    def get_instance(self, instance_loader: KnownRecords, row: Mapping[str, Any]) -> Record | None:
        return instance_loader.get_instance(row)

    def key_of(self, record: Record) -> tuple[Any, ...]:
        return tuple(self.key_part(getattr(record, name)) for name in self.key)

    def key_of_row(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(self.key_part(self.fields[name].clean(row, lookups=self.lookups)) for name in self.key)

    def key_part(self, value: Any) -> Any:
        return getattr(value, "pk", value)

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        """Refuse a row whose key cannot be read, stands in the file twice or is unknown."""
        errors = {}
        for name in self.key:
            try:
                self.fields[name].clean(row, lookups=self.lookups)
            except ValueError as refusal:
                errors[name] = ValidationError(str(refusal))
        if errors:
            raise ValidationError(errors)
        key = self.key_of_row(row)
        if key in self.seen:
            raise ValidationError(
                {self.key[0]: _("This row repeats row %(row)s.") % {"row": self.file_row(self.seen[key])}}
            )
        self.seen[key] = kwargs["row_number"]
        if key not in self.known and not self.creates:
            raise ValidationError(
                {self.key[0]: _("This is not known here. New rows are not added by this table.")}
            )

    def file_row(self, number: int) -> int:
        """Return the row of the file that a row of the dataset stands in."""
        return self.numbers[number - 1] if number <= len(self.numbers) else number

    def init_instance(self, row: Any = None) -> Record:
        return Record(**{field.attribute: field.widget.nothing() for field in self.columns()}, thing=None)

    def validate_instance(self, instance: Any, import_validation_errors: Any = None, **_unused: Any) -> None:
        if import_validation_errors:
            raise ValidationError(import_validation_errors)

    def skip_row(self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None) -> bool:
        """A row changes nothing when only its asides (the day and the reason of a change) are filled in."""
        if import_validation_errors:
            return False
        return all(
            field.attribute in self.asides or field.get_value(instance) == field.get_value(original)
            for field in self.importable()
        )

    def save_instance(self, instance: Any, is_create: bool, row: Any, **kwargs: Any) -> None:
        before = None if is_create else self.known[self.key_of(instance)]
        try:
            self.apply(instance, before)
        except PermissionDenied as refusal:
            raise ValidationError(_("You may not change this row.")) from refusal
