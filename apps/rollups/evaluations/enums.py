from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ItemState(models.TextChoices):
    """How an item of an evaluation stands. Only MEETS and FAILS are judged; nothing unknown ever meets."""

    MEETS = "meets", _("Met")
    FAILS = "fails", _("Not met")
    MISSING = "missing", _("Data missing")
    NOT_DUE = "not_due", _("Not asked yet")
    UNCHECKED = "unchecked", _("To be examined")
    TO_CHECK = "to_check", _("Waiting for a second person")
    TO_CONFIRM = "to_confirm", _("Rule to be confirmed")
    NOT_APPLICABLE = "not_applicable", pgettext_lazy("evaluation", "Does not apply")
    HIDDEN = "hidden", _("Hidden: small numbers")


class CheckKind(models.TextChoices):
    """Where an item's answer comes from."""

    SIX_OF_SEVEN = "six_of_seven", _("Every school: six of seven resources")
    DISPERSION = "dispersion", _("Differences between schools")
    SCHOOLS = "schools", _("Every school")
    INDICATOR = "indicator", _("Indicator")
    RECORDED = "recorded", _("Found by the responsible office")


class Comparison(models.TextChoices):
    AT_LEAST = "at_least", _("at least")
    AT_MOST = "at_most", _("at most")
    BELOW = "below", _("below")
    FULFILLED = "fulfilled", _("fulfilled")


class Exclusion(models.TextChoices):
    """Why a school is outside of the resource items."""

    SMALL_POINT = "small_point", _("Teaching point under 50 pupils")
    NO_PUPILS = "no_pupils", _("No pupils in this stage")
