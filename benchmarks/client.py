"""A client that costs little itself: one thread, readiness by epoll, requests written once.

It asks over as many connections as there are clients, keeps a connection as long as the server does, and
reads answers that tell their length or come in chunks.
"""

from __future__ import annotations

import os
import selectors
import socket
import time
from contextlib import closing
from dataclasses import dataclass, field

from benchmarks.clockwork import percentile, threads_seconds

NO_ANSWER = 599
PATIENCE = 120.0
"""Seconds until an answer is given up."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def request(
    port: int,
    path: str,
    *,
    method: str = "GET",
    headers: dict[str, str] | None = None,
    body: bytes = b"",
    patience: float = PATIENCE,
) -> Answer:
    """Ask once, over a connection of its own; a server that hangs up without a word is `NO_ANSWER`."""
    text = written(path, method=method, headers={"Connection": "close", **(headers or {})}, body=body)
    with closing(socket.create_connection(("127.0.0.1", port), timeout=patience)) as wire:
        wire.sendall(text)
        parts = []
        while part := wire.recv(1 << 18):
            parts.append(part)
    head, _, content = b"".join(parts).partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    found = {name.lower(): value for name, _, value in (line.partition(": ") for line in rest)}
    return Answer(int(first.split()[1]) if first else NO_ANSWER, found, content)


def written(
    path: str, *, method: str = "GET", headers: dict[str, str] | None = None, body: bytes = b""
) -> bytes:
    """Return a request as it goes over the wire, as a proxy that ends TLS sends it."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "X-Forwarded-Proto: https"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    lines += [f"Content-Length: {len(body)}"] if body or method == "POST" else []
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


@dataclass
class Load:
    """What a client saw: seconds for each request, by how many a second, processor time on both sides."""

    seconds: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    wall: float = 0.0
    processor: float = 0.0
    own: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.seconds) / self.wall

    @property
    def each(self) -> float:
        """Processor seconds of the server's processes for one request."""
        return self.processor / max(len(self.seconds), 1)

    def p95(self) -> float:
        return percentile(self.seconds, 0.95)


class Wire:
    """One connection of a client that asks the same again and again."""

    def __init__(self, port: int, text: bytes) -> None:
        self.port, self.text, self.socket = port, text, None  # type: tuple[int, bytes, socket.socket | None]
        self.started, self.got, self.wanted, self.in_chunks = 0.0, b"", -1, False

    def ask(self, selector: selectors.BaseSelector) -> None:
        self.started, self.got, self.wanted = time.perf_counter(), b"", -1
        self.in_chunks = False
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(self.socket, selectors.EVENT_READ, self)
        self.socket.sendall(self.text)

    def read(self) -> int:
        """Read what is there; return the status once the answer is complete, else 0."""
        assert self.socket is not None
        part = self.socket.recv(1 << 18)
        if not part:
            raise ConnectionError(f"the answer ended after {len(self.got)} bytes")
        self.got += part
        if self.wanted < 0 and (end := self.got.find(b"\r\n\r\n")) >= 0:
            self.wanted = end + 4 + _length(self.got[:end].lower())
            self.in_chunks = b"\r\ntransfer-encoding: chunked" in self.got[:end].lower()
        whole = self.got.endswith(b"\r\n0\r\n\r\n") if self.in_chunks else 0 <= self.wanted <= len(self.got)
        return int(self.got[9:12]) if whole else 0

    def rest(self, selector: selectors.BaseSelector, *, ended: bool = False) -> None:
        """Close the connection if the server does, or for good."""
        if self.socket is not None and (ended or b"\r\nconnection: close" in self.got[:2000].lower()):
            selector.unregister(self.socket)
            self.socket.close()
            self.socket = None


def _length(head: bytes) -> int:
    """A 304 has no body whatever its header says; other answers tell their length."""
    if head[9:12] in (b"304", b"204"):
        return 0
    return int(head.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0] or 0)


def load(
    port: int, path: str, *, headers: dict[str, str], seconds: float, clients: int, pids: list[int]
) -> Load:
    """Ask for one address as fast as the answers come; `pids` are the processes whose work is counted."""
    found = Load()
    with selectors.DefaultSelector() as selector:
        wires = [Wire(port, written(path, headers=headers)) for _ in range(clients)]
        before, own = sum(map(threads_seconds, pids)), threads_seconds(os.getpid())
        started = time.perf_counter()
        for wire in wires:
            wire.ask(selector)
        while (now := time.perf_counter()) < started + seconds:
            for key, _ in selector.select(PATIENCE):
                _answered(key.data, selector, found)
        found.wall = now - started
        found.processor = sum(map(threads_seconds, pids)) - before
        found.own = threads_seconds(os.getpid()) - own
        for wire in wires:
            wire.rest(selector, ended=True)
    return found


def _answered(wire: Wire, selector: selectors.BaseSelector, found: Load) -> None:
    if not (status := wire.read()):
        return
    found.seconds.append(time.perf_counter() - wire.started)
    found.statuses[status] = found.statuses.get(status, 0) + 1
    wire.rest(selector)
    wire.ask(selector)
