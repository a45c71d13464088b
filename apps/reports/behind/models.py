from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


@pghistory.track(model_name="CircularHistory")
class Circular(models.Model):
    """A circular (通报) about what a release shows to be behind, as it was issued.

    `body` keeps its words: `{"sentence": …, "offices": [{"name": …, "findings": [[line, …], …]}]}`.
    """

    release = models.ForeignKey("reports.Release", models.PROTECT, related_name="+")
    plan = models.ForeignKey("plans.AnnualPlan", models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(_("number"))
    body = models.JSONField()
    demand = models.TextField(_("what is asked"))
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    issued_on = models.DateField(_("issued on"))
    issued_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="circular_number_once"),
            models.UniqueConstraint(fields=["release"], name="circular_once_a_release"),
            models.CheckConstraint(condition=~models.Q(demand=""), name="circular_asks_something"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} no. {self.number}"
