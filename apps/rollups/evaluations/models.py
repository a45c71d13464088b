from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.organisations.models import Organisation
from apps.plans.models import AnnualPlan


@pghistory.track(model_name="EvaluationFindingHistory")
class EvaluationFinding(models.Model):
    """What the responsible office found about one check of a national evaluation: yes or no, or a figure.

    It counts once a second person has agreed; a returned one says why and waits for another.
    """

    plan = models.ForeignKey(AnnualPlan, models.CASCADE, related_name="evaluation_findings")
    evaluation = models.SlugField(_("evaluation"), max_length=20)
    code = models.CharField(_("item"), max_length=20)
    office = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("office"))
    meets = models.BooleanField(_("met"), null=True, blank=True)
    number = models.DecimalField(_("figure"), max_digits=18, decimal_places=4, null=True, blank=True)
    as_of = models.DateField(_("as of"))
    basis = models.CharField(_("basis"), max_length=300)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    recorded_on = models.DateField(_("recorded on"))
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("checked by"),
    )
    checked_on = models.DateField(_("checked on"), null=True, blank=True)
    returned_note = models.CharField(_("why it was returned"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("finding of an evaluation")
        verbose_name_plural = _("findings of evaluations")
        ordering = ["plan", "evaluation", "code"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "evaluation", "code"], name="evaluation_finding_once"),
            models.CheckConstraint(
                condition=Q(meets__isnull=True, number__isnull=False)
                | Q(meets__isnull=False, number__isnull=True),
                name="evaluation_finding_says_one_thing",
            ),
            models.CheckConstraint(condition=~Q(basis=""), name="evaluation_finding_has_a_basis"),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True, checked_on__isnull=True, returned_note="")
                | Q(checked_by__isnull=False, checked_on__isnull=False),
                name="evaluation_finding_check_is_paired",
            ),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("recorded_by")),
                name="evaluation_finding_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evaluation} {self.code}"

    @property
    def is_returned(self) -> bool:
        return bool(self.returned_note)

    @property
    def is_agreed(self) -> bool:
        """A second person has looked at it and agreed."""
        return self.checked_on is not None and not self.returned_note


@pghistory.track(model_name="RuleConfirmationHistory")
class RuleConfirmation(models.Model):
    """The bureau's word on a rule whose text could not be cited: it holds here, or it does not.

    `digest` is of the rule as it was confirmed; once the rule says something else the word no longer holds.
    """

    plan = models.ForeignKey(AnnualPlan, models.CASCADE, related_name="rule_confirmations")
    evaluation = models.SlugField(_("evaluation"), max_length=20)
    code = models.CharField(_("item"), max_length=20)
    digest = models.CharField(max_length=64)
    is_confirmed = models.BooleanField(_("confirmed"))
    reason = models.CharField(_("reason"), max_length=300)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("decided by")
    )
    decided_on = models.DateField(_("decided on"))

    class Meta:
        verbose_name = _("confirmation of a rule")
        verbose_name_plural = _("confirmations of rules")
        ordering = ["plan", "evaluation", "code"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "evaluation", "code"], name="rule_confirmation_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="rule_confirmation_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.evaluation} {self.code}"
