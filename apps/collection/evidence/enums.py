from django.db import models
from django.utils.translation import gettext_lazy as _


class Scan(models.TextChoices):
    """What the virus scanner said of a file; nobody opens one that waits or is infected."""

    NONE = "none", _("Not scanned")
    CLEAN = "clean", _("No virus found")
    WAITING = "waiting", _("Waiting for the virus scanner")
    INFECTED = "infected", _("Virus found, file removed")
