"""No room on the server's disk: told on a page of its own, from which what was typed can be sent again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.datastructures import MultiValueDict

from apps.core.whole_files import FULL, DiskFull

DATABASE_FULL = "53100"
"""PostgreSQL's code for its disk."""


class RoomyUploadHandler(TemporaryFileUploadHandler):
    """Django's for files that are too large for memory; without room for one, the rest is still read."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        self._with_room(super().new_file, *args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self._with_room(super().receive_data_chunk, raw_data, start)
        return None

    def file_complete(self, file_size: int) -> UploadedFile | None:
        found: UploadedFile | None = self._with_room(super().file_complete, file_size)
        return found

    def _with_room(self, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        try:
            return call(*args, **kwargs)
        except OSError as error:
            if error.errno not in FULL:
                raise
            names = getattr(self.request, "without_room", [])
            self.request.without_room = [*names, self.field_name]  # type: ignore[union-attr]
            raise SkipFile from error


class RoomMiddleware:
    """Answer 507 when a file could not be taken in, or anything else found no room."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_unused: object) -> HttpResponse | None:
        if request.method == "POST" and request.POST is not None and hasattr(request, "without_room"):
            return no_room(request, files=request.without_room)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return no_room(request, files=list(request.FILES)) if is_about_room(error) else None


def is_about_room(error: BaseException) -> bool:
    """Tell whether an error, or one it came from, says that a disk is full."""
    return any(
        isinstance(one, DiskFull)
        or (isinstance(one, OSError) and one.errno in FULL)
        or (isinstance(one, OperationalError) and getattr(one.__cause__, "pgcode", "") == DATABASE_FULL)
        for one in _chain(error)
    )


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def no_room(request: HttpRequest, *, files: list[str]) -> HttpResponse:
    """Render the page; a form with files is offered again with what was typed, its files to be chosen."""
    is_form = request.method == "POST" and request.content_type == "multipart/form-data"
    typed: MultiValueDict[str, str] = request.POST if is_form else MultiValueDict()
    rows = [
        (name, text)
        for name, texts in typed.lists()
        if name != "csrfmiddlewaretoken" and "password" not in name
        for text in texts
    ]
    context = {"is_form": is_form, "typed": rows, "files": dict.fromkeys(files)}
    return render(request, "507.html", context, status=507)
