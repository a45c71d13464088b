from django.db import models
from django.utils.translation import gettext_lazy as _


class NoticeKind(models.TextChoices):
    """What a notice tells; its sentence is made in the reader's language (`wording.py`)."""

    REMINDER = "reminder", _("Reminder")
    OVERDUE = "overdue", _("Overdue")
    RETURNED = "returned", _("Returned")
    REOPENED = "reopened", _("Reopened")
    EXTENDED = "extended", _("Due date extended")
    ORDER = "order", _("Supervision order")
    ANSWERED = "answered", _("Supervision order answered")
    REPORT = "report", _("Report")
    CORRECTED = "corrected", _("Released figures corrected")
    MEASURE = "measure", _("Reminder of a measure")
    MEASURE_LATE = "measure_late", _("Measure overdue")


class OrderSubject(models.TextChoices):
    """What a supervision order is about."""

    RETURN = "return", _("A return that is late")
    INDICATOR = "indicator", _("An indicator that is behind")
    MEASURE = "measure", _("A measure that is behind")
    OVERDUE = "overdue", _("A measure that is overdue")


class Channel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    ROBOT = "robot", _("Group robot")


class RobotKind(models.TextChoices):
    """Whose robot it is: both take JSON, of slightly different shape."""

    WECOM = "wecom", _("WeCom")
    DINGTALK = "dingtalk", _("DingTalk")


class DispatchState(models.TextChoices):
    """How far an outgoing message is. What may have arrived unknown to us is uncertain."""

    QUEUED = "queued", _("Waiting to be sent")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Not sent")
    UNCERTAIN = "uncertain", _("Uncertain")
    DROPPED = "dropped", _("No longer needed")
