"""Message catalogues of the apps: which strings the sources use, and what their Chinese catalogue lacks.

Babel's extractor reads Python, and templates through Django's templatize: GNU gettext is not needed.
A template belongs to the app that its folder is named after, other templates to core (home/ to dashboards).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

LOCALE = "zh_Hans"
KEYWORDS: dict[str, tuple[int | tuple[int, int] | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
HEADER = f"""msgid ""
msgstr ""
"Language: {LOCALE}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
TEMPLATE_OWNERS = {"home": "dashboards"}
Key = tuple[str, str | None]


def app_names(base: Path) -> list[str]:
    """Return the names of the apps under `base`/apps."""
    return sorted(path.parent.name for path in (base / "apps").glob("*/apps.py"))


def catalogue_path(base: Path, app: str) -> Path:
    """Return the place of an app's Chinese catalogue."""
    return base / "apps" / app / "locale" / LOCALE / "LC_MESSAGES" / "django.po"


def used(base: Path, app: str) -> Catalog:
    """Return the strings that the sources of `app` use, as a catalogue without translations."""
    catalogue = Catalog(locale=LOCALE)
    for path in sources(base, app):
        where = path.relative_to(base).as_posix()
        for _line, text, comments, context in _strings(path):
            catalogue.add(text, locations=[(where, 0)], auto_comments=comments, context=context)
    return catalogue


def sources(base: Path, app: str) -> Iterator[Path]:
    """Yield the Python files and templates of `app`."""
    yield from (
        path for path in sorted((base / "apps" / app).rglob("*.py")) if "migrations" not in path.parts
    )
    if app == "core":
        yield from sorted((base / "lusong_edu").rglob("*.py"))
    names = app_names(base)
    for path in sorted((base / "templates").rglob("*")):
        if path.is_file() and template_owner(path.relative_to(base / "templates"), names) == app:
            yield path


def template_owner(path: Path, names: Iterable[str]) -> str:
    """Return the app whose catalogue holds the strings of the template at `path` (relative to templates/)."""
    folder = path.parts[0] if len(path.parts) > 1 else ""
    folder = TEMPLATE_OWNERS.get(folder, folder)
    return folder if folder in names else "core"


def _strings(path: Path) -> Iterator[tuple[int, str | tuple[str, ...], list[str], str | None]]:
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # What is no message comes out as X's; without indentation the result reads as Python tokens.
        text = "\n".join(line.strip() for line in templatize(text, origin=str(path)).splitlines())
    return extract("python", BytesIO(text.encode()), KEYWORDS, ["Translators:"])


def stored(base: Path, app: str) -> Catalog:
    """Return the app's Chinese catalogue as it is on disk, an empty one when there is none."""
    path = catalogue_path(base, app)
    if not path.exists():
        return Catalog(locale=LOCALE)
    with path.open("rb") as file:
        return read_po(file, locale=LOCALE)


def key(message: Message) -> Key:
    """Return what identifies a message: its (singular) text and context."""
    text = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
    return text, message.context


def is_translated(message: Message) -> bool:
    """Tell whether every form of a message has a text."""
    forms = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    return bool(forms) and all(forms)


def messages(catalogue: Catalog) -> dict[Key, Message]:
    """Return the messages of a catalogue without its header."""
    return {key(message): message for message in catalogue if message.id}


def merged(base: Path, app: str, known: dict[Key, Message]) -> Catalog:
    """Return the app's catalogue brought up to date: unused strings set aside, new ones from `known`."""
    old = stored(base, app)
    translations = {key(m): m for m in old.obsolete.values()} | messages(old)
    fresh = Catalog(locale=LOCALE, fuzzy=False, charset="utf-8")

    for identity, message in messages(used(base, app)).items():
        candidates = [translations.get(identity), known.get(identity)]
        best = next((m for m in candidates if m is not None and is_translated(m) and _fits(m, message)), None)
        flags = (set(best.flags) if best else set()) | set(message.flags)
        fresh.add(
            message.id,
            best.string if best else None,
            locations=message.locations,
            flags=flags,
            context=message.context,
        )
    for identity, message in translations.items():
        if identity not in messages(fresh) and is_translated(message):
            fresh.obsolete[key(message)[0]] = message
    return fresh


def _fits(translation: Message, message: Message) -> bool:
    return isinstance(translation.id, str) == isinstance(message.id, str)


def written(catalogue: Catalog) -> bytes:
    """Return a catalogue as the bytes of its file: sorted and undated, it changes only when it must."""
    buffer = BytesIO()
    write_po(buffer, catalogue, width=110, sort_output=True, include_lineno=False, omit_header=True)
    return HEADER.encode() + buffer.getvalue()


def problems(base: Path) -> list[str]:
    """Return what is wrong with the catalogues: missing, fuzzy, unused and contradicting translations."""
    found: list[str] = []
    seen: dict[Key, tuple[str, object]] = {}
    for app in app_names(base):
        wanted, have = messages(used(base, app)), messages(stored(base, app))
        for identity, message in wanted.items():
            translation = have.get(identity)
            if translation is None or not is_translated(translation) or not _fits(translation, message):
                found.append(f"{app}: missing: {identity[0]!r} ({message.locations[0][0]})")
        for identity, translation in have.items():
            if translation.fuzzy:
                found.append(f"{app}: fuzzy: {identity[0]!r}")
            if identity not in wanted:
                found.append(f"{app}: unused: {identity[0]!r}")
            elif is_translated(translation):
                first_app, string = seen.setdefault(identity, (app, translation.string))
                if string != translation.string:
                    found.append(
                        f"{app}: {identity[0]!r} is {translation.string!r}, but {string!r} in {first_app}"
                    )
    return found
