"""What needs attention. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext, ngettext

from apps.dashboards import lights, reading_cells, wording
from apps.dashboards.overview import URGENT, Attention
from apps.dashboards.readings import Reading
from apps.reports.databook.parts import Excerpt
from apps.reports.slides.slide import ROWS_A_SLIDE, Grid, Slide
from apps.reports.slides.sources import reading_notes, release_note


def current(excerpt: Excerpt) -> list[Reading]:
    """Return this quarter's readings of the part."""
    edition = excerpt.edition
    return [edition.readings[indicator.pk, edition.quarter] for indicator in excerpt.indicators]


def urgent(excerpt: Excerpt) -> list[Attention]:
    """Return what is behind or at risk among the indicators of the part, as the overview orders it."""
    pks = {indicator.pk for indicator in excerpt.indicators}
    found = excerpt.edition.overview.attention
    return [one for one in found if one.reading.indicator.pk in pks and one.reading.status in URGENT]


def attention(excerpt: Excerpt) -> Iterator[Slide]:
    """What needs attention, some rows a slide; one slide that says so where nothing does."""
    found = urgent(excerpt)
    if not found:
        yield Slide(
            title=gettext("Nothing that is judged this quarter is behind or at risk."),
            lines=[_unjudged(current(excerpt))],
            notes=[release_note(excerpt)],
        )
        return
    for page in _pages(found):
        yield Slide(
            title=_attention_title([one.reading for one in found]),
            grid=Grid(
                titles=[
                    gettext("Status"),
                    gettext("Indicator"),
                    gettext("Value"),
                    gettext("Target"),
                    gettext("Gap"),
                    gettext("Lead office"),
                ],
                shares=[0.12, 0.32, 0.12, 0.14, 0.16, 0.14],
                rows=[_attention_row(one.reading) for one in page],
                lights=[str(one.reading.status) for one in page],
            ),
            notes=[*(line for one in page for line in reading_notes(one.reading)), release_note(excerpt)],
        )


def _attention_title(readings: Sequence[Reading]) -> str:
    parts = [
        gettext("%(count)d %(status)s") % {"count": count, "status": str(lights.sign_of(status).word).lower()}
        for status in URGENT
        if (count := sum(reading.status == status for reading in readings))
    ]
    words = ngettext(
        "%(count)d indicator needs attention: %(parts)s.",
        "%(count)d indicators need attention: %(parts)s.",
        len(readings),
    )
    return words % {"count": len(readings), "parts": gettext(", ").join(parts)}


def _attention_row(reading: Reading) -> list[str]:
    return [
        reading.light_text,
        wording.in_language(reading.indicator),
        reading.short_text,
        reading_cells.target_text(reading),
        gap_words(reading),
        wording.in_language(reading.indicator.lead_office),
    ]


def gap_words(reading: Reading) -> str:
    """Return what is missing: whole things where there are any, else steps or the size of the gap."""
    if reading.gap is None:
        return "—"
    if reading.steps:
        return wording.steps_size(reading.steps, reading.gap)
    size = wording.gap_text(reading.gap, unit=reading.indicator.unit, decimals=reading.decimals)
    return reading.units_text or size


def _unjudged(readings: Sequence[Reading]) -> str:
    count = sum(not reading.is_judged for reading in readings)
    return ngettext(
        "%(count)d indicator is not judged: not due, without data or without a confirmed target.",
        "%(count)d indicators are not judged: not due, without data or without a confirmed target.",
        count,
    ) % {"count": count}


def _pages(found: Sequence[Attention]) -> list[Sequence[Attention]]:
    return [found[at : at + ROWS_A_SLIDE] for at in range(0, len(found), ROWS_A_SLIDE)]
