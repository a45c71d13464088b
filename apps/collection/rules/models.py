from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.plans.models import ValidationRule


class RuleFiring(models.Model):
    """A rule fired when somebody handed a return in, or tried to: about which figure, and the reason given.

    `words` are what its sentence needs, so that it is told in the reader's language. Without a `value` the
    rule is about the return as a whole. Whether it was right follows from what became of the figure.
    """

    rule = models.ForeignKey(ValidationRule, models.PROTECT, related_name="firings")
    submission = models.ForeignKey("collection.Submission", models.CASCADE, related_name="firings")
    value = models.ForeignKey(
        "collection.DataValue", models.CASCADE, null=True, blank=True, related_name="firings"
    )
    number = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    words = models.JSONField(default=dict)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    fired_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["fired_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "submission", "value", "number"],
                name="rule_firing_once_a_figure",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.submission_id} {self.value_id or ''}"
