from django.db import models
from django.utils.translation import gettext_lazy as _


class When(models.TextChoices):
    RELEASE = "release", _("Whenever a quarter is released")
    MONTHLY = "monthly", _("Every month on one day")
