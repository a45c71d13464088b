from django.db import models
from django.utils.translation import gettext_lazy as _


class SubmissionStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SIGNING = "signing", _("Waiting for the principal")
    SUBMITTED = "submitted", _("Submitted")
    RETURNED = "returned", _("Returned")
    ACCEPTED = "accepted", _("Accepted")
    REOPENED = "reopened", _("Reopened")


class DataState(models.TextChoices):
    """How far an organisation's return for one period is; missing never looks like behind."""

    NOT_DUE = "not_due", _("Not due")
    DUE = "due", _("Due")
    LATE = "late", _("Late")
    WAITING = "waiting", _("Waiting for review")
    RETURNED = "returned", _("Returned")
    ACCEPTED = "accepted", _("Accepted")


class PeriodEventKind(models.TextChoices):
    """What a date of a period brought when it came."""

    OPENED = "opened", _("Opened for reporting")
    LATE = "late", _("Due date over, the missing are late")
    CLOSED = "closed", _("Closed for reporting")
