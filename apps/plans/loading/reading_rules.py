from __future__ import annotations

from decimal import Decimal

from apps.core.loading import Entry
from apps.plans.enums import RuleKind, Severity
from apps.plans.loading.records import RuleRecord


def rule(entry: Entry) -> RuleRecord:
    """Read one rule about figures."""
    record = RuleRecord(
        place=entry.place,
        kind=entry.choice("kind", RuleKind),
        severity=entry.choice("severity", Severity),
        element=entry.text("element", limit=60, required=False),
        addends=entry.texts("addends"),
        other=entry.text("other", limit=60, required=False),
        limit=entry.number("limit"),
        least_change=entry.number("least_change") or Decimal(0),
    )
    entry.finish()
    return record
