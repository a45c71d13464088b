"""What fired when a return was handed in: written down, told again, and judged by what became of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from apps.collection.checks import Problem
from apps.collection.models import DataValue, DataValueRevision, RuleFiring, Submission
from apps.plans.enums import Severity

Fired = list[tuple[Problem, DataValue | None]]


def firings_note(*, submission: Submission, fired: Fired) -> None:
    """Write down which rules fired about which figures; the same about the same figure once (1 query)."""
    rows = [
        RuleFiring(
            rule=problem.rule,
            submission=submission,
            value=value,
            number=value.number if value else None,
            words=dict(problem.words),
            reason=value.reason if value else submission.remark,
        )
        for problem, value in fired
        if problem.rule is not None and problem.rule.pk is not None
    ]
    RuleFiring.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["rule", "submission", "value", "number"],
        update_fields=["words", "reason"],
    )


def flags_fired(revisions: Iterable[DataValueRevision]) -> Mapping[int, list[Problem]]:
    """Return what was unusual about submitted figures, by the id of their value (1 query)."""
    numbers = {revision.value_id: revision.number for revision in revisions}
    firings = RuleFiring.objects.filter(value__in=numbers, rule__severity=Severity.SOFT).select_related(
        "rule"
    )
    found: dict[int, list[Problem]] = defaultdict(list)
    for firing in firings:
        if firing.value_id is not None and firing.number == numbers[firing.value_id]:
            found[firing.value_id].append(Problem.of_rule(firing.rule, firing.words))
    return dict(found)
