from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.organisations.enums import (
    EventKind,
    OrganisationKind,
    Ownership,
    RegionLevel,
    SchoolType,
    Setting,
    Stage,
)
from apps.organisations.querysets import OrganisationQuerySet


class Region(models.Model):
    """A node of the tree nation → province → city → district, by GB/T 2260 code."""

    code = models.CharField(_("code"), max_length=6, unique=True)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=100)
    level = models.CharField(_("level"), max_length=10, choices=RegionLevel)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^[0-9]{6}$"), name="region_code_has_six_digits"),
            models.CheckConstraint(
                condition=Q(level="nation", parent__isnull=True)
                | (~Q(level="nation") & Q(parent__isnull=False)),
                name="region_only_the_nation_has_no_parent",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RegionAncestor(models.Model):
    """The closure of the tree: every region with itself and each region above it."""

    ancestor = models.ForeignKey(Region, models.CASCADE, related_name="descendant_links")
    descendant = models.ForeignKey(Region, models.CASCADE, related_name="ancestor_links")
    distance = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ancestor", "descendant"], name="region_ancestor_once")
        ]

    def __str__(self) -> str:
        return f"{self.ancestor_id} ⊇ {self.descendant_id}"


@pghistory.track(model_name="OrganisationHistory")
class Organisation(models.Model):
    """Whoever can owe a submission: a school (10-digit code, kept through renames) or a bureau office."""

    kind = models.CharField(_("kind"), max_length=10, choices=OrganisationKind)
    region = models.ForeignKey(Region, models.PROTECT, related_name="organisations", verbose_name=_("region"))
    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=150, blank=True)
    sort_key = models.CharField(_("sort key"), max_length=100, help_text=_("Pinyin, for ordering by name"))
    opened_on = models.DateField(_("opened on"))
    closed_on = models.DateField(
        _("closed on"), null=True, blank=True, help_text=_("First day it no longer exists")
    )
    is_demo = models.BooleanField(_("demonstration data"), default=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("school or office")
        verbose_name_plural = _("schools and offices")
        ordering = ["kind", "sort_key", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="office") | Q(code__regex=r"^[0-9]{10}$"),
                name="organisation_school_code_has_ten_digits",
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gt=F("opened_on")),
                name="organisation_closes_after_opening",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_school(self) -> bool:
        return self.kind == OrganisationKind.SCHOOL


class DatedRow(models.Model):
    """A row true from `valid_from` until the day before `valid_to`."""

    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(
        _("valid to"), null=True, blank=True, help_text=_("First day it is no longer true")
    )

    class Meta:
        abstract = True


@pghistory.track(model_name="SchoolProfileHistory")
class SchoolProfile(DatedRow):
    """What a school was at a time: its name, type, ownership and setting. One row is current."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="profiles")
    name = models.CharField(_("name"), max_length=100)
    school_type = models.CharField(_("school type"), max_length=20, choices=SchoolType)
    type_code = models.CharField(_("type code (GB/T 33782)"), max_length=3, blank=True)
    ownership = models.CharField(_("ownership"), max_length=20, choices=Ownership)
    setting = models.CharField(_("setting"), max_length=10, choices=Setting)

    class Meta:
        verbose_name = _("school profile")
        verbose_name_plural = _("school profiles")
        ordering = ["organisation", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "valid_from"], name="school_profile_once_a_day"),
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(valid_to__isnull=True), name="school_profile_one_current"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="school_profile_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.valid_from})"


class SchoolStage(DatedRow):
    """A stage a school teaches at a time; a nine-year school has two."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="stages")
    stage = models.CharField(_("stage"), max_length=20, choices=Stage)

    class Meta:
        verbose_name = _("school stage")
        verbose_name_plural = _("school stages")
        ordering = ["organisation", "stage"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "stage"],
                condition=Q(valid_to__isnull=True),
                name="school_stage_one_current",
            ),
            models.CheckConstraint(condition=~Q(stage="whole"), name="school_stage_is_a_real_stage"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="school_stage_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.stage}"


class OrganisationEvent(models.Model):
    """A dated event in a school's life; the profile and stage rows carry its effect."""

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="events", verbose_name=_("school")
    )
    kind = models.CharField(_("event"), max_length=20, choices=EventKind)
    happened_on = models.DateField(_("date"))
    successor = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessor_events",
        verbose_name=_("merged into"),
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("recorded by"),
    )
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    class Meta:
        verbose_name = _("event of a school")
        verbose_name_plural = _("events of schools")
        ordering = ["happened_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="merged") | Q(successor__isnull=False),
                name="organisation_event_merger_names_successor",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.kind} {self.happened_on}"
