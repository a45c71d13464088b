from __future__ import annotations

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.plans.enums import ScheduleKind


@pghistory.track(model_name="TargetScheduleHistory")
class TargetSchedule(models.Model):
    """How much of a target is expected by the end of each quarter; the latest effective one counts.

    `checkpoints` are four running totals in the unit the target is told in (steps where it is told in steps).
    """

    target = models.ForeignKey(
        "plans.Target", models.CASCADE, related_name="schedules", verbose_name=_("target")
    )
    number = models.PositiveSmallIntegerField(_("version"))
    kind = models.CharField(_("schedule"), max_length=12, choices=ScheduleKind)
    checkpoints = ArrayField(
        models.DecimalField(max_digits=18, decimal_places=4, validators=[MinValueValidator(0)]),
        verbose_name=_("expected by the end of each quarter"),
        default=list,
        blank=True,
    )
    effective_from = models.DateField(_("effective from"))
    reason = models.CharField(_("reason"), max_length=300)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("set by")
    )
    set_at = models.DateTimeField(_("set at"), auto_now_add=True)

    class Meta:
        verbose_name = _("schedule of a target")
        verbose_name_plural = _("schedules of targets")
        ordering = ["target", "number"]
        constraints = [
            models.UniqueConstraint(fields=["target", "number"], name="target_schedule_number_once"),
            models.CheckConstraint(
                condition=Q(kind="checkpoints", checkpoints__len=4)
                | (~Q(kind="checkpoints") & Q(checkpoints=[])),
                name="target_schedule_has_four_checkpoints",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target_id} ({self.number})"
