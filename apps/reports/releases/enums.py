from django.db import models
from django.utils.translation import gettext_lazy as _


class TextKind(models.TextChoices):
    """What the bureau writes itself into a report."""

    JUDGEMENT = "judgement", _("Judgement of the bureau")
    NEXT_STEPS = "next_steps", _("Next steps")
