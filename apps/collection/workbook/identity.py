"""What a workbook says it is: of which form, organisation and quarter. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from apps.collection.slots import Slot
from apps.core.exchanging.grids import Grid

TEMPLATE_VERSION = 1
IDENTITY_SHEET = "_template"
MARK = "lusong-return"


@dataclass(frozen=True)
class Identity:
    """`form` is the fingerprint of the facts asked; `saved` the version of the return then."""

    version: int
    organisation: str
    organisation_name: str
    year: int
    quarter: int
    form: str
    saved: int

    def rows(self) -> list[tuple[str, str]]:
        """Return names and values as the hidden sheet holds them."""
        return [
            ("mark", MARK),
            ("template", str(self.version)),
            ("organisation", self.organisation),
            ("organisation_name", self.organisation_name),
            ("year", str(self.year)),
            ("quarter", str(self.quarter)),
            ("form", self.form),
            ("saved", str(self.saved)),
        ]


def fingerprint_of(slots: Iterable[Slot]) -> str:
    """Return 16 characters that differ as soon as another fact, type, unit or choice is asked."""
    facts = sorted(
        [
            slot.element.code,
            slot.stage,
            slot.element.value_type,
            slot.element.unit,
            slot.element.decimals,
            [str(choice["value"]) for choice in slot.element.choices],
        ]
        for slot in slots
    )
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()[:16]


def read_identity(grids: Sequence[Grid]) -> Identity | None:
    """Return what the hidden sheet says, None for a file that was not made here or whose sheet is broken."""
    for grid in grids:
        facts = {line[0]: line[1] for line in grid.lines if len(line) > 1}
        if grid.name != IDENTITY_SHEET or facts.get("mark") != MARK:
            continue
        try:
            return Identity(
                int(facts["template"]),
                facts["organisation"],
                facts["organisation_name"],
                int(facts["year"]),
                int(facts["quarter"]),
                facts["form"],
                int(facts["saved"]),
            )
        except (KeyError, ValueError):
            return None
    return None
