"""One return played from beginning to end, as rows that are not saved yet.

The steps mirror `collection.services` and `reviews.services` one by one (a test compares the two), because
sending six hundred returns through the services would take minutes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from django.utils import timezone

from apps.accounts.models import User
from apps.collection.chasing.workdays import workday_from
from apps.collection.enums import SubmissionStatus as Status
from apps.collection.facts import CHOSEN
from apps.collection.models import (
    DataValue,
    DataValueRevision,
    FillTime,
    Period,
    RuleFiring,
    Submission,
    SubmissionEvent,
)
from apps.demo.mistakes import Mistake
from apps.demo.reporting import Fired, Key, WrittenFact
from apps.demo.story import Days
from apps.organisations.models import Organisation
from apps.reviews.enums import ReviewStatus
from apps.reviews.models import FieldReturn, OfficeReview
from apps.reviews.parts import Parts
from apps.reviews.services import CORRECTION

HOURS = {"started": 9, "submitted": 10, "returned": 13, "resubmitted": 14, "decided": 15}
# Seconds at a choice, and at a figure that is read off a sheet: a timed walk gave 8 and 20.
QUICK, SLOW = (4, 12), (9, 31)
CORRECTED_NOTE = "请按退回意见更正后重新提交"


@dataclass
class Rows:
    """What returns leave behind, in the order it has to be saved."""

    submissions: list[Submission] = field(default_factory=list)
    values: list[DataValue] = field(default_factory=list)
    revisions: list[DataValueRevision] = field(default_factory=list)
    events: list[SubmissionEvent] = field(default_factory=list)
    reviews: list[OfficeReview] = field(default_factory=list)
    field_returns: list[FieldReturn] = field(default_factory=list)
    firings: list[RuleFiring] = field(default_factory=list)
    fill_times: list[FillTime] = field(default_factory=list)


class Return:
    """One organisation's return for one period on its way."""

    def __init__(
        self,
        *,
        period: Period,
        organisation: Organisation,
        reporter: User,
        reviewers: dict[int, User],
        parts: Parts,
        days: Days,
        luck: Random,
    ) -> None:
        self.submission = Submission(period=period, organisation=organisation, started_by=reporter)
        self.reporter, self.reviewers, self.parts, self.days = reporter, reviewers, parts, days
        self.minute = luck.randint(0, 50)
        self.values: list[DataValue] = []
        self.revisions: dict[int, list[DataValueRevision]] = {}
        self.reviews: dict[int, OfficeReview] = {}
        self.events: list[SubmissionEvent] = []
        self.field_returns: list[FieldReturn] = []
        self.fired: dict[Key, list[Fired]] = {}
        self.firings: list[RuleFiring] = []
        self.fill_times: list[FillTime] = []

    def write(self, facts: Sequence[WrittenFact]) -> None:
        self.submission.started_at = self._at("started")
        for fact in facts:
            self.fired[fact.key] = fact.fired
            value = DataValue(
                submission=self.submission,
                element=fact.element,
                stage=fact.stage,
                number=fact.number,
                not_applicable=fact.not_applicable,
                reason=fact.reason,
                version=1,
                updated_by=self.reporter,
                updated_at=self._at("started", 5),
            )
            self.values.append(value)
        self.submission.version += 1

    def submit(self, step: str = "submitted") -> None:
        moment = self._at(step)
        self.submission.submitted_by, self.submission.submitted_at = self.reporter, moment
        self.submission.submitted_on = self.submission.submitted_on or moment.date()
        self._move(Status.SUBMITTED, self.reporter, moment)
        for place, value in enumerate(self.values):
            revisions = self.revisions.setdefault(place, [])
            if not revisions or _differs(value, revisions[-1]):
                revisions.append(_revision(value, len(revisions) + 1, self.reporter, moment))
            value.is_open = False
            self._fire(value, moment)
        for returned in self.field_returns:
            returned.resolved_at = moment
        for office_id in self.parts:
            review = self.reviews.setdefault(
                office_id, OfficeReview(submission=self.submission, office_id=office_id)
            )
            if review.waiting_since is None or review.status != ReviewStatus.WAITING:
                review.status, review.waiting_since = ReviewStatus.WAITING, moment.date()
                review.correct_by = None

    def accept(self, offices: Collection[int]) -> None:
        """Let offices accept their parts in order; a shared fact counts once the last of them has."""
        for minutes, office_id in enumerate(offices):
            review, moment = self.reviews[office_id], self._at("decided", minutes)
            by = self.reviewers[office_id]
            review.status, review.decided_by, review.decided_at = ReviewStatus.ACCEPTED, by, moment
            review.note = ""
            open_offices = [
                key for key, other in self.reviews.items() if other.status != ReviewStatus.ACCEPTED
            ]
            waiting = {element for key in open_offices for element in self.parts[key].element_ids}
            self._count(self.parts[office_id].element_ids - waiting, by, moment)
            if not open_offices:
                self.submission.accepted_at = moment
                self._move(Status.ACCEPTED, by, moment)

    def send_back(self, mistake: Mistake, tied: Collection[int]) -> None:
        """Let an office return one fact; it opens with those that a rule ties to it."""
        value = next(value for value in self.values if (value.element_id, value.stage) == mistake.key)
        office_id = next(key for key, part in sorted(self.parts.items()) if mistake.key in part.facts)
        review, moment, by = self.reviews[office_id], self._at("returned"), self.reviewers[office_id]
        self.field_returns.append(
            FieldReturn(
                review=review,
                value=value,
                reason=mistake.reason,
                text=mistake.text,
                returned_by=by,
                returned_at=moment,
            )
        )
        for other in self.values:
            is_tied = other.element_id in tied and other.stage == value.stage
            other.is_open = other.is_open or other is value or is_tied
        review.status, review.decided_by, review.decided_at = ReviewStatus.RETURNED, by, moment
        review.note, review.correct_by = CORRECTED_NOTE, workday_from(moment.date() + CORRECTION, {})
        self._move(Status.RETURNED, by, moment, CORRECTED_NOTE)

    def correct(self, fact: WrittenFact) -> None:
        value = next(value for value in self.values if (value.element_id, value.stage) == fact.key)
        value.number, value.reason, value.updated_at = fact.number, fact.reason, self._at("resubmitted", -5)
        value.version += 1
        self.fired[fact.key] = fact.fired
        self.submission.version += 1

    def save_to(self, rows: Rows) -> None:
        rows.submissions.append(self.submission)
        rows.values.extend(self.values)
        rows.revisions.extend(revision for revisions in self.revisions.values() for revision in revisions)
        rows.events.extend(self.events)
        rows.reviews.extend(self.reviews.values())
        rows.field_returns.extend(self.field_returns)
        rows.firings.extend(self.firings)
        rows.fill_times.extend(self.fill_times)

    def slip(self, key: Key, number: Decimal, fired: Sequence[Fired]) -> None:
        """Let a figure have been typed wrongly at first and put right when a rule asked about it."""
        value = next(value for value in self.values if (value.element_id, value.stage) == key)
        self.firings += [
            RuleFiring(
                rule=rule,
                submission=self.submission,
                value=value,
                number=number,
                words=words,
                fired_at=self._at("submitted", -10),
            )
            for rule, words in fired
        ]

    def take_time(self, luck: Random) -> None:
        """Note how long each fact took to fill in."""
        self.fill_times = [
            FillTime(
                submission=self.submission,
                element=value.element,
                stage=value.stage,
                seconds=luck.randint(*(QUICK if value.element.value_type in CHOSEN else SLOW)),
            )
            for value in self.values
        ]

    def _fire(self, value: DataValue, moment: dt.datetime) -> None:
        """Note which rules found a figure unusual when it was handed in, each once."""
        noted = {(each.rule.pk, each.number) for each in self.firings if each.value is value}
        for rule, words in self.fired[value.element_id, value.stage]:
            if (rule.pk, value.number) not in noted:
                self.firings.append(
                    RuleFiring(
                        rule=rule,
                        submission=self.submission,
                        value=value,
                        number=value.number,
                        words=words,
                        reason=value.reason,
                        fired_at=moment,
                    )
                )

    def _count(self, element_ids: set[int], by: User, moment: dt.datetime) -> None:
        for place, value in enumerate(self.values):
            revision = self.revisions[place][-1]
            if value.element_id not in element_ids or revision.accepted_at is not None:
                continue
            value.accepted_number, value.accepted_not_applicable = value.number, value.not_applicable
            value.accepted_at, value.accepted_by = moment, by
            revision.accepted_at, revision.accepted_by, revision.accepted_on = moment, by, moment.date()

    def _move(self, to: Status, by: User, moment: dt.datetime, note: str = "") -> None:
        event = SubmissionEvent(
            submission=self.submission,
            from_status=self.submission.status,
            to_status=to,
            by=by,
            at=moment,
            business_date=moment.date(),
            note=note,
        )
        self.events.append(event)
        self.submission.status = to
        self.submission.version += 1

    def _at(self, step: str, minutes: int = 0) -> dt.datetime:
        day: dt.date = getattr(self.days, step)
        moment = dt.datetime.combine(day, dt.time(HOURS[step], self.minute)) + dt.timedelta(minutes=minutes)
        return timezone.make_aware(moment)


def _differs(value: DataValue, revision: DataValueRevision) -> bool:
    return any(
        getattr(value, name) != getattr(revision, name) for name in ("number", "not_applicable", "reason")
    )


def _revision(value: DataValue, order: int, by: User, moment: dt.datetime) -> DataValueRevision:
    return DataValueRevision(
        value=value,
        number_in_order=order,
        number=value.number,
        not_applicable=value.not_applicable,
        reason=value.reason,
        submitted_by=by,
        submitted_at=moment,
    )
