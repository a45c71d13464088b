"""What can be made in the background. Each app registers its own kinds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from apps.core.jobs.models import Job
    from apps.core.jobs.progress import Progress

Parameters = Mapping[str, Any]


@dataclass(frozen=True)
class BuiltFile:
    """What was made: the name a person saves it under, its bytes, its MIME type."""

    name: str
    content: bytes
    content_type: str


@dataclass(frozen=True)
class JobKind:
    """One kind of work.

    title: what a person reads in the list, in the language in force.
    audience: whom the content is for when this user asks (`bureau`, `school:12`); None: it is not for them.
    source: names what it is made from (a release's SHA-256, a generation); other source, other file.
    build: makes it; tells its stages to the progress, which raises `CancelledError`.
    version: to be raised when the same request must give another file.
    """

    name: str
    title: Callable[[Parameters], str]
    audience: Callable[[Any, Parameters], str | None]
    source: Callable[[Any, Parameters], str]
    build: Callable[[Job, Progress], BuiltFile]
    version: int = 1
    queue: str = "default"

    def fingerprint(self, user: Any, parameters: Parameters, *, audience: str, language: str) -> str:
        """Return the SHA-256 that two requests share when they get the same file."""
        said = [
            self.name,
            self.version,
            dict(parameters),
            audience,
            language,
            self.source(user, parameters),
        ]
        text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


_kinds: dict[str, JobKind] = {}


def register(kind: JobKind) -> JobKind:
    """Make a kind known; a name is taken once."""
    known = _kinds.setdefault(kind.name, kind)
    if known is not kind:
        raise ValueError(f"two kinds of jobs are called {kind.name}")
    return kind


def kind_of(name: str) -> JobKind:
    """Return a kind by its name (KeyError when there is none, as after an upgrade that dropped it)."""
    return _kinds[name]


def knows(name: str) -> bool:
    return name in _kinds
