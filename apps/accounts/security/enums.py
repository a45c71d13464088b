from django.db import models
from django.utils.translation import gettext_lazy as _


class EventKind(models.TextChoices):
    """What the security log tells."""

    LOGIN = "login", _("Logged in")
    FAILED = "failed", _("Login failed")
    LOCKED = "locked", _("Locked after failures")
    UNLOCKED = "unlocked", _("Lock removed")
    LOGOUT = "logout", _("Logged out")
    EXPIRED = "expired", _("Login expired")
    ENDED = "ended", _("Login ended")
    PASSWORD = "password", _("Password changed")
    LINK = "link", _("Link for a new password asked for")
    CODE = "code", _("One-time code issued")
    FACTOR_ON = "factor_on", _("Second step switched on")
    FACTOR_OFF = "factor_off", _("Second step switched off")
    DENIED = "denied", _("Action refused")
    LIMITED = "limited", _("Too many requests")
    DOWNLOAD = "download", _("Download")


class LockKind(models.TextChoices):
    """What failures are counted by."""

    ACCOUNT = "account", _("Account")
    ADDRESS = "address", _("Network address")
