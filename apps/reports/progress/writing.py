"""Blocks on paper: captions get their numbers, a heading stays with what follows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import singledispatchmethod

from apps.reports.paper.document import Paper
from apps.reports.progress.blocks import (
    Block,
    Heading,
    Listing,
    OwnWords,
    Passage,
    Picture,
    Plain,
    Quote,
    Turn,
)


@dataclass
class Writer:
    """Writes blocks to a paper; tables and figures are numbered through the document."""

    paper: Paper
    tables: int = field(default=0)
    figures: int = field(default=0)

    def write(self, blocks: Iterable[Block]) -> None:
        """Write blocks in order."""
        for block in blocks:
            self._put(block)

    @singledispatchmethod
    def _put(self, block: object) -> None:
        raise TypeError(f"no way to write {type(block).__name__}")

    @_put.register
    def _(self, block: Heading) -> None:
        self.paper.heading(block.level, block.text)

    @_put.register
    def _(self, block: Passage) -> None:
        self.paper.paragraph(block.text)

    @_put.register(Quote)
    @_put.register(OwnWords)
    def _(self, block: Quote | OwnWords) -> None:
        self.paper.paragraph(block.text)

    @_put.register
    def _(self, block: Plain) -> None:
        self.paper.paragraph(block.text, style=block.style)

    @_put.register
    def _(self, block: Turn) -> None:
        self.paper.turn(is_landscape=block.is_landscape)

    @_put.register
    def _(self, block: Listing) -> None:
        caption = block.caption
        if caption:
            self.tables += 1
            caption = f"表{self.tables}　{caption}"
        self.paper.table(caption, block.grid, note=block.note)

    @_put.register
    def _(self, block: Picture) -> None:
        self.figures += 1
        caption = f"图{self.figures}　{block.caption}"
        self.paper.figure(block.png, caption, description=block.description, width=block.width_mm)
