"""Log lines as JSON, with the request and the job they belong to and without personal data."""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
import traceback
from contextvars import ContextVar
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from apps.core.personal import IDENTITY, MOBILE
from apps.core.requests import origin

ZONE = ZoneInfo("Asia/Shanghai")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
ROW = re.compile(r"\s*(DETAIL|CONTEXT|QUERY|STATEMENT):.*", re.DOTALL)
"""PostgreSQL quotes the whole row that it refused."""
TYPED = re.compile(r"'[^']*'|\"[^\"]*\"|[\u2e80-\u9fff\uf900-\ufaff]+")
"""What an error quotes, and Chinese words: in an error's text both are somebody's data."""


@dataclass(frozen=True)
class Running:
    """The background task under way: its name, its message's id, the job it makes (0: none)."""

    task: str = ""
    task_id: str = ""
    job: int = 0


NOTHING = Running()
running: ContextVar[Running] = ContextVar("running", default=NOTHING)


class JsonFormatter(logging.Formatter):
    """One JSON object a line: at, level, logger, message, request, task, task_id, job, facts, error."""

    def format(self, record: logging.LogRecord) -> str:
        at = dt.datetime.fromtimestamp(record.created, ZONE).isoformat(timespec="milliseconds")
        said: dict[str, object] = {"at": at, "level": record.levelname, "logger": record.name}
        said["message"] = veiled(record.getMessage())
        here = running.get()
        said |= {"request": origin().number, "task": here.task, "task_id": here.task_id, "job": here.job}
        said |= getattr(record, "facts", {})
        if record.exc_info and record.exc_info[1] is not None:
            said["error"] = error_words(record.exc_info[1])
        return json.dumps(
            {key: value for key, value in said.items() if value or value is False}, ensure_ascii=False
        )


def veiled(text: str) -> str:
    """The text without identity, phone and e-mail numbers and without the rows that PostgreSQL quotes."""
    text = ROW.sub("", text)
    for pattern in (IDENTITY, MOBILE, EMAIL):
        text = pattern.sub("***", text)
    return text


def error_words(error: BaseException | None) -> list[dict[str, object]]:
    """What was raised and where, with what caused it; the innermost cause last."""
    found: list[dict[str, object]] = []
    while error is not None and len(found) < 5:
        frames = traceback.extract_tb(error.__traceback__)
        where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        words = TYPED.sub("…", veiled(str(error)))[:300]
        found.append({"kind": type(error).__name__, "says": words, "where": where})
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return found
