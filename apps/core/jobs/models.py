from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from apps.core.jobs.enums import JobState
from apps.core.jobs.querysets import JobQuerySet


class JobFile(models.Model):
    """What a job made, under a random name outside the web root. Jobs that asked for the same share it."""

    fingerprint = models.CharField(
        max_length=64, blank=True, help_text="Of the request; empty: what it was made from changed meanwhile"
    )
    file = models.FileField(upload_to="jobs/%Y/%m")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["fingerprint"], condition=Q(deleted_at__isnull=True), name="job_file_to_share"
            ),
            models.Index(fields=["expires_at"], condition=Q(deleted_at__isnull=True), name="job_file_expiry"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """Where the storage keeps it."""
        return str(self.file.name)

    @property
    def is_there(self) -> bool:
        """It was not deleted and may still be had."""
        return self.deleted_at is None and self.expires_at > timezone.now()


class Job(models.Model):
    """One person's request for something that takes long, and how far it is.

    `audience` names whom the content is for, in the words of the kind: who is of another audience by the
    time of the download does not get it. `claim` is the worker's proof: who lost it writes nothing any more.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="jobs")
    kind = models.CharField(max_length=40)
    parameters = models.JSONField(default=dict)
    audience = models.CharField(max_length=60)
    language = models.CharField(max_length=10)
    on = models.DateField(help_text="The business date of the request")
    fingerprint = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.WAITING)
    stage = models.CharField(max_length=120, blank=True)
    stage_done = models.PositiveIntegerField(default=0)
    stage_total = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.CharField(max_length=32, blank=True)
    claimed_by = models.CharField(max_length=120, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    queued_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    file = models.ForeignKey(JobFile, models.PROTECT, null=True, blank=True, related_name="jobs")

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["fingerprint"], condition=Q(state="running"), name="job_same_work_once_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["owner", "fingerprint"],
                condition=Q(state__in=["waiting", "running"]),
                name="job_asked_once_a_person",
            ),
            models.CheckConstraint(
                condition=~Q(state="running")
                | Q(claimed_at__isnull=False, heartbeat_at__isnull=False) & ~Q(claim=""),
                name="job_running_is_claimed",
            ),
            models.CheckConstraint(
                condition=Q(state="done", file__isnull=False) | ~Q(state="done") & Q(file__isnull=True),
                name="job_done_has_its_file",
            ),
            models.CheckConstraint(condition=Q(state="failed") | Q(error=""), name="job_failure_has_words"),
            models.CheckConstraint(
                condition=Q(stage_done__lte=F("stage_total")), name="job_stages_within_their_number"
            ),
        ]
        indexes = [
            models.Index(
                fields=["state"], condition=Q(state__in=["waiting", "running"]), name="job_unfinished"
            ),
            models.Index(fields=["owner", "-id"], name="job_of_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} {self.state}"

    @property
    def is_unfinished(self) -> bool:
        return self.state in (JobState.WAITING, JobState.RUNNING)

    @property
    def has_file(self) -> bool:
        """It was made, and what was made is still kept."""
        return self.file is not None and self.file.is_there

    @property
    def percent(self) -> int:
        """How far it is, 0 to 100; 0 while nothing is known."""
        return 100 * self.stage_done // self.stage_total if self.stage_total else 0
