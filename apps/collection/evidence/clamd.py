"""A virus scanner spoken to in clamd's own protocol (INSTREAM), when one is configured."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

CHUNK = 64 * 1024
SECONDS = 30.0
PORT = 3310
LONGEST_ANSWER = 4096


class ScannerUnavailable(Exception):
    """The scanner cannot be reached, broke off, or said it could not scan."""


def is_configured() -> bool:
    """Tell whether files are to be scanned."""
    return bool(settings.CLAMD_URL)


def virus_in(content: bytes) -> str:
    """Return the name of the virus in a file, empty when it is clean.

    Raises:
        ScannerUnavailable: nothing is known about the file.
    """
    try:
        with _connected(settings.CLAMD_URL) as line:
            line.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), CHUNK):
                part = content[start : start + CHUNK]
                line.sendall(len(part).to_bytes(4, "big") + part)
            line.sendall(b"\0\0\0\0")
            answer = _answer(line)
    except OSError as error:
        raise ScannerUnavailable(str(error)) from error
    return _virus(answer)


def _virus(answer: str) -> str:
    """Read `stream: OK`, `stream: Eicar-Signature FOUND` or `… ERROR`."""
    text = answer.removeprefix("stream:").strip()
    if text == "OK":
        return ""
    if text.endswith("FOUND"):
        return text.removesuffix("FOUND").strip() or "?"
    raise ScannerUnavailable(text or "no answer")


def _answer(line: socket.socket) -> str:
    answer = b""
    while len(answer) < LONGEST_ANSWER and b"\0" not in answer:
        part = line.recv(LONGEST_ANSWER)
        if not part:
            break
        answer += part
    return answer.split(b"\0")[0].decode("utf-8", "replace").strip()


@contextmanager
def _connected(url: str) -> Iterator[socket.socket]:
    """Connect to tcp://host:port or unix:///path/to/clamd.ctl."""
    parts = urlsplit(url)
    if parts.scheme == "unix" and parts.path:
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(SECONDS)
        with line:
            line.connect(parts.path)
            yield line
    elif parts.scheme == "tcp" and parts.hostname:
        with socket.create_connection((parts.hostname, parts.port or PORT), timeout=SECONDS) as line:
            yield line
    else:
        raise ImproperlyConfigured(f"CLAMD_URL must be tcp://host:port or unix:///path, not {url!r}.")
