"""The verbatim text of an area cut into segments, the tracked phrases linked. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from apps.plans.models import Indicator, Measure


@dataclass(frozen=True)
class Segment:
    """A piece of text with the indicators and measures whose quoted sentence covers it."""

    text: str
    indicators: tuple[Indicator, ...] = ()
    measures: tuple[Measure, ...] = ()

    @property
    def is_tracked(self) -> bool:
        return bool(self.indicators or self.measures)


def segments_of(
    text: str, indicators: Sequence[Indicator], measures: Sequence[Measure] = ()
) -> list[Segment]:
    """Return the text in order, cut wherever a quote begins or ends; joined again it is the text."""
    everything: list[Indicator | Measure] = [*indicators, *measures]
    quotes = [quote for quote in everything if 0 <= quote.quote_start < quote.quote_end <= len(text)]
    cuts = sorted({0, len(text), *(end for quote in quotes for end in (quote.quote_start, quote.quote_end))})
    segments = []
    for start, end in pairwise(cuts):
        here = [quote for quote in quotes if quote.quote_start <= start and end <= quote.quote_end]
        segments.append(
            Segment(
                text=text[start:end],
                indicators=tuple(quote for quote in here if isinstance(quote, Indicator)),
                measures=tuple(quote for quote in here if isinstance(quote, Measure)),
            )
        )
    return segments
