"""What is known of a file that was taken in: what the virus scanner and the search for names made of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Scan(models.TextChoices):
    """What the virus scanner said of a file; nobody opens one that waits or is infected."""

    NONE = "none", _("Not scanned")
    CLEAN = "clean", _("No virus found")
    WAITING = "waiting", _("Waiting for the virus scanner")
    INFECTED = "infected", _("Virus found, file removed")


class TextCheck(models.TextChoices):
    """How much of a file could be searched for identity and phone numbers; a person looks at the rest."""

    ALL = "all", _("Its text was searched for identity and phone numbers")
    PARTLY = "partly", _("Its text was searched; pictures in it cannot be checked automatically")
    NONE = "none", _("Pictures cannot be checked automatically")


# What a browser shows without running anything of it.
SHOWN_INLINE = frozenset({"application/pdf", "image/png", "image/jpeg"})


class Kept(models.Model):
    """The columns of a kept file. An erased one keeps its row: name, hash, who erased it and when."""

    original_name = models.CharField(_("file name"), max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)

    scan = models.CharField(_("virus scan"), max_length=10, choices=Scan, default=Scan.NONE)
    scanned_at = models.DateTimeField(_("scanned at"), null=True, blank=True)
    text_check = models.CharField(
        _("search for personal numbers"), max_length=10, choices=TextCheck, default=TextCheck.NONE
    )
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True)
    erased_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        abstract = True

    @property
    def is_readable(self) -> bool:
        """Nobody opens a file that waits for the virus scanner, was found infected, or was erased."""
        return self.scan not in (Scan.WAITING, Scan.INFECTED) and self.erased_at is None

    @property
    def needs_eyes(self) -> bool:
        """A person has to look for names and numbers, because no program could in all of it."""
        return self.is_readable and self.text_check != TextCheck.ALL

    @property
    def digest(self) -> str:
        """As much of the hash as tells two files apart."""
        return f"SHA-256 {self.sha256[:12]}"

    @property
    def has_preview(self) -> bool:
        return self.is_readable and self.content_type in SHOWN_INLINE

    @property
    def is_picture(self) -> bool:
        return self.content_type.startswith("image/")

    @property
    def text_check_label(self) -> str:
        return str(TextCheck(self.text_check).label)


ERASED_RULE = Q(erased_at__isnull=True, erased_by__isnull=True) | Q(
    erased_at__isnull=False, erased_by__isnull=False
)
