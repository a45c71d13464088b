from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.collection.sealing.querysets import SealedFormQuerySet


class SealedForm(models.Model):
    """One handing in of a return as it was, in the text that its hash covers; never changed afterwards."""

    submission = models.ForeignKey("collection.Submission", models.CASCADE, related_name="sealed_forms")
    event = models.OneToOneField("collection.SubmissionEvent", models.CASCADE, related_name="sealed_form")
    number = models.PositiveSmallIntegerField(_("number of the submission"))
    text = models.TextField(_("what was handed in"))
    sha256 = models.CharField(_("check code"), max_length=64, db_index=True)

    objects = SealedFormQuerySet.as_manager()

    class Meta:
        ordering = ["submission", "number"]
        constraints = [models.UniqueConstraint(fields=["submission", "number"], name="sealed_form_once")]
        triggers = [pgtrigger.Protect(name="sealed_form_stays", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.submission_id} no. {self.number}"
