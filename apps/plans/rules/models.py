from __future__ import annotations

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.plans.enums import RuleKind, Severity
from apps.plans.rules.querysets import ValidationRuleQuerySet

BETWEEN = (RuleKind.AT_MOST, RuleKind.SUM_AT_MOST)
MAY_BE_HARD = (*BETWEEN, RuleKind.NOT_FALLING)
WITH_LIMIT = (RuleKind.ABOVE, RuleKind.JUMP_PREVIOUS, RuleKind.JUMP_LAST_YEAR, RuleKind.PEER_OUTLIER)


@pghistory.track(model_name="ValidationRuleHistory")
class ValidationRule(models.Model):
    """One thing that reported facts are held against.

    Without an `element` it holds for every figure; one for a single fact takes its place there.

    * between facts: `element` (plus the facts with the codes `addends`) ≤ `other`, in one return and stage;
    * `limit`: the figure above which, the per cent by which, or the modified z-score from which it fires;
    * `least_change`: smaller changes than this never fire.
    """

    kind = models.CharField(_("kind"), max_length=20, choices=RuleKind)
    element = models.ForeignKey(
        "plans.DataElement",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="rules",
        verbose_name=_("Fact"),
    )
    addends = ArrayField(
        models.CharField(max_length=60), verbose_name=_("further parts"), default=list, blank=True
    )
    other = models.ForeignKey(
        "plans.DataElement",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="rules_as_whole",
        verbose_name=_("whole"),
    )
    limit = models.DecimalField(_("limit"), max_digits=18, decimal_places=4, null=True, blank=True)
    least_change = models.DecimalField(
        _("smallest change that counts"), max_digits=18, decimal_places=4, default=0
    )
    severity = models.CharField(_("consequence"), max_length=4, choices=Severity)
    is_active = models.BooleanField(_("in use"), default=True)
    message = models.CharField(
        _("words shown beside the figure"),
        max_length=200,
        blank=True,
        help_text=_("Shown instead of the rule's own sentence"),
    )
    reason = models.CharField(_("why it is so"), max_length=300, blank=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("changed by"),
    )
    changed_at = models.DateTimeField(_("changed at"), null=True, blank=True)

    objects = ValidationRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule about figures")
        verbose_name_plural = _("rules about figures")
        ordering = ["kind", "element__position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "element", "other", "addends"],
                name="validation_rule_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(kind__in=BETWEEN, element__isnull=False, other__isnull=False)
                & ~Q(element=F("other"))
                | ~Q(kind__in=BETWEEN) & Q(other__isnull=True, addends=[]),
                name="validation_rule_between_two_facts",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=WITH_LIMIT, limit__isnull=False, limit__gt=0)
                | Q(kind=RuleKind.ABOVE, limit__isnull=False)
                | ~Q(kind__in=WITH_LIMIT) & Q(limit__isnull=True),
                name="validation_rule_limit_fits_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(severity=Severity.SOFT) | Q(kind__in=MAY_BE_HARD),
                name="validation_rule_hard_only_where_certain",
            ),
            models.CheckConstraint(
                condition=~Q(kind=RuleKind.ABOVE) | Q(element__isnull=False),
                name="validation_rule_above_is_for_one_fact",
            ),
            models.CheckConstraint(
                condition=~Q(kind=RuleKind.IDENTICAL) | Q(element__isnull=True),
                name="validation_rule_identical_is_for_the_form",
            ),
            models.CheckConstraint(
                condition=Q(changed_by__isnull=True, changed_at__isnull=True)
                | Q(changed_by__isnull=False, changed_at__isnull=False),
                name="validation_rule_change_is_paired",
            ),
            models.CheckConstraint(
                condition=Q(changed_by__isnull=True) | ~Q(reason=""),
                name="validation_rule_change_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.element_id or '*'}"

    @property
    def is_between(self) -> bool:
        return self.kind in BETWEEN
