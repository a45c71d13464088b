from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """The light of a judgement. Only the first four are lights; the rest say why there is none."""

    ACHIEVED = "achieved", _("Achieved")
    ON_TRACK = "on_track", _("On track")
    AT_RISK = "at_risk", _("At risk")
    OFF_TRACK = "off_track", _("Off track")
    NOT_DUE = "not_due", _("Not due")
    NO_DATA = "no_data", _("No data")
    NO_BASELINE = "no_baseline", _("No baseline")
    NO_TARGET = "no_target", _("No target")
    UNCONFIRMED = "unconfirmed", _("Target to be confirmed")


LIGHTS = (Status.ACHIEVED, Status.ON_TRACK, Status.AT_RISK, Status.OFF_TRACK)
GOOD = (Status.ACHIEVED, Status.ON_TRACK)


class Reason(models.TextChoices):
    """Why a light is what it is."""

    NONE = "", ""
    MET = "met", _("the target is met")
    EXCEEDED = "exceeded", _("more than planned")
    WITHIN_LIMIT = "within_limit", _("within the limit; the year is not over")
    ON_SCHEDULE = "on_schedule", _("not reached yet, but not behind its schedule")
    SLIGHTLY_BEHIND = "slightly_behind", _("a little behind its schedule")
    BEHIND_SCHEDULE = "behind_schedule", _("behind its schedule")
    STEP_OVERDUE = "step_overdue", _("a step is overdue, within the tolerance")
    FIRST_VALUE = "first_value", _("not reached yet; the deadline is ahead and there is no earlier value")
    IMPROVING = "improving", _("not reached yet; the deadline is ahead and it is improving fast enough")
    TOO_SLOW = "too_slow", _("improving, but at this pace it would not reach the target")
    NOT_IMPROVING = "not_improving", _("not reached, and not improving")
    REPORTS_OUTSTANDING = "reports_outstanding", _("not reached yet; reports are still to come")
    PARTS_OUTSTANDING = (
        "parts_outstanding",
        _("numerator and denominator come from different reporters, and not all have reported"),
    )
    BETWEEN_MEASUREMENTS = "between", _("nothing is measured in this quarter; the next time comes later")
    MISSED = "missed", _("the limit is broken")
    DEADLINE_PASSED = "deadline_passed", _("not reached by its deadline")


class Confidence(models.TextChoices):
    """How far a figure can be trusted. Whether it is suppressed depends on the reader: never stored."""

    FINAL = "final", _("Final")
    PROVISIONAL = "provisional", _("Provisional")
    ESTIMATED = "estimated", _("Estimated")
    SUPPRESSED = "suppressed", _("Suppressed")
    NONE = "", _("No figure")


class ForecastBasis(models.TextChoices):
    """What a forecast rests on, or why there is none."""

    RUN_RATE = "run_rate", _("the pace of the quarters so far")
    SEASONAL = "seasonal", _("the pace of the quarters so far, with last year's seasons")
    DAMPED_TREND = "damped_trend", _("the trend so far, damped")
    STEPS = "steps", _("the slowest and the fastest quarter so far")
    COMPLETE = "complete", _("the year's last figure is in")
    NOT_YET = "not_yet", _("nothing has been reported yet")
    TOO_FEW = "too_few", _("too few quarters have been reported to tell a pace and its spread")
    OUTSTANDING = "outstanding", _("reports of this year are still outstanding")
    NOT_FORESEEABLE = "not_foreseeable", _("a figure of this kind has no pace to carry on")


class BoundsBasis(models.TextChoices):
    """What the bounds of a figure under full coverage rest on, or why there are none."""

    COMPLETE = "complete", _("all reports are in")
    DENOMINATORS = "denominators", _("each missing unit could report nothing of its denominator or all of it")
    SCHOOLS = "schools", _("each missing school could meet its line or not")
    ONE_SIDED = "one_sided", _("what is missing can move it one way only")
    SIZE_UNKNOWN = "size_unknown", _("the size of missing units is not known")
    NOT_KNOWABLE = "not_knowable", _("a figure of this kind could become anything")


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
