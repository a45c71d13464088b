"""Which office reviews which facts of a return.

A fact of a school belongs to the office that leads the first indicator, in the plan's order, for which the
school owes it: one fact, one reviewer. The figures an office itself reports go as a whole to the plan's
cross-review office, and that office's own to the second one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from apps.collection.duties import Duty, duties_of
from apps.collection.duties_kept import asked_of
from apps.collection.keys import Key
from apps.collection.models import Assignment, Submission
from apps.plans.models import PlanPolicy


@dataclass
class Part:
    """One office's facts of one return, by the number of the area they belong to first."""

    facts: dict[Key, int] = field(default_factory=dict)

    @property
    def element_ids(self) -> set[int]:
        return {element for element, _stage in self.facts}


Parts = dict[int, Part]


def parts_of(submission: Submission) -> Parts:
    """Return the parts of one return by office id (2 queries, 4 more at first)."""
    asked = _asked([submission])[submission.period_id, submission.organisation_id]
    return _split(submission, asked, asked_of(submission.period, submission.organisation).duties)


def parts_of_many(submissions: Iterable[Submission]) -> dict[int, Parts]:
    """Return the parts of several returns of one plan, by submission id (2 queries).

    Args:
        submissions: with organisation and period.plan.policy at hand.
    """
    returns = list(submissions)
    if not returns:
        return {}
    asked = _asked(returns)
    duties = _duties(returns)
    return {
        submission.pk: _split(
            submission,
            asked[submission.period_id, submission.organisation_id],
            duties[submission.period_id, submission.organisation_id],
        )
        for submission in returns
    }


def _asked(submissions: list[Submission]) -> dict[tuple[int, int], set[Key]]:
    rows = Assignment.objects.filter(
        period__in={submission.period_id for submission in submissions},
        organisation__in={submission.organisation_id for submission in submissions},
        withdrawn_on__isnull=True,
    ).values_list("period_id", "organisation_id", "element_id", "stage")
    asked: dict[tuple[int, int], set[Key]] = defaultdict(set)
    for period_id, organisation_id, element_id, stage in rows:
        asked[period_id, organisation_id].add((element_id, stage))
    return asked


def _duties(submissions: list[Submission]) -> dict[tuple[int, int], list[Duty]]:
    found: dict[tuple[int, int], list[Duty]] = defaultdict(list)
    for plan_id in {submission.period.plan_id for submission in submissions}:
        duties = duties_of(
            plan_id=plan_id,
            periods={submission.period_id for submission in submissions},
            organisations={submission.organisation_id for submission in submissions},
        )
        for duty in duties:
            found[duty.period_id, duty.organisation_id].append(duty)
    return found


def _split(submission: Submission, asked: set[Key], duties: list[Duty]) -> Parts:
    """Deal the asked facts out; one that no indicator needs any more goes to the reviewing office."""
    parts: Parts = defaultdict(Part)
    reviewer = reviewing_office_id(submission.period.plan.policy, submission.organisation_id)
    is_office = not submission.organisation.is_school
    dealt: set[Key] = set()
    for duty in duties:
        if duty.key in asked - dealt:
            parts[reviewer if is_office else duty.office_id].facts[duty.key] = duty.area_id
            dealt.add(duty.key)
    for key in sorted(asked - dealt):
        parts[reviewer].facts[key] = 0
    return dict(parts)


def reviewing_office_id(policy: PlanPolicy, organisation_id: int) -> int:
    """Return who reviews an office's own figures: never that office itself."""
    if organisation_id == policy.cross_review_office_id:
        return policy.second_review_office_id
    return policy.cross_review_office_id
