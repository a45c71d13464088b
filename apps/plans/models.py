from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.enums import Role
from apps.organisations.enums import SchoolType, Stage
from apps.organisations.models import Organisation, Region

# Django looks for the tables of an app here.
from apps.plans.definitions.models import IndicatorRevision as IndicatorRevision
from apps.plans.enums import (
    Accumulation,
    Aggregation,
    Basis,
    Kind,
    MeasureStatus,
    Privacy,
    Reporter,
    TargetOperator,
    Tier,
    ValueType,
)
from apps.plans.formula_grammar import MAXIMUM_LENGTH
from apps.plans.measures.models import MeasureEvidence as MeasureEvidence
from apps.plans.measures.models import MeasureStep as MeasureStep
from apps.plans.measures.models import MeasureUpdate as MeasureUpdate
from apps.plans.measures.querysets import MeasureQuerySet
from apps.plans.querysets import (
    IndicatorQuerySet,
    PlanQuerySet,
)
from apps.plans.rules.models import ValidationRule as ValidationRule
from apps.plans.schedules.models import TargetSchedule as TargetSchedule
from apps.plans.targets.models import Baseline as Baseline
from apps.plans.targets.models import ReferenceLine as ReferenceLine
from apps.plans.targets.models import Target as Target
from apps.plans.targets.models import TargetRevision as TargetRevision

if TYPE_CHECKING:
    from apps.accounts.models import User

QUARTERS = (
    (1, _("First quarter")),
    (2, _("Second quarter")),
    (3, _("Third quarter")),
    (4, _("Fourth quarter")),
)


def quarter_field(**options: Any) -> models.PositiveSmallIntegerField:
    """Return a field holding a quarter, 1 to 4."""
    return models.PositiveSmallIntegerField(_("quarter"), choices=QUARTERS, **options)


def every_quarter() -> list[int]:
    """Return the quarters of a year."""
    return [1, 2, 3, 4]


class AnnualPlan(models.Model):
    """A year's plan of one region, with its verbatim text.

    `generation` rises by one with every refresh of its results; caches and open pages follow it.
    """

    region = models.ForeignKey(Region, models.PROTECT, related_name="plans", verbose_name=_("region"))
    year = models.PositiveSmallIntegerField(_("year"))
    title = models.CharField(_("title"), max_length=120)
    title_en = models.CharField(_("English title"), max_length=200, blank=True)
    publisher = models.CharField(_("publisher"), max_length=60)
    published_on = models.DateField(_("published on"))
    text = models.TextField(_("full text"))
    text_sha256 = models.CharField(max_length=64)
    generation = models.PositiveBigIntegerField(default=0, editable=False)

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("annual plan")
        verbose_name_plural = _("annual plans")
        ordering = ["-year"]
        constraints = [models.UniqueConstraint(fields=["region", "year"], name="annual_plan_once_a_year")]

    def __str__(self) -> str:
        return self.title


@pghistory.track(model_name="PlanPolicyHistory")
class PlanPolicy(models.Model):
    """The switches of one plan year that the bureau turns knowingly."""

    plan = models.OneToOneField(AnnualPlan, models.CASCADE, related_name="policy", verbose_name=_("plan"))
    enabled_tiers = ArrayField(
        models.CharField(max_length=10, choices=Tier), verbose_name=_("tiers asked"), default=list
    )
    muted_codes = ArrayField(
        models.CharField(max_length=40),
        verbose_name=_("indicators not asked"),
        default=list,
        blank=True,
        help_text=_("Codes of indicators of an asked tier that nobody is asked for"),
    )
    league_roles = ArrayField(
        models.CharField(max_length=20, choices=Role),
        verbose_name=_("roles that see league tables of schools"),
        default=list,
        blank=True,
    )
    principal_sign_off = models.BooleanField(_("principal signs before submission"), default=False)
    cross_review_office = models.ForeignKey(
        Organisation,
        models.PROTECT,
        related_name="+",
        verbose_name=_("office that reviews other offices' figures"),
    )
    second_review_office = models.ForeignKey(
        Organisation,
        models.PROTECT,
        related_name="+",
        verbose_name=_("office that reviews the reviewing office's figures"),
    )
    small_cell_threshold = models.PositiveSmallIntegerField(
        _("smallest number shown to everyone"), default=10
    )
    on_track_ratio = models.DecimalField(
        _("share of the expected progress that counts as on track"), max_digits=4, decimal_places=3, default=1
    )
    at_risk_ratio = models.DecimalField(
        _("share of the expected progress that still counts as at risk"),
        max_digits=4,
        decimal_places=3,
        default=Decimal("0.8"),
        help_text=_("Below it, what builds up over the year is off track"),
    )
    step_tolerance_days = models.PositiveSmallIntegerField(
        _("days that a step may be overdue and still count as at risk"), default=15
    )

    class Meta:
        verbose_name = _("policy of the plan")
        verbose_name_plural = _("policies of the plans")
        constraints = [
            models.CheckConstraint(
                condition=~Q(cross_review_office=F("second_review_office")),
                name="plan_policy_two_review_offices",
            ),
            models.CheckConstraint(
                condition=Q(on_track_ratio__gt=0, on_track_ratio__lte=1), name="plan_policy_ratio_is_a_share"
            ),
            models.CheckConstraint(
                condition=Q(at_risk_ratio__gt=0, at_risk_ratio__lte=F("on_track_ratio")),
                name="plan_policy_at_risk_below_on_track",
            ),
        ]

    def __str__(self) -> str:
        return str(self.plan)


class TaskArea(models.Model):
    """One of the numbered areas of a plan, with its verbatim text."""

    plan = models.ForeignKey(AnnualPlan, models.CASCADE, related_name="areas", verbose_name=_("plan"))
    number = models.PositiveSmallIntegerField(_("number"))
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=150)
    text = models.TextField(_("verbatim text"))
    lead_office = models.ForeignKey(
        Organisation, models.PROTECT, related_name="areas_led", verbose_name=_("lead office")
    )
    supporting_offices = models.ManyToManyField(
        Organisation, blank=True, related_name="areas_supported", verbose_name=_("supporting offices")
    )
    lead_leader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="areas_led",
        verbose_name=_("lead leader"),
    )

    class Meta:
        verbose_name = _("task area")
        verbose_name_plural = _("task areas")
        ordering = ["plan", "number"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="task_area_number_once")]

    def __str__(self) -> str:
        return f"{self.number}. {self.name}"


class DataElement(models.Model):
    """One fact a form asks. `per_stage`: asked for each stage, else once for the organisation."""

    code = models.SlugField(
        _("code"),
        max_length=60,
        unique=True,
        help_text=_("Name used in formulas: letters, digits, underscore"),
    )
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=200)
    help_text = models.CharField(_("how to fill it"), max_length=400, blank=True)
    help_text_en = models.CharField(_("how to fill it, in English"), max_length=400, blank=True)
    value_type = models.CharField(_("type"), max_length=10, choices=ValueType)
    accumulation = models.CharField(_("accumulation"), max_length=20, choices=Accumulation)
    reporter = models.CharField(_("reported by"), max_length=10, choices=Reporter)
    per_stage = models.BooleanField(_("asked for each stage"), default=False)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    minimum = models.DecimalField(_("minimum"), max_digits=18, decimal_places=4, null=True, blank=True)
    maximum = models.DecimalField(_("maximum"), max_digits=18, decimal_places=4, null=True, blank=True)
    decimals = models.PositiveSmallIntegerField(_("decimals"), default=0)
    choices = models.JSONField(
        _("choices"), default=list, blank=True, help_text=_("List of {value, label, label_en}")
    )
    evidence_hint = models.CharField(_("evidence"), max_length=300, blank=True)
    evidence_required = models.BooleanField(
        _("evidence required"), default=False, help_text=_("Nothing is submitted without a file for it")
    )
    privacy = models.CharField(_("privacy"), max_length=12, choices=Privacy, default=Privacy.AGGREGATE)
    is_estimate = models.BooleanField(
        _("is itself an estimate"),
        default=False,
        help_text=_("Such as a population between two censuses: figures made of it are marked as estimated"),
    )
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("data element")
        verbose_name_plural = _("data elements")
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[a-z][a-z0-9_]*$"), name="data_element_code_is_a_name"
            ),
            models.CheckConstraint(
                condition=Q(minimum__isnull=True) | Q(maximum__isnull=True) | Q(minimum__lte=F("maximum")),
                name="data_element_minimum_below_maximum",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_numeric(self) -> bool:
        return self.value_type not in (ValueType.TEXT, ValueType.DATE)


class Indicator(models.Model):
    """A formula over data elements and school attributes, with direction and aggregation.

    `numerator` and `denominator` are expressions of `plans.formulas`, evaluated for each organisation and
    stage and then summed; an empty denominator means the numerator alone is summed.
    """

    plan = models.ForeignKey(AnnualPlan, models.CASCADE, related_name="indicators", verbose_name=_("plan"))
    area = models.ForeignKey(TaskArea, models.PROTECT, related_name="indicators", verbose_name=_("area"))
    also_in = models.ManyToManyField(
        TaskArea, blank=True, related_name="shared_indicators", verbose_name=_("also shown in")
    )
    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=200)
    tier = models.CharField(_("tier"), max_length=10, choices=Tier)
    kind = models.CharField(_("kind"), max_length=24, choices=Kind)
    aggregation = models.CharField(_("aggregation"), max_length=20, choices=Aggregation)
    direction = models.CharField(_("direction"), max_length=24, choices=TargetOperator)
    accumulation = models.CharField(_("accumulation"), max_length=20, choices=Accumulation)
    basis = models.CharField(_("judged by"), max_length=10, choices=Basis, default=Basis.VALUE)
    unit = models.CharField(_("unit"), max_length=20)
    decimals = models.PositiveSmallIntegerField(_("decimals shown"), default=0)
    numerator = models.CharField(_("numerator"), max_length=MAXIMUM_LENGTH)
    denominator = models.CharField(_("denominator"), max_length=MAXIMUM_LENGTH, blank=True)
    numerator_label = models.CharField(_("numerator in words"), max_length=200, blank=True)
    numerator_label_en = models.CharField(_("numerator in words, in English"), max_length=200, blank=True)
    denominator_label = models.CharField(_("denominator in words"), max_length=200, blank=True)
    denominator_label_en = models.CharField(_("denominator in words, in English"), max_length=200, blank=True)
    reporter = models.CharField(_("reported by"), max_length=10, choices=Reporter)
    applies_to = ArrayField(
        models.CharField(max_length=20, choices=SchoolType),
        verbose_name=_("school types"),
        default=list,
        blank=True,
    )
    stages = ArrayField(
        models.CharField(max_length=20, choices=Stage), verbose_name=_("stages"), default=list, blank=True
    )
    due_quarters = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("due quarters"))
    privacy = models.CharField(_("privacy"), max_length=12, choices=Privacy, default=Privacy.AGGREGATE)
    lead_office = models.ForeignKey(
        Organisation, models.PROTECT, related_name="indicators_led", verbose_name=_("lead office")
    )
    supporting_offices = models.ManyToManyField(
        Organisation, blank=True, related_name="indicators_supported", verbose_name=_("supporting offices")
    )
    source_quote = models.CharField(_("sentence in the plan"), max_length=300)
    quote_start = models.PositiveIntegerField(help_text=_("Offset of the quote in its area's text"))
    quote_end = models.PositiveIntegerField()
    is_provisional = models.BooleanField(
        _("always provisional"), default=False, help_text=_("The settled figure arrives after the year")
    )
    notes = models.TextField(_("notes"), blank=True)
    position = models.PositiveIntegerField(default=0)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ["plan", "position", "code"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "code"], name="indicator_code_once_a_plan"),
            models.CheckConstraint(
                condition=Q(quote_end__gt=F("quote_start")), name="indicator_quote_has_length"
            ),
            models.CheckConstraint(
                condition=Q(due_quarters__contained_by=[1, 2, 3, 4], due_quarters__len__gte=1),
                name="indicator_due_quarters",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class IndicatorElement(models.Model):
    """Which facts an indicator is computed from; derived from its formulas when the plan is loaded.

    `quarters` are those whose definition uses the fact (`IndicatorRevision`): only then is it asked.
    """

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="element_links")
    element = models.ForeignKey(DataElement, models.PROTECT, related_name="indicator_links")
    in_numerator = models.BooleanField(default=False)
    in_denominator = models.BooleanField(default=False)
    quarters = ArrayField(models.PositiveSmallIntegerField(), default=every_quarter)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["indicator", "element"], name="indicator_element_once"),
            models.CheckConstraint(
                condition=Q(in_numerator=True) | Q(in_denominator=True), name="indicator_element_has_a_part"
            ),
            models.CheckConstraint(
                condition=Q(quarters__contained_by=[1, 2, 3, 4], quarters__len__gte=1),
                name="indicator_element_has_quarters",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.element_id}"


@pghistory.track(model_name="MeasureHistory")
class Measure(models.Model):
    """A task under an area: who does it, by when, how far it is.

    `completed_on` is the day the lead office says it was completed.
    """

    area = models.ForeignKey(TaskArea, models.CASCADE, related_name="measures", verbose_name=_("area"))
    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=200)
    source_quote = models.CharField(_("sentence in the plan"), max_length=300)
    quote_start = models.PositiveIntegerField()
    quote_end = models.PositiveIntegerField()
    check_text = models.CharField(_("how it is checked"), max_length=300, blank=True)
    indicators = models.ManyToManyField(
        Indicator, blank=True, related_name="measures", verbose_name=_("indicators")
    )
    lead_office = models.ForeignKey(
        Organisation, models.PROTECT, related_name="measures_led", verbose_name=_("lead office")
    )
    supporting_offices = models.ManyToManyField(
        Organisation, blank=True, related_name="measures_supported", verbose_name=_("supporting offices")
    )
    lead_leader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="measures_led",
        verbose_name=_("lead leader"),
        help_text=_("Only where it is another than the leader of the area"),
    )
    due_on = models.DateField(_("due on"), null=True, blank=True)
    status = models.CharField(
        _("status"), max_length=20, choices=MeasureStatus, default=MeasureStatus.NOT_STARTED
    )
    completed_on = models.DateField(_("completed on"), null=True, blank=True)

    objects = MeasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        ordering = ["area", "code"]
        constraints = [
            models.UniqueConstraint(fields=["area", "code"], name="measure_code_once_an_area"),
            models.CheckConstraint(
                condition=Q(status__in=["completed", "closed"], completed_on__isnull=False)
                | (~Q(status__in=["completed", "closed"]) & Q(completed_on__isnull=True)),
                name="measure_completion_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def leader(self) -> User | None:
        """Who leads it: its own leader, else that of its area."""
        return self.lead_leader or self.area.lead_leader
