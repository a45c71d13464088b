"""Records of YAML files with typed access. A value of the wrong type is noted as a problem, not raised."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import yaml
from django.db.models import TextChoices
from django.utils.translation import gettext as _

from apps.core.loading.problems import Problems

Default = TypeVar("Default")


FastLoader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _UniqueKeyLoader(FastLoader):  # type: ignore[misc, valid-type]
    """YAML in which a key that stands twice in one record is an error, not the last one's victory."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        keys = [self.construct_object(key, deep=True) for key, _value in node.value]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice is not None:
            problem = _("%(key)s stands there twice") % {"key": twice}
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
        return super().construct_mapping(node, deep)


class Entry:
    """One record of a data file. Call `finish` last: it refuses keys that nobody asked for."""

    def __init__(self, data: object, *, place: str, problems: Problems) -> None:
        self.place = place
        self.problems = problems
        self.data: dict[str, Any] = data if isinstance(data, dict) else {}
        self._asked: set[str] = set()
        if not isinstance(data, dict):
            self.complain(_("this is not a record of keys and values."))

    def complain(self, sentence: str) -> None:
        self.problems.add(self.place, sentence)

    def text(self, key: str, *, limit: int, required: bool = True) -> str:
        value = self._get(key, required=required, default="")
        if not isinstance(value, str):
            return self._wrong(key, _("%(key)s must be text (in quotation marks, if it is a figure)."), "")
        if len(value) > limit:
            self.complain(_("%(key)s is longer than %(limit)d characters.") % {"key": key, "limit": limit})
        return value.strip()

    def integer(self, key: str, *, default: int | None = None, required: bool = True) -> int | None:
        value = self._get(key, required=required, default=default)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            return self._wrong(key, _("%(key)s must be a whole number."), default)
        return value

    def number(self, key: str, *, required: bool = False) -> Decimal | None:
        value = self._get(key, required=required, default=None)
        if value is None:
            return None
        if not isinstance(value, int | float) or isinstance(value, bool):
            return self._wrong(key, _("%(key)s must be a number."), None)
        return Decimal(str(value))

    def date(self, key: str, *, required: bool = False) -> dt.date | None:
        value = self._get(key, required=required, default=None)
        if value is not None and (not isinstance(value, dt.date) or isinstance(value, dt.datetime)):
            return self._wrong(key, _("%(key)s must be a date like 2025-03-10."), None)
        return value

    def flag(self, key: str) -> bool:
        value = self._get(key, required=False, default=False)
        return (
            value if isinstance(value, bool) else self._wrong(key, _("%(key)s must be true or false."), False)
        )

    def choice(self, key: str, choices: type[TextChoices], *, default: str | None = None) -> str:
        value = self._get(key, required=default is None, default=default or "")
        return value if value == "" or self._is_known(key, value, choices) else ""

    def choices(self, key: str, choices: type[TextChoices], *, required: bool = False) -> tuple[str, ...]:
        values = self._list(key, required=required)
        return tuple(value for value in values if self._is_known(key, value, choices))

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        values = self._list(key, required=required)
        if not all(isinstance(value, str) for value in values):
            return self._wrong(key, _("%(key)s must be a list of texts."), ())
        return tuple(values)

    def integers(self, key: str, *, required: bool = False) -> tuple[int, ...]:
        values = self._list(key, required=required)
        if not all(isinstance(value, int) and not isinstance(value, bool) for value in values):
            return self._wrong(key, _("%(key)s must be a list of whole numbers."), ())
        return tuple(values)

    def entry(self, key: str, *, required: bool = True) -> Entry | None:
        value = self._get(key, required=required, default=None)
        return None if value is None else Entry(value, place=f"{self.place}, {key}", problems=self.problems)

    def entries(self, key: str, *, required: bool = False) -> list[Entry]:
        return [
            Entry(value, place=f"{self.place}, {key} {number}", problems=self.problems)
            for number, value in enumerate(self._list(key, required=required, unique=False), start=1)
        ]

    def finish(self) -> None:
        for key in sorted(set(map(str, self.data)) - self._asked):
            self.complain(_("%(key)s is not a key of this record.") % {"key": key})

    def _get(self, key: str, *, required: bool, default: Any) -> Any:
        self._asked.add(key)
        value = self.data.get(key)
        if value is None or value in ("", []):
            if required:
                self.complain(_("%(key)s is missing.") % {"key": key})
            return default
        return value

    def _list(self, key: str, *, required: bool, unique: bool = True) -> list:
        values = self._get(key, required=required, default=[])
        if not isinstance(values, list):
            return self._wrong(key, _("%(key)s must be a list."), [])
        if unique and any(values.count(value) > 1 for value in values):
            self.complain(_("%(key)s names the same thing twice.") % {"key": key})
        return values

    def _is_known(self, key: str, value: object, choices: type[TextChoices]) -> bool:
        if value in choices.values:
            return True
        known = {"key": key, "value": value, "known": ", ".join(choices.values)}
        self.complain(_("%(value)s is not a known value of %(key)s; known are %(known)s.") % known)
        return False

    def _wrong(self, key: str, sentence: str, default: Default) -> Default:
        self.complain(sentence % {"key": key})
        return default


def read_entry_file(path: Path, problems: Problems) -> Entry:
    """Read a YAML file that is one record."""
    return Entry(_read(path, problems, dict), place=path.name, problems=problems)


def read_list_file(
    path: Path, problems: Problems, *, name: Callable[[dict], object], required: bool = True
) -> list[Entry]:
    """Read a YAML file that is a list of records; `name` says what to call each in a sentence."""
    if not required and not path.exists():
        return []
    rows = _read(path, problems, list)
    return [
        Entry(
            row,
            place=f"{path.name}: {(name(row) if isinstance(row, dict) else None) or number}",
            problems=problems,
        )
        for number, row in enumerate(rows, start=1)
    ]


def _read(path: Path, problems: Problems, shape: type) -> Any:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_UniqueKeyLoader)  # noqa: S506 - a safe loader  # nosec B506
    except FileNotFoundError:
        problems.add(path.name, _("there is no such file in %(folder)s.") % {"folder": path.parent})
    except UnicodeDecodeError:
        problems.add(path.name, _("the file is not written in UTF-8."))
    except yaml.YAMLError as error:
        problems.add(path.name, _("this is not YAML: %(error)s.") % {"error": " ".join(str(error).split())})
    else:
        if isinstance(content, shape):
            return content
        problems.add(
            path.name,
            _("the file must be a list of records.") if shape is list else _("the file must be one record."),
        )
    return shape()
