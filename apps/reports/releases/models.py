from __future__ import annotations

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.plans.models import AnnualPlan, TaskArea
from apps.reports.releases.enums import TextKind
from apps.reports.releases.querysets import ReleaseQuerySet

IS_ITS_OWN = """
    IF NEW.sha256 <> encode(sha256(convert_to(NEW.content, 'UTF8')), 'hex') THEN
        RAISE EXCEPTION 'the fingerprint is not that of the content';
    END IF;
    RETURN NEW;
"""


class Release(models.Model):
    """A quarter as it was released: one immutable text of everything its reports say, and its SHA-256.

    `content` is the canonical JSON of `releases.content`; versions count from 1, a later one says why it was
    made. `checklist` keeps what the checklist said then, the warnings that were accepted among it.
    """

    plan = models.ForeignKey(AnnualPlan, models.PROTECT, related_name="releases", verbose_name=_("plan"))
    quarter = models.PositiveSmallIntegerField(_("quarter"))
    version = models.PositiveSmallIntegerField(_("version"))
    content = models.TextField(_("content"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    business_date = models.DateField(_("released on"))
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("released by")
    )
    released_at = models.DateTimeField(_("released at"), auto_now_add=True)
    reason = models.CharField(_("why a new version"), max_length=300, blank=True)
    notes = models.TextField(_("release notes"), blank=True)
    checklist = models.JSONField(_("checklist"), default=list)

    objects = ReleaseQuerySet.as_manager()  # type: ignore[django-manager-missing]

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ["plan", "quarter", "version"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "quarter", "version"], name="release_version_once"),
            models.CheckConstraint(
                condition=Q(quarter__gte=1, quarter__lte=4, version__gte=1), name="release_numbers"
            ),
            models.CheckConstraint(
                condition=Q(version=1) | ~Q(reason=""), name="release_new_version_says_why"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="release_stays", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="release_is_not_emptied",
                operation=pgtrigger.Truncate,
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                func="RAISE EXCEPTION 'releases are never emptied';",
            ),
            pgtrigger.Trigger(
                name="release_fingerprint",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func=IS_ITS_OWN,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} Q{self.quarter} v{self.version}"


@pghistory.track(model_name="ReleaseTextHistory")
class ReleaseText(models.Model):
    """What the bureau writes itself into a quarter's reports: for one area, or without one for the whole.

    It stays between the versions of a release; each release keeps the words it was made with.
    """

    plan = models.ForeignKey(AnnualPlan, models.CASCADE, related_name="release_texts")
    quarter = models.PositiveSmallIntegerField(_("quarter"))
    area = models.ForeignKey(TaskArea, models.CASCADE, null=True, blank=True, related_name="release_texts")
    kind = models.CharField(_("kind"), max_length=12, choices=TextKind)
    body = models.TextField(_("text"), blank=True)
    version = models.PositiveIntegerField(default=1)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("text of a report")
        verbose_name_plural = _("texts of reports")
        ordering = ["plan", "quarter", F("area").asc(nulls_first=True), "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "quarter", "area", "kind"],
                nulls_distinct=False,
                name="release_text_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} Q{self.quarter} {self.area_id} {self.kind}"
