from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """The light of a judgement. Only the first three are lights; the rest say why there is none."""

    ACHIEVED = "achieved", _("Achieved")
    ON_TRACK = "on_track", _("On track")
    OFF_TRACK = "off_track", _("Off track")
    NOT_DUE = "not_due", _("Not due")
    NO_DATA = "no_data", _("No data")
    NO_BASELINE = "no_baseline", _("No baseline")
    NO_TARGET = "no_target", _("No target")
    UNCONFIRMED = "unconfirmed", _("Target to be confirmed")


class Exclusion(models.TextChoices):
    """Why a unit that owes the facts is not in the sum."""

    NOT_REPORTED = "not_reported", _("Not reported yet")
    LATE = "late", _("Late")
    WAITING = "waiting", _("Waiting for review")
    RETURNED = "returned", _("Returned")
    INCOMPLETE = "incomplete", _("Not all facts are accepted")
    NOT_APPLICABLE = "not_applicable", _("Does not apply")
    NO_DENOMINATOR = "no_denominator", _("Nothing to divide by")
    NO_PROFILE = "no_profile", _("The school's attributes are not known")
    CLOSED = "closed", _("Closed")
