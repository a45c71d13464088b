"""Putting a long statement together."""

from __future__ import annotations

from typing import Any


class Text:
    """SQL with its parameters, kept in the same order."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.params: list[Any] = []

    def add(self, sql: str, *params: object) -> Text:
        self.pieces.append(sql)
        self.params.extend(params)
        return self

    @property
    def sql(self) -> str:
        return "\n".join(self.pieces)
