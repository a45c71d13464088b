"""How values and states are shown: pure, no HTML."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Number = int | Decimal | Fraction
HUNDRED = Fraction(100)


@dataclass(frozen=True)
class Sign:
    """A state as a shape, a word and a colour class; never a colour alone."""

    shape: str
    word: str | Promise
    css: str


# First lights and why there is none, then states of a return (hollow shapes: they judge nothing).
SIGNS = {
    "achieved": Sign("●", _("Achieved"), "achieved"),
    "on_track": Sign("◆", _("On track"), "on-track"),
    "at_risk": Sign("▲", _("At risk"), "at-risk"),
    "off_track": Sign("■", _("Off track"), "off-track"),
    "not_due": Sign("○", _("Not due"), "not-due"),
    "no_data": Sign("…", _("No data"), "no-data"),
    "not_applicable": Sign("/", _("Not applicable"), "not-due"),
    "no_baseline": Sign("∅", _("No baseline"), "no-baseline"),
    "no_target": Sign("–", _("No target"), "no-target"),
    "unconfirmed": Sign("?", _("Target to be confirmed"), "unconfirmed"),
    "due": Sign("◇", _("Due"), "due"),
    "late": Sign("△", _("Late"), "late"),
    "draft": Sign("◇", _("Draft"), "due"),
    "signing": Sign("▷", _("Waiting for the principal"), "waiting"),
    "submitted": Sign("▷", _("Submitted"), "waiting"),
    "waiting": Sign("▷", _("Waiting for review"), "waiting"),
    "returned": Sign("↩", _("Returned"), "returned"),
    "reopened": Sign("↩", _("Reopened"), "returned"),
    "accepted": Sign("✓", _("Accepted"), "accepted"),
}

QUARTER_NAMES = {1: _("First quarter"), 2: _("Second quarter"), 3: _("Third quarter"), 4: _("Fourth quarter")}


def rounded(value: Number, decimals: int) -> Decimal:
    """Return `value` rounded half up (away from zero) to `decimals` places, exactly."""
    scaled = abs(Fraction(value)) * 10**decimals
    whole = (scaled + Fraction(1, 2)).__floor__()
    return Decimal(-whole if value < 0 else whole).scaleb(-decimals)


def number_text(value: Number, decimals: int) -> str:
    """Return `value` with thousands separators and a fixed number of decimals."""
    shown = rounded(value, decimals)
    return f"{abs(shown) if shown == 0 else shown:,.{decimals}f}"


def percent_text(share: Number, decimals: int) -> str:
    """Return a share as a percentage without its sign; 100 and 0 only when it is exactly that."""
    exact = Fraction(share) * HUNDRED
    step = Fraction(1, 10**decimals)
    shown: Number = rounded(exact, decimals)
    if exact < HUNDRED and shown >= HUNDRED:
        shown = HUNDRED - step
    elif exact > 0 and shown == 0:
        shown = step
    return number_text(shown, decimals)
