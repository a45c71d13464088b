from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.collection.models import Period
from apps.organisations.models import Region
from apps.plans.enums import SliceKind
from apps.plans.models import AnnualPlan, Indicator, TargetRevision
from apps.rollups.enums import Confidence, ForecastBasis, Reason, Status

# Django looks for the tables of an app here.
from apps.rollups.evaluations.models import EvaluationFinding as EvaluationFinding
from apps.rollups.evaluations.models import RuleConfirmation as RuleConfirmation


class SufficientStatistics(models.Model):
    """What a result must hold so that a larger whole follows by addition (min and max aside).

    `n_due` units owe the facts, `n_reported` have accepted ones, `n_not_applicable` said with a reason that
    it does not apply. A unit is an organisation × stage. `sum_ratio_squares` is Σ numerator²/denominator, for
    the weighted coefficient of variation. `n_true` counts units whose numerator is positive.
    """

    n_due = models.PositiveIntegerField(default=0)
    n_reported = models.PositiveIntegerField(default=0)
    n_not_applicable = models.PositiveIntegerField(default=0)
    n_true = models.PositiveIntegerField(default=0)
    numerator = models.DecimalField(max_digits=24, decimal_places=4, null=True, blank=True)
    denominator = models.DecimalField(max_digits=24, decimal_places=4, null=True, blank=True)
    sum_ratio_squares = models.DecimalField(max_digits=40, decimal_places=12, null=True, blank=True)
    minimum = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    maximum = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)

    class Meta:
        abstract = True


class Result(SufficientStatistics):
    """Indicator × period × region × slice: sufficient statistics and where they come from.

    `as_of` is the period whose reports it rests on (an earlier one when nothing was due in `period`); null:
    nothing has been due yet. `quarter_numerator` is a flow's amount in `as_of` alone. `threshold` is the
    school-level line that the numerator was counted with.
    """

    # What begins with these columns below finds them as well; an index more would be written for each row.
    plan = models.ForeignKey(AnnualPlan, models.CASCADE, related_name="results", db_index=False)
    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="results", db_index=False)
    period = models.ForeignKey(Period, models.CASCADE, related_name="results")
    region = models.ForeignKey(Region, models.PROTECT, related_name="results")
    slice_kind = models.CharField(_("slice"), max_length=10, choices=SliceKind, default=SliceKind.ALL)
    slice_value = models.CharField(max_length=20, blank=True)
    as_of = models.ForeignKey(Period, models.CASCADE, null=True, blank=True, related_name="+")
    quarter_numerator = models.DecimalField(max_digits=24, decimal_places=4, null=True, blank=True)
    quarter_denominator = models.DecimalField(max_digits=24, decimal_places=4, null=True, blank=True)
    threshold = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    computed_at = models.DateTimeField()

    class Meta:
        ordering = ["indicator", "period", "slice_kind", "slice_value"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "period", "region", "slice_kind", "slice_value"], name="result_once"
            ),
            models.CheckConstraint(
                condition=(Q(slice_kind="all") & Q(slice_value=""))
                | (~Q(slice_kind="all") & ~Q(slice_value="")),
                name="result_slice_has_a_value",
            ),
            models.CheckConstraint(
                condition=Q(n_reported__lte=F("n_due") - F("n_not_applicable")),
                name="result_reports_within_due",
            ),
        ]
        indexes = [models.Index(fields=["plan", "region", "period", "slice_kind"], name="result_page")]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.period_id} {self.slice_kind}:{self.slice_value}"


def amount_field(name: Any, **options: Any) -> models.DecimalField:
    """Return a field for a number in the indicator's unit, for display; comparisons are exact."""
    return models.DecimalField(name, max_digits=24, decimal_places=8, null=True, blank=True, **options)


class Judgement(models.Model):
    """A result held against the target revision in force; a light only under a confirmed target.

    `gap` is in the indicator's unit, `gap_units` in whole children, schools, steps. `carried_status` is the
    light of the last measurement where nothing is measured now, `recovered_from` the quarter that was off
    track before a light that is good again. `forecast` is of the year's end, between `forecast_low` and
    `forecast_high`; without it `forecast_basis` says why.
    """

    result = models.OneToOneField(Result, models.CASCADE, related_name="judgement")
    target_revision = models.ForeignKey(
        TargetRevision, models.PROTECT, null=True, blank=True, related_name="+"
    )
    status = models.CharField(_("status"), max_length=12, choices=Status)
    value = models.DecimalField(
        _("value"),
        max_digits=24,
        decimal_places=8,
        null=True,
        blank=True,
        help_text=_("For display; comparisons are exact"),
    )
    change = models.DecimalField(
        _("change from baseline"), max_digits=24, decimal_places=8, null=True, blank=True
    )
    gap = models.DecimalField(_("gap to target"), max_digits=24, decimal_places=8, null=True, blank=True)
    gap_units = amount_field(_("gap in whole units"))
    achievement = amount_field(_("share of the way"))
    required = amount_field(_("expected by now"))
    reason = models.CharField(_("why"), max_length=20, choices=Reason, default=Reason.NONE, blank=True)
    carried_status = models.CharField(_("last light"), max_length=12, choices=Status, blank=True)
    recovered_from = models.PositiveSmallIntegerField(_("recovered from quarter"), null=True, blank=True)
    forecast = amount_field(_("forecast of the year's end"))
    forecast_low = amount_field(_("forecast, lower end"))
    forecast_high = amount_field(_("forecast, upper end"))
    forecast_basis = models.CharField(
        _("basis of the forecast"), max_length=16, choices=ForecastBasis, default=ForecastBasis.NOT_YET
    )
    confidence = models.CharField(
        _("confidence"), max_length=12, choices=Confidence, default=Confidence.NONE, blank=True
    )
    is_exceeded = models.BooleanField(_("more than planned"), default=False)
    is_provisional = models.BooleanField(_("provisional"), default=False)
    judged_on = models.DateField()

    def __str__(self) -> str:
        return f"{self.result_id} {self.status}"


class StaleResult(models.Model):
    """The outbox: an indicator whose results for a period (and later ones) must be computed again."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="+")
    period = models.ForeignKey(Period, models.CASCADE, related_name="+")
    region = models.ForeignKey(Region, models.CASCADE, related_name="+")
    facts_only = models.BooleanField(
        default=False, help_text="Nothing but facts changed: judgements of unchanged results stay"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.period_id}"


class RebuildRun(models.Model):
    """One full rebuild and what it found different from the stored results (best: nothing).

    `requested_by` is null for the nightly one.
    """

    plan = models.ForeignKey(AnnualPlan, models.CASCADE, related_name="rebuild_runs")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    results = models.PositiveIntegerField(default=0)
    differences = models.JSONField(default=list)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-started_at"]

    def __str__(self) -> str:
        return f"rebuild of {self.plan_id} {self.started_at}"
