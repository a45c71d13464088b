from __future__ import annotations

import datetime as dt

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.collection.chasing.enums import Channel, DispatchState, NoticeKind, OrderSubject, RobotKind
from apps.collection.chasing.querysets import NoticeQuerySet, OrderQuerySet


def days_before() -> list[int]:
    return [5, 1]


def days_after() -> list[int]:
    return [1, 3, 7]


@pghistory.track(model_name="ExtensionHistory")
class Extension(models.Model):
    """A later due date of one organisation, or of all of them (`organisation` empty: the period's own moved).

    The last one of an organisation counts, so that a mistake is put right by another, never by rewriting.
    """

    period = models.ForeignKey("collection.Period", models.CASCADE, related_name="extensions")
    organisation = models.ForeignKey(
        "organisations.Organisation", models.CASCADE, null=True, blank=True, related_name="extensions"
    )
    due_on = models.DateField(pgettext_lazy("period", "due on"))
    due_before = models.DateField(_("due before that"))
    reason = models.CharField(_("reason"), max_length=300)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(auto_now_add=True)
    granted_on = models.DateField(_("granted on"))

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="extension_has_a_reason"),
        ]
        indexes = [models.Index(fields=["period", "organisation"], name="extension_period_who")]

    def __str__(self) -> str:
        return f"{self.period_id} {self.organisation_id} {self.due_on}"


@pghistory.track(model_name="ChasePolicyHistory")
class ChasePolicy(models.Model):
    """When a plan's reminders go out, and when a supervision order is suggested."""

    plan = models.OneToOneField("plans.AnnualPlan", models.CASCADE, related_name="chase_policy")
    is_on = models.BooleanField(_("remind by itself"), default=True)
    days_before = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("days before the due date"), default=days_before
    )
    days_after = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("days after the due date"), default=days_after
    )
    quiet_from = models.TimeField(_("quiet from"), default=dt.time(20, 0))
    quiet_until = models.TimeField(_("quiet until"), default=dt.time(8, 0))
    order_after_days = models.PositiveSmallIntegerField(
        _("days late before a supervision order is suggested"), default=7
    )
    order_after_reminders = models.PositiveSmallIntegerField(
        _("reminders before a supervision order is suggested"), default=2
    )

    class Meta:
        verbose_name = _("chasing policy")

    def __str__(self) -> str:
        return str(self.plan_id)


class CalendarDay(models.Model):
    """An exception to the week: a holiday, or a weekend day that is worked (调休)."""

    region = models.ForeignKey("organisations.Region", models.CASCADE, related_name="+")
    on = models.DateField(_("date"))
    is_working = models.BooleanField(_("worked"))
    name = models.CharField(_("name"), max_length=40, blank=True)

    class Meta:
        ordering = ["on"]
        constraints = [models.UniqueConstraint(fields=["region", "on"], name="calendar_day_once")]

    def __str__(self) -> str:
        return f"{self.on} {self.name}"


class Notice(models.Model):
    """What one person is told inside the platform; it needs no e-mail and no telephone.

    A report that was made is about no organisation; `link` is its page here.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=12, choices=NoticeKind)
    organisation = models.ForeignKey(
        "organisations.Organisation", models.CASCADE, null=True, blank=True, related_name="+"
    )
    period = models.ForeignKey("collection.Period", models.CASCADE, related_name="notices")
    order = models.ForeignKey(
        "collection.SupervisionOrder", models.CASCADE, null=True, blank=True, related_name="notices"
    )
    measure = models.ForeignKey(
        "plans.Measure", models.CASCADE, null=True, blank=True, related_name="notices"
    )
    measure_step = models.ForeignKey(
        "plans.MeasureStep", models.CASCADE, null=True, blank=True, related_name="notices"
    )
    step = models.CharField(
        max_length=60, blank=True, help_text="Each step of the chase reaches a person at most once"
    )
    due_on = models.DateField(null=True, blank=True)
    text = models.CharField(max_length=500, blank=True)
    link = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    on = models.DateField(_("business date"))
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "period", "step"],
                condition=~Q(step=""),
                nulls_distinct=False,
                name="notice_once_a_step",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["report", "corrected"], organisation__isnull=True, link__startswith="/")
                | ~Q(kind__in=["report", "corrected"]) & Q(organisation__isnull=False),
                name="notice_is_about_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="notice_unread"),
            models.Index(fields=["period", "organisation"], name="notice_period_who"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind} {self.step}"


class Robot(models.Model):
    """A group's robot (企业微信, 钉钉) for digests. Whoever has its address may post: it is a secret."""

    region = models.ForeignKey("organisations.Region", models.CASCADE, related_name="robots")
    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=10, choices=RobotKind)
    url = models.CharField(_("address"), max_length=500)
    secret = models.CharField(_("signing secret"), max_length=200, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(url__startswith="https://"), name="robot_speaks_https"),
        ]

    def __str__(self) -> str:
        return self.name


class Dispatch(models.Model):
    """A message that leaves the platform: claimed before it is sent, so that nobody gets it twice."""

    channel = models.CharField(max_length=10, choices=Channel)
    notice = models.OneToOneField(Notice, models.CASCADE, null=True, blank=True, related_name="dispatch")
    robot = models.ForeignKey(Robot, models.CASCADE, null=True, blank=True, related_name="dispatches")
    period = models.ForeignKey("collection.Period", models.CASCADE, related_name="dispatches")
    step = models.CharField(max_length=60)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    state = models.CharField(max_length=10, choices=DispatchState, default=DispatchState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    queued_at = models.DateTimeField(auto_now_add=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    retried_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(channel="email", notice__isnull=False, robot__isnull=True)
                | Q(channel="robot", notice__isnull=True, robot__isnull=False),
                name="dispatch_has_one_recipient",
            ),
            models.UniqueConstraint(
                fields=["robot", "period", "step"],
                condition=Q(robot__isnull=False),
                name="dispatch_once_a_step",
            ),
        ]
        indexes = [
            models.Index(
                fields=["state"], condition=Q(state__in=["queued", "sending"]), name="dispatch_pending"
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.step} {self.state}"


@pghistory.track(model_name="SupervisionOrderHistory")
class SupervisionOrder(models.Model):
    """A supervision order (督办单): suggested with its evidence, issued, answered and closed by people.

    About a late return; or about an indicator or a measure that a release shows to be behind, which it then
    cites (`source_name`, `source_sha256`); or about a measure that is overdue (its period is then the quarter
    in which it was due). All but the first are answered by their office and closed by somebody else.
    """

    plan = models.ForeignKey("plans.AnnualPlan", models.PROTECT, related_name="orders")
    number = models.PositiveIntegerField(_("number"))
    period = models.ForeignKey("collection.Period", models.PROTECT, related_name="orders")
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="orders")
    subject = models.CharField(_("about"), max_length=10, choices=OrderSubject, default=OrderSubject.RETURN)
    indicator = models.ForeignKey(
        "plans.Indicator", models.PROTECT, null=True, blank=True, related_name="orders"
    )
    measure = models.ForeignKey("plans.Measure", models.PROTECT, null=True, blank=True, related_name="orders")
    source_name = models.CharField(_("release"), max_length=60, blank=True)
    source_sha256 = models.CharField(max_length=64, blank=True)
    evidence = models.TextField(_("what happened"))
    demand = models.TextField(_("what is asked"))
    answer_due_on = models.DateField(_("to be settled by"))
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    issued_on = models.DateField(_("issued on"))
    issued_at = models.DateTimeField(auto_now_add=True)
    reply = models.TextField(_("answer"), blank=True)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    replied_on = models.DateField(_("answered on"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    closing_note = models.CharField(_("how it was settled"), max_length=300, blank=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="supervision_order_number_once"),
            models.UniqueConstraint(
                fields=["period", "organisation"],
                condition=Q(closed_on__isnull=True, subject="return"),
                name="supervision_order_one_open",
            ),
            models.UniqueConstraint(
                fields=["indicator"],
                condition=Q(closed_on__isnull=True),
                name="supervision_order_one_open_indicator",
            ),
            models.UniqueConstraint(
                fields=["measure"],
                condition=Q(closed_on__isnull=True),
                name="supervision_order_one_open_measure",
            ),
            models.CheckConstraint(
                condition=Q(subject="return", indicator__isnull=True, measure__isnull=True, source_sha256="")
                | Q(subject="indicator", indicator__isnull=False, measure__isnull=True) & ~Q(source_sha256="")
                | Q(subject="measure", indicator__isnull=True, measure__isnull=False) & ~Q(source_sha256="")
                | Q(subject="overdue", indicator__isnull=True, measure__isnull=False, source_sha256=""),
                name="supervision_order_says_about_what",
            ),
            models.CheckConstraint(
                condition=Q(reply="", replied_by__isnull=True, replied_on__isnull=True)
                | Q(replied_by__isnull=False, replied_on__isnull=False) & ~Q(reply=""),
                name="supervision_order_answer_has_a_name",
            ),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True)
                | Q(replied_by__isnull=True)
                | ~Q(closed_by=F("replied_by")),
                name="supervision_order_closed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(subject="return") | Q(closed_on__isnull=True) | ~Q(reply=""),
                name="supervision_order_answered_first",
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True, closed_by__isnull=True, closing_note="")
                | (Q(closed_on__isnull=False, closed_by__isnull=False) & ~Q(closing_note="")),
                name="supervision_order_closing_has_a_name",
            ),
            models.CheckConstraint(
                condition=Q(answer_due_on__gte=F("issued_on")), name="supervision_order_dates_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} no. {self.number}"
