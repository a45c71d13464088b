"""Reads the text of a PDF in a process of its own: the file comes in, each line that goes out is a page.

Run as a file, never imported by the application: a PDF made to hang or to fill the memory ends this process
only. The first line says how many pages there are; what was read before a limit is there to be used.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from collections.abc import Iterator
from typing import Any

SECONDS, BYTES = 8, 1024 * 1024 * 1024
MOST_PAGES, MOST_CHARACTERS = 200, 40_000
DEEPEST = 4


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    from pypdf import PdfReader

    pages = PdfReader(io.BytesIO(sys.stdin.buffer.read()), strict=False).pages
    say({"pages": len(pages)})
    for number in range(min(len(pages), MOST_PAGES)):
        say(page_of(pages[number]))


def say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def page_of(page: Any) -> dict[str, Any]:
    """Return a page's text with that of its notes and fields, and whether it shows pictures."""
    try:
        text = "\n".join([page.extract_text(), *notes_of(page)])
        has_pictures = shows_pictures(page.get("/Resources"), DEEPEST)
    except Exception:  # the library has many errors of its own; none of them says anything about a name
        return {"text": "", "pictures": True, "whole": False}
    return {
        "text": text[:MOST_CHARACTERS],
        "pictures": has_pictures,
        "whole": len(text) <= MOST_CHARACTERS,
    }


def notes_of(page: Any) -> Iterator[str]:
    for note in page.get("/Annots") or ():
        found = note.get_object()
        for key in ("/Contents", "/V"):
            if isinstance(found.get(key), str):
                yield found[key]


def shows_pictures(resources: Any, depth: int) -> bool:
    """Tell whether a page or a form within it draws pictures; too deep a nesting counts as one."""
    drawn: Any = resources.get_object().get("/XObject") if resources else None
    for inner in drawn.get_object().values() if drawn else ():
        thing = inner.get_object()
        if thing.get("/Subtype") == "/Image":
            return True
        if thing.get("/Subtype") == "/Form" and (
            depth == 0 or shows_pictures(thing.get("/Resources"), depth - 1)
        ):
            return True
    return False


if __name__ == "__main__":
    main()
