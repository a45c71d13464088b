"""Statuses as the pages speak of them. Pure.

Only achieved, on track, at risk and off track are lights; everything else says why there is none.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.core.display import SIGNS, Sign
from apps.rollups.enums import LIGHTS, Status

HIDDEN = "hidden"
# Reported by everyone, and nothing of nothing: 0 cases handled of 0 is neither 0 % nor a missing report.
NOT_APPLICABLE = "not_applicable"
HIDDEN_SIGN = Sign("▨", _("Hidden: small numbers"), "hidden")
JUDGED = LIGHTS
ORDER: tuple[str, ...] = (
    *JUDGED,
    Status.NOT_DUE,
    Status.NO_DATA,
    NOT_APPLICABLE,
    Status.NO_BASELINE,
    Status.NO_TARGET,
    Status.UNCONFIRMED,
    HIDDEN,
)


def sign_of(status: str) -> Sign:
    """Return shape, word and colour class of a status (or of `HIDDEN`)."""
    return HIDDEN_SIGN if status == HIDDEN else SIGNS[str(status)]


def text_of(status: str) -> str:
    """Return a status as text: "● Achieved"."""
    sign = sign_of(status)
    return f"{sign.shape} {sign.word}"
