"""What was handed in, as it is printed and stamped: the facts of one handing in and the hash over them.

The hash is SHA-256 over a plain text of what was submitted: codes, stages, values and reasons, no names, so
that the same handing in gives the same hash whenever it is printed, and another one another.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from apps.collection.enums import SubmissionStatus
from apps.collection.facts import FactValue, shown_text, value_of
from apps.collection.keys import Key
from apps.collection.models import DataValueRevision, SealedForm, Submission, SubmissionEvent
from apps.core.numbers import plain_text
from apps.organisations.enums import Stage
from apps.plans.models import DataElement

FORMAT = "lusong-return/1"


@dataclass(frozen=True)
class PrintedFact:
    """One line of the printed form."""

    element: DataElement
    stage: str
    value: FactValue
    source: str

    @property
    def key(self) -> Key:
        return self.element.pk, self.stage

    @property
    def stage_label(self) -> str:
        return "" if self.stage == Stage.WHOLE else str(Stage(self.stage).label)

    @property
    def text(self) -> str:
        return shown_text(self.element, self.value, unit=False)


@dataclass(frozen=True)
class PrintedForm:
    """One handing in of a return: its number in order, who handed it in when, its facts and their hash.

    `kept` is what was stored when it was handed in; None for a return from before forms were stored.
    """

    submission: Submission
    number: int
    event: SubmissionEvent
    facts: list[PrintedFact]
    kept: SealedForm | None = None

    @property
    def text(self) -> str:
        """The text that is hashed, one fact a line."""
        period, organisation = self.submission.period, self.submission.organisation
        head = [
            FORMAT,
            f"organisation\t{organisation.code}",
            f"period\t{period.plan.year}\t{period.quarter}",
            f"submission\t{self.number}\t{self.event.business_date.isoformat()}",
            f"remark\t{_quoted(self.event.note)}",
        ]
        lines = sorted(
            f"fact\t{fact.element.code}\t{fact.stage}\t{_canonical(fact.value)}\t{_quoted(fact.value.reason)}"
            for fact in self.facts
        )
        return "\n".join([*head, *lines]) + "\n"

    @property
    def sha256(self) -> str:
        """The check code: as it was stored, which is what a paper printed at any time bears."""
        return self.kept.sha256 if self.kept else sha256_of(self.text)

    @property
    def is_intact(self) -> bool:
        """Tell whether the facts kept as revisions are still those that were handed in."""
        return self.kept is None or self.kept.text == self.text

    @property
    def sha256_groups(self) -> list[str]:
        """The hash in groups of eight, to be compared by eye."""
        return [self.sha256[place : place + 8] for place in range(0, 64, 8)]

    def sealed(self) -> SealedForm:
        """Return the row that keeps this form, not saved yet."""
        text = self.text
        return SealedForm(
            submission=self.submission,
            event=self.event,
            number=self.number,
            text=text,
            sha256=sha256_of(text),
        )


def sha256_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _canonical(value: FactValue) -> str:
    if value.not_applicable:
        return "not applicable"
    if value.date is not None:
        return value.date.isoformat()
    return plain_text(value.number) if value.number is not None else _quoted(value.text)


def printed_forms(submission: Submission) -> list[PrintedForm]:
    """Return every handing in of a return, the oldest first (2 queries)."""
    events = submission.events.filter(to_status=SubmissionStatus.SUBMITTED)
    events = events.select_related("by", "sealed_form").order_by("pk")
    revisions = list(
        DataValueRevision.objects.filter(value__submission=submission)
        .select_related("value__element")
        .order_by("value__element__position", "value__element__code", "value__stage", "number_in_order")
    )
    kept = {event.pk: event.sealed_form for event in events if hasattr(event, "sealed_form")}
    return forms_of(submission, list(events), revisions, kept)


def forms_of(
    submission: Submission,
    events: Sequence[SubmissionEvent],
    revisions: Sequence[DataValueRevision],
    kept: Mapping[int, SealedForm] | None = None,
) -> list[PrintedForm]:
    """Return the forms of a return from its handings in, the oldest first, and its revisions. Pure."""
    return [
        PrintedForm(submission, number, event, _facts_at(revisions, event), (kept or {}).get(event.pk))
        for number, event in enumerate(events, start=1)
    ]


def form_seal(submission: Submission) -> SealedForm:
    """Keep the form of the handing in that just happened; call it in the transaction of that step."""
    sealed = printed_forms(submission)[-1].sealed()
    sealed.save()
    return sealed


def _facts_at(revisions: Iterable[DataValueRevision], event: SubmissionEvent) -> list[PrintedFact]:
    """Return the facts as they stood when an event handed them in: the last revision of each until then."""
    latest = {row.value_id: row for row in revisions if row.submitted_at <= event.at}
    return [
        PrintedFact(row.value.element, row.value.stage, value_of(row), row.source) for row in latest.values()
    ]
