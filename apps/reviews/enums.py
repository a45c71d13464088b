from django.db import models
from django.utils.translation import gettext_lazy as _


class ReviewStatus(models.TextChoices):
    WAITING = "waiting", _("Waiting for review")
    RETURNED = "returned", _("Returned")
    ACCEPTED = "accepted", _("Accepted")
    REOPENED = "reopened", _("Reopened")


class ReturnReason(models.TextChoices):
    WRONG_VALUE = "wrong_value", _("The number looks wrong")
    WRONG_SCOPE = "wrong_scope", _("Wrong scope or definition")
    WRONG_UNIT = "wrong_unit", _("Wrong unit")
    UNEXPLAINED = "unexplained", _("A large change is not explained")
    EVIDENCE = "evidence", _("Evidence is missing or unclear")
    PERSONAL_DATA = "personal_data", _("Contains personal data")
    OTHER = "other", _("Other")


class BulkState(models.TextChoices):
    OPEN = "open", _("Sample is being looked at")
    ACCEPTED = "accepted", _("Accepted")
    STOPPED = "stopped", _("Stopped: the sample was not in order")
    ABANDONED = "abandoned", _("Given up")


class SampleVerdict(models.TextChoices):
    GOOD = "good", _("In order")
    WRONG = "wrong", _("Not in order")
