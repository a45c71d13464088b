"""What comes next: the bureau's own words, else what each office has to bring forward. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from django.utils.translation import gettext

from apps.dashboards import wording
from apps.reports.databook.parts import Excerpt
from apps.reports.releases.enums import TextKind
from apps.reports.slides.attention import gap_words, urgent
from apps.reports.slides.overdue import overdue_of
from apps.reports.slides.slide import ROWS_A_SLIDE, Grid, Slide
from apps.reports.slides.sources import release_note


def next_steps(excerpt: Excerpt) -> Iterator[Slide]:
    """Yield the bureau's own words, else a table by office; nothing where nothing is open."""
    written = _written(excerpt)
    if written:
        yield Slide(title=gettext("Next steps"), lines=written, notes=[*written, release_note(excerpt)])
        return
    rows = _rows(excerpt)
    for at in range(0, len(rows), ROWS_A_SLIDE):
        yield Slide(
            title=gettext("Next: each office brings forward what is behind."),
            grid=Grid(
                titles=[
                    gettext("Lead office"),
                    gettext("Indicators behind or at risk, and what is missing"),
                    gettext("Measures overdue"),
                ],
                shares=[0.2, 0.62, 0.18],
                rows=rows[at : at + ROWS_A_SLIDE],
            ),
            notes=[release_note(excerpt)],
        )


def _rows(excerpt: Excerpt) -> list[list[str]]:
    """One row an office: those with the most indicators behind first, then those with the most measures."""
    indicators: dict[int, list[str]] = defaultdict(list)
    for one in urgent(excerpt):
        words = gettext("%(name)s (%(status)s)") % {
            "name": wording.in_language(one.reading.indicator),
            "status": gap_words(one.reading),
        }
        indicators[one.reading.indicator.lead_office_id].append(words)
    measures: dict[int, int] = defaultdict(int)
    for measure in overdue_of(excerpt):
        measures[measure.lead_office_id] += 1
    offices = [one for one in excerpt.edition.offices if one.pk in indicators or one.pk in measures]
    offices.sort(key=lambda one: (-len(indicators[one.pk]), -measures[one.pk]))
    return [
        [
            wording.in_language(office),
            gettext("; ").join(indicators[office.pk]) or "—",
            str(measures[office.pk]) if measures[office.pk] else "—",
        ]
        for office in offices
    ]


def _written(excerpt: Excerpt) -> list[str]:
    edition = excerpt.edition
    whole = edition.text_of(TextKind.NEXT_STEPS) if excerpt.part.office is None else ""
    texts = [whole, *(edition.text_of(TextKind.NEXT_STEPS, area) for area in excerpt.areas)]
    return [line.strip() for text in texts for line in text.splitlines() if line.strip()]
