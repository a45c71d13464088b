from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class Outcome(TextChoices):
    CREATED = "created", gettext_lazy("created")
    CHANGED = "changed", gettext_lazy("changed")
    LEFT = "left", gettext_lazy("left as it was")
    RETIRED = "retired", gettext_lazy("retired")
    KEPT = "kept", gettext_lazy("kept as the bureau decided")


@dataclass(frozen=True)
class Line:
    kind: str
    name: str
    outcome: Outcome
    detail: str = ""


@dataclass
class Report:
    """What a load did to each record, by kind."""

    lines: list[Line] = field(default_factory=list)

    def note(self, kind: str, name: object, outcome: Outcome, fields: Iterable[str] = ()) -> None:
        self.lines.append(Line(kind, str(name), outcome, ", ".join(fields)))

    def amend(self, fields: Sequence[str]) -> None:
        """Add changed fields to the last record noted (links are written after their row)."""
        last = self.lines[-1]
        changed = [*filter(None, [last.detail]), *fields]
        if fields and last.outcome in (Outcome.LEFT, Outcome.CHANGED):
            self.lines[-1] = Line(last.kind, last.name, Outcome.CHANGED, ", ".join(changed))

    def count(self, outcome: Outcome, kind: str | None = None) -> int:
        return sum(line.outcome == outcome and kind in (None, line.kind) for line in self.lines)

    def names(self, outcome: Outcome, kind: str) -> list[str]:
        return [line.name for line in self.lines if line.outcome == outcome and line.kind == kind]

    @property
    def is_unchanged(self) -> bool:
        return all(line.outcome in (Outcome.LEFT, Outcome.KEPT) for line in self.lines)

    def sentences(self) -> Iterator[str]:
        """Say, kind by kind, how many records had which outcome, and name those changed, retired or kept."""
        counts = Counter((line.kind, line.outcome) for line in self.lines)
        for kind in dict.fromkeys(line.kind for line in self.lines):
            parts = [
                f"{outcome.label} {counts[kind, outcome]}" for outcome in Outcome if counts[kind, outcome]
            ]
            yield _("%(kind)s: %(counts)s") % {"kind": kind, "counts": ", ".join(parts)}
        for line in self.lines:
            if line.outcome in (Outcome.CHANGED, Outcome.RETIRED, Outcome.KEPT):
                detail = f" ({line.detail})" if line.detail else ""
                yield f"  {line.kind} {line.name}: {line.outcome.label}{detail}"
