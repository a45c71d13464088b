from django.db import models
from django.utils.translation import gettext_lazy as _


class RegionLevel(models.TextChoices):
    NATION = "nation", _("Nation")
    PROVINCE = "province", _("Province")
    CITY = "city", _("City")
    DISTRICT = "district", _("District")


class OrganisationKind(models.TextChoices):
    SCHOOL = "school", _("School")
    OFFICE = "office", _("Office")


class SchoolType(models.TextChoices):
    """School types that the plan's indicators tell apart; `code` of GB/T 33782 is kept on the profile."""

    KINDERGARTEN = "kindergarten", _("Kindergarten")
    PRIMARY = "primary", _("Primary school")
    JUNIOR = "junior", _("Junior secondary school")
    NINE_YEAR = "nine_year", _("Nine-year school")
    SENIOR = "senior", _("Senior secondary school")
    SPECIAL = "special", _("Special school")


class Stage(models.TextChoices):
    """A stage of schooling. WHOLE is for facts about an organisation as one, not split by stage."""

    KINDERGARTEN = "kindergarten", _("Preschool")
    PRIMARY = "primary", _("Primary")
    JUNIOR = "junior", _("Junior secondary")
    SENIOR = "senior", _("Senior secondary")
    SPECIAL = "special", _("Special education")
    WHOLE = "whole", _("Whole organisation")


class Ownership(models.TextChoices):
    PUBLIC = "public", _("Public")
    INCLUSIVE = "inclusive", _("Inclusive private")
    PRIVATE = "private", _("Private")


class Setting(models.TextChoices):
    URBAN = "urban", _("Urban")
    TOWN = "town", _("Town")
    RURAL = "rural", _("Rural")


class EventKind(models.TextChoices):
    OPENED = "opened", _("Opened")
    MERGED = "merged", _("Merged")
    CLOSED = "closed", _("Closed")
    RENAMED = "renamed", _("Renamed")
    OWNERSHIP = "ownership", _("Ownership changed")
    RETYPED = "retyped", _("Type or setting changed")
