"""The files of front-end packages that pages ask for, and no others.

Whole packages cannot be gathered for production: their own style sheets name files that they do not bring.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

PACKAGES = {
    "vendor/tabler": ("@tabler/core/dist", ("css/tabler.min.css", "css/tabler.min.css.map")),
    "vendor/plotly": ("plotly.js-basic-dist-min", ("plotly-basic.min.js",)),
}
"""Address below STATIC_URL: folder in node_modules, files of it."""


class VendorFinder(BaseFinder):
    """Finds those files."""

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        found = [
            str(self._folder(prefix) / name) for prefix, name in self._files() if f"{prefix}/{name}" == path
        ]
        return found if find_all else (found[0] if found else [])

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        for prefix, name in self._files():
            storage = FileSystemStorage(location=self._folder(prefix))
            storage.prefix = prefix  # type: ignore[attr-defined]
            yield name, storage

    def _files(self) -> Iterator[tuple[str, str]]:
        yield from ((prefix, name) for prefix, (_folder, names) in PACKAGES.items() for name in names)

    def _folder(self, prefix: str) -> Path:
        return Path(settings.BASE_DIR) / "node_modules" / PACKAGES[prefix][0]
