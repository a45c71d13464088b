"""A forecast as a page tells it: a number between two ends, or why there is none. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext

from apps.rollups.enums import ForecastBasis
from apps.rollups.models import Judgement

# Why there is no forecast is worth a sentence, but not that the year's last figure is in.
SILENT = frozenset({ForecastBasis.COMPLETE, ForecastBasis.NOT_YET})


@dataclass(frozen=True)
class Outlook:
    """A stored forecast in the indicator's unit; `basis` is a value of `ForecastBasis`."""

    basis: str
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None

    @property
    def is_known(self) -> bool:
        return self.value is not None and self.low is not None and self.high is not None

    @property
    def basis_text(self) -> str:
        return str(ForecastBasis(self.basis).label)

    @property
    def absence_text(self) -> str:
        """Why there is no forecast, as a sentence; empty where there is one or none is missed."""
        if self.is_known or self.basis in SILENT:
            return ""
        return gettext("No forecast: %(reason)s.") % {"reason": self.basis_text}


NO_OUTLOOK = Outlook(ForecastBasis.NOT_YET)


def outlook_of(judgement: Judgement) -> Outlook:
    """Return the forecast of a stored judgement."""
    return Outlook(
        judgement.forecast_basis, judgement.forecast, judgement.forecast_low, judgement.forecast_high
    )
