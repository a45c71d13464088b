"""What must be settled, and what a person must knowingly accept, before a quarter is released. Pure.

An *error* stops the release: the figures are still moving, or contradict each other. A *warning* does not:
whoever releases says to have read it, and the release keeps that.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from apps.dashboards.readings import Reading
from apps.reports.releases.audience import Audience
from apps.rollups.enums import Confidence, Status


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


class Point(StrEnum):
    """What is looked at, in the order of the list."""

    NO_PERIOD = "no_period"
    NOT_OVER = "not_over"
    NOT_CLOSED = "not_closed"
    UNREVIEWED = "unreviewed"
    IN_HAND = "in_hand"
    STALE = "stale"
    REBUILDING = "rebuilding"
    DIFFERENCES = "differences"
    TARGETS = "targets"
    DEFINITIONS = "definitions"
    COVERAGE = "coverage"
    PROVISIONAL = "provisional"
    ESTIMATED = "estimated"
    NO_TARGET = "no_target"
    UNCONFIRMED = "unconfirmed"
    HIDDEN = "hidden"
    OVERDUE = "overdue"
    RULES = "rules"
    OWN_NUMBERS = "own_numbers"


@dataclass(frozen=True)
class Subject:
    """What a finding is about; `office_id` where only its lead office and the leaders may know of it."""

    name: str
    office_id: int | None = None

    def is_known_to(self, audience: Audience) -> bool:
        return self.office_id is None or audience.sees_all or self.office_id in audience.office_ids


@dataclass(frozen=True)
class InForce:
    """A confirmed target revision that counts in the quarter or before."""

    subject: Subject
    effective_from: dt.date


@dataclass(frozen=True)
class Facts:
    """What the checklist judges, of one plan and quarter.

    Returns (`unreviewed`, `in_hand`) are those of the quarter and the ones before it: the release holds the
    year so far. `readings` are the quarter's, nothing hidden; `ends_on` is None where there is no period.
    """

    today: dt.date
    ends_on: dt.date | None = None
    closes_on: dt.date | None = None
    unreviewed: Sequence[Subject] = ()
    in_hand: Sequence[Subject] = ()
    n_stale: int = 0
    is_rebuilding: bool = False
    n_differences: int = 0
    targets: Sequence[InForce] = ()
    definitions: Sequence[Subject] = ()
    readings: Sequence[tuple[Subject, Reading]] = ()
    hidden: Sequence[Subject] = ()
    overdue: Sequence[Subject] = ()
    rules: Sequence[Subject] = ()
    own_numbers: Sequence[Subject] = ()


@dataclass(frozen=True)
class Finding:
    """One line of the checklist: what, how many, and which."""

    point: Point
    severity: Severity
    count: int
    subjects: Sequence[Subject] = field(default=())

    @property
    def token(self) -> str:
        """What a person acknowledges: this very finding, not another one of the same kind."""
        said = "|".join([str(self.count), *sorted(subject.name for subject in self.subjects)])
        return f"{self.point}:{hashlib.sha256(said.encode()).hexdigest()[:12]}"


Rule = Callable[[Facts], Sequence[Subject] | int]


def _readings(test: Callable[[Reading], bool]) -> Rule:
    return lambda facts: [subject for subject, reading in facts.readings if test(reading)]


def _not_over(facts: Facts) -> int:
    return int(facts.ends_on is not None and facts.ends_on >= facts.today)


def _not_closed(facts: Facts) -> int:
    """A correction is still taken without reopening; before the quarter's end that goes without saying."""
    is_open = facts.closes_on is not None and facts.closes_on >= facts.today
    return int(is_open and not _not_over(facts))


def _conflicting(facts: Facts) -> list[Subject]:
    """Two confirmed revisions of one target from the same day: which one is meant cannot be known."""
    found = Counter((row.subject, row.effective_from) for row in facts.targets)
    return list(dict.fromkeys(subject for (subject, _day), n in found.items() if n > 1))


RULES: Mapping[Point, tuple[Severity, Rule]] = {
    Point.NO_PERIOD: (Severity.ERROR, lambda facts: int(facts.ends_on is None)),
    Point.NOT_OVER: (Severity.ERROR, _not_over),
    Point.NOT_CLOSED: (Severity.ERROR, _not_closed),
    Point.UNREVIEWED: (Severity.ERROR, lambda facts: facts.unreviewed),
    Point.IN_HAND: (Severity.ERROR, lambda facts: facts.in_hand),
    Point.STALE: (Severity.ERROR, lambda facts: facts.n_stale),
    Point.REBUILDING: (Severity.ERROR, lambda facts: int(facts.is_rebuilding)),
    Point.DIFFERENCES: (Severity.ERROR, lambda facts: facts.n_differences),
    Point.TARGETS: (Severity.ERROR, _conflicting),
    Point.DEFINITIONS: (Severity.ERROR, lambda facts: facts.definitions),
    Point.COVERAGE: (
        Severity.WARNING,
        _readings(lambda reading: reading.coverage is not None and reading.coverage < 1),
    ),
    Point.PROVISIONAL: (
        Severity.WARNING,
        _readings(lambda reading: reading.value is not None and reading.confidence == Confidence.PROVISIONAL),
    ),
    Point.ESTIMATED: (
        Severity.WARNING,
        _readings(lambda reading: reading.value is not None and reading.confidence == Confidence.ESTIMATED),
    ),
    Point.NO_TARGET: (Severity.WARNING, _readings(lambda reading: reading.status == Status.NO_TARGET)),
    Point.UNCONFIRMED: (Severity.WARNING, _readings(lambda reading: reading.status == Status.UNCONFIRMED)),
    Point.HIDDEN: (Severity.WARNING, lambda facts: facts.hidden),
    Point.OVERDUE: (Severity.WARNING, lambda facts: facts.overdue),
    Point.RULES: (Severity.WARNING, lambda facts: facts.rules),
    Point.OWN_NUMBERS: (Severity.WARNING, lambda facts: facts.own_numbers),
}


def findings_of(facts: Facts) -> list[Finding]:
    """Return what the facts leave to be settled or accepted, errors first."""
    found = []
    for point, (severity, rule) in RULES.items():
        answer = rule(facts)
        subjects: Sequence[Subject] = () if isinstance(answer, int) else answer
        count = answer if isinstance(answer, int) else len(subjects)
        if count:
            found.append(Finding(point, severity, count, tuple(subjects)))
    return found


def errors_in(findings: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity == Severity.ERROR]


def warnings_in(findings: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity == Severity.WARNING]


def unread(findings: Sequence[Finding], acknowledged: Collection[str]) -> list[Finding]:
    """Return the warnings that nobody has said to have read as they stand now."""
    return [finding for finding in warnings_in(findings) if finding.token not in acknowledged]


def kept(findings: Sequence[Finding], *, by: str, on: dt.date) -> list[dict[str, Any]]:
    """Return what a release keeps of its checklist: the warnings, and who accepted them when."""
    return [
        {
            "point": str(finding.point),
            "count": finding.count,
            "subjects": [[subject.name, subject.office_id] for subject in finding.subjects],
            "acknowledged_by": by,
            "acknowledged_on": on.isoformat(),
        }
        for finding in warnings_in(findings)
    ]


def as_kept(row: Mapping[str, Any]) -> Finding:
    """Return the warning that a release keeps."""
    subjects = tuple(Subject(name, office_id) for name, office_id in row["subjects"])
    return Finding(Point(row["point"]), Severity.WARNING, row["count"], subjects)
