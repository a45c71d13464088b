"""One sending of the form, and the list of what is wrong at its top."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.accounts.models import User
from apps.collection.checks import Problem
from apps.collection.enums import SubmissionStatus as Status
from apps.collection.evidence.panel import FileOutcome, evidence_change
from apps.collection.form_fields import QUIET, FieldView
from apps.collection.keys import Key, key_text, read_key
from apps.collection.models import Period, Submission, SubmissionEvent
from apps.collection.posting import carry_over, entries_from
from apps.collection.services import Entry, SaveOutcome, remark_save, values_save
from apps.collection.sheet import Sheet, build_sheet
from apps.collection.slots import Slot


class FormPost:
    """What somebody sent: saves it, and shows it again as it was typed. Set `submission` first."""

    def __init__(self, data: Any, files: Any, period: Period, user: User) -> None:
        self.data, self.files, self.period, self.user = data, files, period, user
        self.entries: dict[Key, Entry] = {}
        self.submission: Submission | None = None

    @property
    def is_submit(self) -> bool:
        return self.data.get("action") == "submit"

    @property
    def carried(self) -> str:
        return self.data.get("carry", "")

    @property
    def anchor(self) -> str:
        """Where the page opens again: at the fact carried over, or at the files."""
        key = read_key(self.carried)
        if key:
            return f"#field-{key_text(key)}"
        return "#evidence" if self.data.get("remove") or self.files else ""

    def save(self) -> SaveOutcome:
        """Save what was sent; raises what `values_save` raises."""
        submission = self._submission()
        if "remark" in self.data:
            remark_save(submission=submission, remark=self.data["remark"], by=self.user)
        return values_save(
            submission=submission, entries=self._entries, by=self.user, version=self._version()
        )

    def _entries(self, slots: list[Slot]) -> list[Entry]:
        """Return what was sent for the facts as they are now; also kept to be shown again."""
        self.entries = carry_over(entries_from(self.data, slots), slots, self.carried)
        return list(self.entries.values())

    def echoes(self, outcome: SaveOutcome) -> list[dict[str, str]]:
        """Return what was typed and how it was read, where that differs."""
        return [
            {"typed": self.entries[key].text.strip(), "value": echo}
            for key, echo in outcome.echoes.items()
            if key in self.entries
        ]

    def change_files(self) -> list[FileOutcome]:
        """Add the files that were sent, remove the one that was marked; return what became of each."""
        return evidence_change(submission=self._submission(), data=self.data, files=self.files, by=self.user)

    def sheet(self, refused: Mapping[Key, Problem] | None = None) -> Sheet:
        """Return the form as it was just sent."""
        submission = self._submission()
        submission.refresh_from_db()
        return build_sheet(
            period=self.period,
            organisation=submission.organisation,
            submission=submission,
            typed=self.entries,
            refused=refused,
        )

    def _submission(self) -> Submission:
        assert self.submission is not None
        return self.submission

    def _version(self) -> int:
        """Return the version the page was made from; a page made before the return began saw version 0."""
        sent = self.data.get("version", "")
        return int(sent) if sent.isdecimal() else 0


@dataclass(frozen=True)
class ListedProblem:
    """One line of the summary, linked to its control."""

    view: FieldView
    problem: Problem


def problem_list(sheet: Sheet, *, checked: bool) -> list[ListedProblem]:
    """Return the summary: everything after a try to submit, before that only what was typed wrongly."""
    return [
        ListedProblem(view, view.problems[0])
        for view in sheet.fields
        if view.problems and (checked or view.problems[0].code not in QUIET | {"reason"})
    ]


def handed_back(submission: Submission | None, last: SubmissionEvent | None) -> SubmissionEvent | None:
    """Return the principal's handing back, while the reporter has not passed the return on again.

    Args:
        last: the last event of the return.
    """
    if submission is None or submission.status not in (Status.DRAFT, Status.RETURNED, Status.REOPENED):
        return None
    return last if last is not None and last.from_status == Status.SIGNING else None
