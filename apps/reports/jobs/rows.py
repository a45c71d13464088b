"""One line of a person's reports: how far a job is, in words, and what may be done with it."""

from __future__ import annotations

from dataclasses import dataclass

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from apps.core.jobs.enums import JobState
from apps.core.jobs.kinds import kind_of, knows
from apps.core.jobs.models import Job
from apps.core.jobs.services import audience_now

SHAPES = {"waiting": "○", "running": "▶", "done": "●", "failed": "■", "cancelled": "–", "expired": "–"}


@dataclass(frozen=True)
class JobRow:
    """A job and what the page says of it."""

    job: Job
    title: str
    may_download: bool
    may_ask: bool

    @property
    def state(self) -> str:
        """A word for the class of the line: the job's state, or that its file is gone."""
        if self.job.state == JobState.DONE and not self.job.has_file:
            return "expired"
        return self.job.state

    @property
    def label(self) -> str:
        return _("Expired") if self.state == "expired" else self.job.get_state_display()

    @property
    def shape(self) -> str:
        """A sign beside the word, so that colour is not alone."""
        return SHAPES[self.state]

    @property
    def sentence(self) -> str:
        """What is going on, in one sentence."""
        return _SENTENCES[self.state](self)

    @property
    def size(self) -> str:
        return filesizeformat(self.job.file.size) if self.job.file else ""

    @property
    def may_retry(self) -> bool:
        is_of_use = self.state in ("failed", "cancelled", "expired") or (
            self.state == "done" and not self.may_download
        )
        return is_of_use and self.may_ask

    @property
    def makes_anew(self) -> bool:
        """What was made stays as it is; another file is made."""
        return self.job.state == JobState.DONE


def row_of(job: Job) -> JobRow:
    """Return the line of a job read with its file and owner (no query for most kinds)."""
    title = kind_of(job.kind).title(job.parameters) if knows(job.kind) else job.kind
    now = audience_now(job.owner, job)
    is_there = job.state == JobState.DONE and job.has_file
    return JobRow(job, title, may_download=is_there and now == job.audience, may_ask=now is not None)


def _running(row: JobRow) -> str:
    job = row.job
    if not job.stage:
        return _("It has begun.")
    words = {"stage": job.stage, "done": job.stage_done, "total": job.stage_total}
    return _("%(stage)s (%(done)s of %(total)s parts done)") % words


def _done(row: JobRow) -> str:
    if not row.may_download:
        return _("Its content is no longer for you: your role or office has changed.")
    return ""


_SENTENCES = {
    "waiting": lambda row: _("It begins as soon as a worker is free."),
    "running": _running,
    "done": _done,
    "failed": lambda row: row.job.error,
    "cancelled": lambda row: _("You cancelled it."),
    "expired": lambda row: _("The file was deleted because its time is over; it can be made again."),
}
