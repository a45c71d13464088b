"""Typed cells of an import: what is unambiguous is read, what is not is refused with advice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import override
from import_export.widgets import Widget

from apps.core.dates import read_date
from apps.core.numbers import read_number
from apps.core.typed import Unreadable, has_personal_number, tidy

SEPARATORS = str.maketrans(dict.fromkeys("，,;；/\n", "、"))


class Text(Widget):
    """A text of limited length; `required` refuses a blank one."""

    def __init__(self, *, required: bool = False, longest: int = 300) -> None:
        super().__init__()
        self.required, self.longest = required, longest

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        text = tidy(str(value or ""))
        if not text:
            return self.blank()
        if len(text) > self.longest:
            raise ValueError(_("At most %(limit)s characters fit here.") % {"limit": self.longest})
        try:
            return self.read(text, kwargs)
        except Unreadable as refusal:
            raise ValueError(refusal.message) from refusal

    def blank(self) -> Any:
        if self.required:
            raise ValueError(_("This cell must not be empty."))
        return self.nothing()

    def nothing(self) -> Any:
        return ""

    def read(self, text: str, given: Mapping[str, Any]) -> Any:
        if has_personal_number(text):
            raise Unreadable("personal_number")
        return text

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return "" if value is None else value


class Code(Text):
    """A code of digits or letters, kept as text."""

    def read(self, text: str, given: Mapping[str, Any]) -> str:
        if "E+" in text.upper():
            raise ValueError(
                _("“%(text)s” was turned into a scientific number; format the column as text.")
                % {"text": text}
            )
        return text


class Day(Text):
    """A date."""

    def nothing(self) -> None:
        return None

    def read(self, text: str, given: Mapping[str, Any]) -> dt.date:
        return read_date(text).value


class Figure(Text):
    """An exact number."""

    def __init__(self, *, required: bool = False, signed: bool = True) -> None:
        super().__init__(required=required)
        self.signed = signed

    def nothing(self) -> None:
        return None

    def read(self, text: str, given: Mapping[str, Any]) -> Decimal:
        return read_number(text.removesuffix("%"), decimals=4, signed=self.signed).value

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return "" if value is None else Decimal(value).normalize()


class YesNo(Text):
    """是 or 否; blank is `otherwise`."""

    def __init__(self, *, otherwise: bool = False) -> None:
        super().__init__()
        self.otherwise = otherwise

    def nothing(self) -> bool:
        return self.otherwise

    def read(self, text: str, given: Mapping[str, Any]) -> bool:
        if text not in ("是", "否"):
            raise Unreadable("yes_or_no", text=text)
        return text == "是"

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "是" if value else "否"


class Choice(Text):
    """One of some choices, written as its Chinese word, its English one or its code."""

    def __init__(self, choices: type[TextChoices], *, required: bool = False) -> None:
        super().__init__(required=required)
        self.choices = choices

    def words(self) -> dict[str, str]:
        """Return the Chinese word of each code: files speak Chinese whatever the page's language."""
        with override("zh-hans"):
            return {str(value): str(label) for value, label in self.choices.choices}

    def read(self, text: str, given: Mapping[str, Any]) -> str:
        words = self.words()
        for value, word in words.items():
            if text in (value, word):
                return value
        raise ValueError(
            _("“%(text)s” is not one of %(choices)s.") % {"text": text, "choices": "、".join(words.values())}
        )

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return self.words().get(value, value or "")


class Several(Text):
    """Several of what `one` reads, separated by 、; a sorted tuple, so that order is no change."""

    def __init__(self, one: Text, *, required: bool = False) -> None:
        super().__init__(required=required)
        self.one = one

    def nothing(self) -> tuple[Any, ...]:
        return ()

    def read(self, text: str, given: Mapping[str, Any]) -> tuple[Any, ...]:
        parts = [part.strip() for part in text.translate(SEPARATORS).split("、")]
        return in_order(self.one.read(part, given) for part in parts if part)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "、".join(str(self.one.render(item)) for item in value or ())


class Known(Text):
    """Something that exists, found by what people call it in the lookup `name` of the import."""

    def __init__(self, name: str, *, required: bool = False, shown: Callable[[Any], str] = str) -> None:
        super().__init__(required=required)
        self.name, self.shown = name, shown

    def nothing(self) -> None:
        return None

    def read(self, text: str, given: Mapping[str, Any]) -> Any:
        words = given["lookups"][self.name]
        found = words.get(text) or _tidied(words, text)
        if found is None:
            raise ValueError(
                _("“%(text)s” is not known. Write it as in the exported table.") % {"text": text}
            )
        return found

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return self.shown(value) if value is not None else ""


def _tidied(words: Mapping[str, Any], text: str) -> Any:
    """Return the one thing whose word reads `text` once it is tidied as cells are: 示例（二） is 示例(二)."""
    if not isinstance(words, Mapping):
        return None  # a finder with rules of its own
    found = {id(thing): thing for word, thing in words.items() if tidy(word) == text}
    return found.popitem()[1] if len(found) == 1 else None


def in_order(items: Iterable[Any]) -> tuple[Any, ...]:
    """Return the distinct items in a stable order."""
    return tuple(sorted(set(items), key=lambda item: getattr(item, "pk", item)))
