from __future__ import annotations

import datetime as dt

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.plans.formula_grammar import MAXIMUM_LENGTH

LATER_QUARTERS = ((2, _("Second quarter")), (3, _("Third quarter")), (4, _("Fourth quarter")))


@pghistory.track(model_name="IndicatorRevisionHistory")
class IndicatorRevision(models.Model):
    """A change of what an indicator counts, from a quarter's first day on.

    The first definition is the indicator's own row. A quarter is computed with the latest confirmed revision
    that begins in it or before; what is confirmed stays as it is.
    """

    indicator = models.ForeignKey(
        "plans.Indicator", models.CASCADE, related_name="definition_revisions", verbose_name=_("indicator")
    )
    number = models.PositiveSmallIntegerField(_("revision"))
    from_quarter = models.PositiveSmallIntegerField(_("counts from"), choices=LATER_QUARTERS)
    numerator = models.CharField(_("numerator"), max_length=MAXIMUM_LENGTH)
    denominator = models.CharField(_("denominator"), max_length=MAXIMUM_LENGTH, blank=True)
    numerator_label = models.CharField(_("numerator in words"), max_length=200)
    numerator_label_en = models.CharField(_("numerator in words, in English"), max_length=200, blank=True)
    denominator_label = models.CharField(_("denominator in words"), max_length=200, blank=True)
    denominator_label_en = models.CharField(_("denominator in words, in English"), max_length=200, blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    proposed_at = models.DateTimeField(_("proposed at"), auto_now_add=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("revision of a definition")
        verbose_name_plural = _("revisions of definitions")
        ordering = ["indicator", "number"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "number"], name="indicator_revision_number_once"),
            models.CheckConstraint(
                condition=Q(from_quarter__gte=2, from_quarter__lte=4), name="indicator_revision_is_mid_year"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="indicator_revision_confirmation_is_paired",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("proposed_by")),
                name="indicator_revision_two_people",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="confirmed_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__confirmed_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} ({self.number})"

    @property
    def effective_from(self) -> dt.date:
        """The first day of the quarter from which it counts."""
        return dt.date(self.indicator.plan.year, 3 * self.from_quarter - 2, 1)
