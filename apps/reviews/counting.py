"""How much of each waiting part needs a look: facts, changed, unusual ones. Constant queries for a page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import ngettext

from apps.collection.facts import FactValue, accepted_of, value_of
from apps.collection.keys import Key
from apps.collection.models import DataValue, DataValueRevision, Submission
from apps.collection.rules.firings import flags_fired
from apps.collection.slots import Previous
from apps.reviews.models import OfficeReview
from apps.reviews.parts import parts_of_many

# What weighs how much when the queue is sorted by risk: an unusual figure that nobody explained most of all.
WEIGHTS = {"unexplained": 5, "flagged": 3, "corrected": 3, "not_applicable": 2, "first": 1}


@dataclass
class Counts:
    """Of one office's part.

    `flagged`: unusual or not applicable; `not_applicable`, `unexplained`, `first` (never told before) and
    `corrected` (another than what counts already) say what there is to look at.
    """

    facts: int = 0
    changed: int = 0
    flagged: int = 0
    not_applicable: int = 0
    unexplained: int = 0
    first: int = 0
    corrected: int = 0

    @property
    def is_correction(self) -> bool:
        """Figures that count already would be replaced."""
        return self.corrected > 0

    @property
    def risk(self) -> int:
        """A number to sort by; `reasons` says in words what is behind it."""
        return sum(weight * getattr(self, name) for name, weight in WEIGHTS.items())

    @property
    def reasons(self) -> list[str]:
        """What there is to look at, in words, the heaviest first."""
        unusual = self.flagged - self.not_applicable
        told = [
            (unusual, ngettext("%(n)s unusual", "%(n)s unusual", unusual)),
            (self.unexplained, ngettext("%(n)s unexplained", "%(n)s unexplained", self.unexplained)),
            (self.corrected, ngettext("%(n)s corrected", "%(n)s corrected", self.corrected)),
            (
                self.not_applicable,
                ngettext("%(n)s not applicable", "%(n)s not applicable", self.not_applicable),
            ),
            (self.first, ngettext("%(n)s for the first time", "%(n)s for the first time", self.first)),
        ]
        return [text % {"n": count} for count, text in told if count]


Handed = dict[int, dict[Key, DataValueRevision]]
Accepted = dict[tuple[int, int, str], list[DataValue]]


def counts_of(reviews: Sequence[OfficeReview]) -> dict[int, Counts]:
    """Return the counts by review id (5 queries).

    Args:
        reviews: with submission.organisation and submission.period.plan.policy at hand.
    """
    submissions = {review.submission_id: review.submission for review in reviews}
    if not submissions:
        return {}
    parts = parts_of_many(submissions.values())
    handed_in = _handed_in(submissions)
    accepted = _accepted_before(submissions)
    fired = flags_fired(revision for facts in handed_in.values() for revision in facts.values())
    found = {}
    for review in reviews:
        counts = found[review.pk] = Counts()
        part = parts[review.submission_id].get(review.office_id)
        for key in part.facts if part else ():
            revision = handed_in[review.submission_id].get(key)
            is_flagged = revision is not None and revision.value_id in fired
            _count(counts, review.submission, key, revision, accepted, is_flagged)
    return found


def _count(
    counts: Counts,
    submission: Submission,
    key: Key,
    revision: DataValueRevision | None,
    accepted: Accepted,
    is_flagged: bool,
) -> None:
    counts.facts += 1
    if revision is None:
        return
    value = value_of(revision)
    previous = _previous(submission, key, accepted)
    counted = accepted_of(revision.value)
    before: FactValue | None = counted or (previous.value if previous else None)
    counts.changed += before is None or not value.same_as(before)
    counts.flagged += bool(value.not_applicable or is_flagged)
    counts.not_applicable += value.not_applicable
    counts.unexplained += is_flagged and not value.reason
    counts.first += before is None
    counts.corrected += counted is not None and not value.same_as(counted)


def _previous(submission: Submission, key: Key, accepted: Accepted) -> Previous | None:
    """Return the newest accepted value before the submission's period."""
    for value in accepted.get((submission.organisation_id, *key), []):
        if value.submission.period.ends_on < submission.period.ends_on:
            return Previous(accepted_of(value) or FactValue(), value.submission.period)
    return None


def _handed_in(submissions: dict[int, Submission]) -> Handed:
    revisions = (
        DataValueRevision.objects.filter(value__submission__in=submissions)
        .select_related("value")
        .order_by("value_id", "-number_in_order")
        .distinct("value_id")
    )
    found: Handed = defaultdict(dict)
    for revision in revisions:
        value = revision.value
        found[value.submission_id][value.element_id, value.stage] = revision
    return found


def _accepted_before(submissions: dict[int, Submission]) -> Accepted:
    values = (
        DataValue.objects.filter(
            submission__organisation__in={each.organisation_id for each in submissions.values()},
            submission__period__ends_on__lt=max(each.period.ends_on for each in submissions.values()),
            accepted_at__isnull=False,
        )
        .select_related("submission__period")
        .order_by("-submission__period__ends_on")
    )
    found: Accepted = defaultdict(list)
    for value in values:
        found[value.submission.organisation_id, value.element_id, value.stage].append(value)
    return found
