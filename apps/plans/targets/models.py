from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.organisations.enums import Stage
from apps.organisations.models import Region
from apps.plans.enums import SliceKind, TargetLevel, TargetOperator, TargetSource
from apps.plans.querysets import BaselineQuerySet, TargetRevisionQuerySet


class ReferenceLine(models.Model):
    """A national figure shown beside a target for information; never a target.

    One of level SCHOOL speaks of each single school: it is text, not a line across a district figure.
    """

    indicator = models.ForeignKey("plans.Indicator", models.CASCADE, related_name="reference_lines")
    stage = models.CharField(_("stage"), max_length=20, choices=Stage, default=Stage.WHOLE)
    level = models.CharField(_("level"), max_length=10, choices=TargetLevel, default=TargetLevel.DISTRICT)
    operator = models.CharField(_("operator"), max_length=24, choices=TargetOperator)
    value = models.DecimalField(max_digits=14, decimal_places=4, verbose_name=_("value"))
    label = models.CharField(_("label"), max_length=120)
    label_en = models.CharField(_("label in English"), max_length=200, blank=True)
    source = models.CharField(_("source"), max_length=200)
    is_confirmed = models.BooleanField(_("confirmed by the bureau"), default=False)

    class Meta:
        verbose_name = _("reference line")
        verbose_name_plural = _("reference lines")
        ordering = ["indicator", "stage"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "stage"], name="reference_line_once_a_stage")
        ]

    def __str__(self) -> str:
        return self.label


class Target(models.Model):
    """What the plan says an indicator should reach. Without a revision it is empty: for the bureau to set."""

    indicator = models.OneToOneField("plans.Indicator", models.CASCADE, related_name="target")
    source = models.CharField(_("source"), max_length=20, choices=TargetSource)
    source_text = models.CharField(_("words of the plan"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")

    def __str__(self) -> str:
        return str(self.indicator)


@pghistory.track(model_name="TargetRevisionHistory")
class TargetRevision(models.Model):
    """A dated, reasoned version of a target. Only a confirmed one is in force."""

    target = models.ForeignKey(Target, models.CASCADE, related_name="revisions", verbose_name=_("target"))
    number = models.PositiveSmallIntegerField(_("revision"))
    source = models.CharField(_("source"), max_length=20, choices=TargetSource)
    level = models.CharField(_("level"), max_length=10, choices=TargetLevel, default=TargetLevel.DISTRICT)
    operator = models.CharField(_("operator"), max_length=24, choices=TargetOperator)
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=4, null=True, blank=True)
    value_max = models.DecimalField(_("upper limit"), max_digits=18, decimal_places=4, null=True, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    effective_from = models.DateField(_("effective from"))
    reason = models.CharField(_("reason"), max_length=300)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("proposed by"),
    )
    confirmed_on = models.DateField(_("confirmed on"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )

    objects = TargetRevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("revision of a target")
        verbose_name_plural = _("revisions of targets")
        ordering = ["target", "number"]
        constraints = [
            models.UniqueConstraint(fields=["target", "number"], name="target_revision_number_once"),
            models.CheckConstraint(
                condition=Q(operator__in=["no_worse_than_baseline", "completed"]) | Q(value__isnull=False),
                name="target_revision_has_a_value",
            ),
            models.CheckConstraint(
                condition=(Q(operator="within_range") & Q(value_max__gte=F("value")))
                | (~Q(operator="within_range") & Q(value_max__isnull=True)),
                name="target_revision_range_has_two_ends",
            ),
            models.CheckConstraint(
                condition=Q(source="plan")
                | Q(confirmed_on__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_on__isnull=False, confirmed_by__isnull=False),
                name="target_revision_confirmation_is_paired",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target_id} ({self.number})"


@pghistory.track(model_name="BaselineHistory")
class Baseline(models.Model):
    """The locked figure of the year before: numerator, denominator, definition, date and scope."""

    indicator = models.ForeignKey(
        "plans.Indicator", models.CASCADE, related_name="baselines", verbose_name=_("indicator")
    )
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name=_("region"))
    slice_kind = models.CharField(_("slice"), max_length=10, choices=SliceKind, default=SliceKind.ALL)
    slice_value = models.CharField(_("slice value"), max_length=20, blank=True)
    numerator = models.DecimalField(_("numerator"), max_digits=20, decimal_places=4)
    denominator = models.DecimalField(
        _("denominator"), max_digits=20, decimal_places=4, null=True, blank=True
    )
    as_of = models.DateField(_("as of"))
    definition = models.CharField(_("definition"), max_length=400)
    is_demo = models.BooleanField(_("demonstration data"), default=False)
    locked_at = models.DateTimeField(_("locked at"), null=True, blank=True)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("locked by"),
    )
    restated_reason = models.CharField(_("why it was restated"), max_length=300, blank=True)
    superseded_at = models.DateTimeField(_("superseded at"), null=True, blank=True)

    objects = BaselineQuerySet.as_manager()

    class Meta:
        verbose_name = _("baseline")
        verbose_name_plural = _("baselines")
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "region", "slice_kind", "slice_value"],
                condition=Q(superseded_at__isnull=True),
                name="baseline_one_current",
            ),
            models.CheckConstraint(
                condition=Q(locked_at__isnull=True, locked_by__isnull=True)
                | Q(locked_at__isnull=False, locked_by__isnull=False),
                name="baseline_lock_is_paired",
            ),
            models.CheckConstraint(
                condition=Q(denominator__isnull=True) | Q(denominator__gt=0),
                name="baseline_denominator_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"baseline of {self.indicator_id} ({self.slice_kind} {self.slice_value})"
