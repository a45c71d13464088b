from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# Django looks for the tables of an app here.
from apps.collection.autosave.models import FillTime as FillTime
from apps.collection.chasing.models import CalendarDay as CalendarDay
from apps.collection.chasing.models import ChasePolicy as ChasePolicy
from apps.collection.chasing.models import Dispatch as Dispatch
from apps.collection.chasing.models import Extension as Extension
from apps.collection.chasing.models import Notice as Notice
from apps.collection.chasing.models import Robot as Robot
from apps.collection.chasing.models import SupervisionOrder as SupervisionOrder
from apps.collection.enums import PeriodEventKind, SubmissionStatus
from apps.collection.querysets import EvidenceQuerySet, SubmissionQuerySet
from apps.collection.rules.models import RuleFiring as RuleFiring
from apps.collection.sealing.models import SealedForm as SealedForm
from apps.core.kept import ERASED_RULE, Kept
from apps.organisations.enums import Stage
from apps.organisations.models import Organisation
from apps.plans.models import AnnualPlan, DataElement, quarter_field


class Period(models.Model):
    """A quarter of a plan year with the dates between which its facts are collected."""

    plan = models.ForeignKey(AnnualPlan, models.CASCADE, related_name="periods", verbose_name=_("plan"))
    quarter = quarter_field()
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    opens_on = models.DateField(_("opens on"))
    due_on = models.DateField(pgettext_lazy("period", "due on"))
    closes_on = models.DateField(
        _("closes on"), help_text=_("Last day a correction is taken without reopening")
    )

    class Meta:
        verbose_name = _("period")
        verbose_name_plural = _("periods")
        ordering = ["plan", "quarter"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "quarter"], name="period_once_a_quarter"),
            models.CheckConstraint(
                condition=Q(
                    starts_on__lt=F("ends_on"), opens_on__lte=F("due_on"), due_on__lte=F("closes_on")
                ),
                name="period_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan.year} {self.get_quarter_display()}"


class PeriodEvent(models.Model):
    """What the business clock did to a period: opened it, made the missing late, closed it.

    A period's state follows from its dates alone; this is the visible record of it, written by a daily task.
    The counts are of organisations and of the date itself, whenever the event was noted. A period whose date
    was moved has an event for each date that came.
    """

    period = models.ForeignKey(Period, models.CASCADE, related_name="events")
    kind = models.CharField(_("what happened"), max_length=10, choices=PeriodEventKind)
    on = models.DateField(_("business date"))
    noted_at = models.DateTimeField(_("noted at"), auto_now_add=True)
    n_owing = models.PositiveIntegerField(_("owe a return"))
    n_arrived = models.PositiveIntegerField(_("had arrived"))

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["period", "kind", "on"], name="period_event_once_a_date"),
            models.CheckConstraint(condition=Q(n_arrived__lte=F("n_owing")), name="period_event_counts"),
        ]

    def __str__(self) -> str:
        return f"{self.period_id} {self.kind} {self.on}"

    @property
    def n_missing(self) -> int:
        return self.n_owing - self.n_arrived


class Assignment(models.Model):
    """One fact that one organisation owes for one period (and stage)."""

    period = models.ForeignKey(Period, models.CASCADE, related_name="assignments", verbose_name=_("period"))
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="assignments", verbose_name=_("organisation")
    )
    element = models.ForeignKey(
        DataElement, models.PROTECT, related_name="assignments", verbose_name=_("data element")
    )
    stage = models.CharField(_("stage"), max_length=20, choices=Stage)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        constraints = [
            models.UniqueConstraint(
                fields=["period", "organisation", "element", "stage"], name="assignment_once"
            ),
        ]
        # Reading one fact of a whole province must not touch every page of the table.
        indexes = [
            models.Index(
                fields=["element", "period", "organisation"],
                include=["stage", "withdrawn_on"],
                name="assignment_by_element",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.element} · {self.get_stage_display()}"


@pghistory.track(model_name="SubmissionHistory")
class Submission(models.Model):
    """One organisation's return for one period. `version` rises with every change, for optimistic locking."""

    period = models.ForeignKey(Period, models.PROTECT, related_name="submissions")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="submissions")
    status = models.CharField(
        _("status"), max_length=12, choices=SubmissionStatus, default=SubmissionStatus.DRAFT
    )
    version = models.PositiveIntegerField(default=0)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(auto_now_add=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    submitted_on = models.DateField(
        _("submitted on"), null=True, blank=True, help_text=_("Business date, for lateness")
    )
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    remark = models.CharField(
        _("remark"), max_length=300, blank=True, help_text=_("On the return as a whole, for who reviews it")
    )

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        ordering = ["period", "organisation"]
        constraints = [
            models.UniqueConstraint(fields=["period", "organisation"], name="submission_once_a_period"),
            models.CheckConstraint(
                condition=Q(submitted_by__isnull=True, submitted_at__isnull=True, submitted_on__isnull=True)
                | Q(submitted_by__isnull=False, submitted_at__isnull=False, submitted_on__isnull=False),
                name="submission_submitted_is_paired",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["submitted", "returned", "accepted", "reopened"])
                | Q(submitted_at__isnull=False),
                name="submission_beyond_draft_was_submitted",
            ),
        ]
        # Every page asks what has been sent back; it is never much.
        indexes = [
            models.Index(
                fields=["period"],
                condition=Q(status__in=["returned", "reopened"]),
                name="submission_sent_back",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.period_id}"


class SubmissionEvent(models.Model):
    """One change of a submission's status: who, when, why."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="events")
    from_status = models.CharField(max_length=12, choices=SubmissionStatus)
    to_status = models.CharField(max_length=12, choices=SubmissionStatus)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    business_date = models.DateField()
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.from_status} → {self.to_status}"


class Fact(models.Model):
    """The columns of a fact: a number (also yes/no, choices), a date, a text, or not applicable with why."""

    number = models.DecimalField(
        pgettext_lazy("fact", "number"), max_digits=20, decimal_places=4, null=True, blank=True
    )
    date = models.DateField(_("date"), null=True, blank=True)
    text = models.TextField(_("text"), blank=True)
    not_applicable = models.BooleanField(_("not applicable"), default=False)
    reason = models.CharField(
        _("reason"), max_length=300, blank=True, help_text=_("Why it does not apply, or why it is unusual")
    )

    class Meta:
        abstract = True

    @property
    def is_blank(self) -> bool:
        return self.number is None and self.date is None and not self.text and not self.not_applicable


class Sourced(models.Model):
    """Where a fact comes from that was not typed by its organisation: another system, and its date there."""

    source = models.CharField(pgettext_lazy("fact", "source"), max_length=100, blank=True)
    source_on = models.DateField(_("date in the source"), null=True, blank=True)

    class Meta:
        abstract = True


NOT_APPLICABLE_RULE = Q(not_applicable=False) | (
    Q(number__isnull=True, date__isnull=True, text="") & ~Q(reason="")
)

SOURCE_RULE = Q(source="", source_on__isnull=True) | (~Q(source="") & Q(source_on__isnull=False))


@pghistory.track(model_name="DataValueHistory")
class DataValue(Fact, Sourced):
    """A fact as its organisation writes it now, and beside it what of it counts: the last accepted revision.

    Roll-ups read the `accepted_*` columns only, so a draft, a return or a correction under way moves nothing.
    """

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="values")
    element = models.ForeignKey(DataElement, models.PROTECT, related_name="values")
    stage = models.CharField(_("stage"), max_length=20, choices=Stage)
    typed = models.CharField(
        _("typed but not understood"),
        max_length=200,
        blank=True,
        help_text=_("Kept until it is corrected, so that nothing typed is lost"),
    )
    is_open = models.BooleanField(
        _("open for correction"), default=False, help_text=_("Returned or reopened, until submitted again")
    )
    version = models.PositiveIntegerField(
        default=0, help_text=_("Rises with every change of what is written, for optimistic locking")
    )
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)
    accepted_number = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    accepted_date = models.DateField(null=True, blank=True)
    accepted_text = models.TextField(blank=True)
    accepted_not_applicable = models.BooleanField(default=False)
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["submission", "element", "stage"], name="data_value_once"),
            models.CheckConstraint(
                condition=NOT_APPLICABLE_RULE, name="data_value_not_applicable_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="data_value_acceptance_is_paired",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=False)
                | Q(
                    accepted_number__isnull=True,
                    accepted_date__isnull=True,
                    accepted_text="",
                    accepted_not_applicable=False,
                ),
                name="data_value_counts_only_when_accepted",
            ),
            models.CheckConstraint(condition=SOURCE_RULE, name="data_value_source_is_dated"),
        ]
        indexes = [
            models.Index(
                fields=["element", "submission"],
                include=["stage", "accepted_number", "accepted_not_applicable"],
                condition=Q(accepted_at__isnull=False),
                name="data_value_accepted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.element_id} {self.stage}"


class DataValueRevision(Fact, Sourced):
    """A fact as it was submitted; nothing but its acceptance is ever added to it."""

    value = models.ForeignKey(DataValue, models.CASCADE, related_name="revisions")
    number_in_order = models.PositiveSmallIntegerField(_("revision"))
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(auto_now_add=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_on = models.DateField(_("accepted on"), null=True, blank=True, help_text=_("Business date"))

    class Meta:
        ordering = ["value", "number_in_order"]
        constraints = [
            models.UniqueConstraint(fields=["value", "number_in_order"], name="data_value_revision_once"),
            models.CheckConstraint(
                condition=NOT_APPLICABLE_RULE, name="data_value_revision_not_applicable_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True, accepted_on__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False, accepted_on__isnull=False),
                name="data_value_revision_acceptance_is_paired",
            ),
            models.CheckConstraint(condition=SOURCE_RULE, name="data_value_revision_source_is_dated"),
        ]

    def __str__(self) -> str:
        return f"{self.value_id} r{self.number_in_order}"


class Evidence(Kept):
    """A file that supports a submission; served only to whoever may see the submission."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="evidence")
    element = models.ForeignKey(DataElement, models.PROTECT, null=True, blank=True, related_name="+")
    file = models.FileField(_("file"), upload_to="evidence/%Y/%m/")

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["uploaded_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "sha256"],
                condition=Q(erased_at__isnull=True),
                name="evidence_file_once",
            ),
            models.CheckConstraint(condition=ERASED_RULE, name="evidence_erasing_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.original_name


class WorkbookUpload(models.Model):
    """A file whose figures were taken over into a return, or into many (no `submission`); it is not kept."""

    period = models.ForeignKey(Period, models.CASCADE, related_name="workbooks")
    submission = models.ForeignKey(
        Submission, models.CASCADE, null=True, blank=True, related_name="workbooks"
    )
    sha256 = models.CharField(max_length=64)
    original_name = models.CharField(_("file name"), max_length=200)
    n_saved = models.PositiveIntegerField(_("figures taken over"))
    n_refused = models.PositiveIntegerField(_("figures refused"))
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["uploaded_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["period", "submission", "sha256"], nulls_distinct=False, name="workbook_taken_once"
            )
        ]

    def __str__(self) -> str:
        return self.original_name
