"""What the slides say: one message each, its evidence, and where it comes from. Pure: edition → slides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext

from apps.dashboards import figure_data, lights, reading_cells, sentences, table_charts, wording
from apps.dashboards.overview import URGENT, further_of, sentence_of
from apps.dashboards.readings import Reading
from apps.plans.models import TaskArea
from apps.reports.databook.parts import Excerpt
from apps.reports.slides.attention import attention, current, urgent
from apps.reports.slides.next_steps import next_steps
from apps.reports.slides.overdue import overdue
from apps.reports.slides.slide import Slide
from apps.reports.slides.sources import reading_notes, release_note
from apps.rollups.enums import Status

LINES = 3


def slides_of(excerpt: Excerpt) -> list[Slide]:
    """Return the slides in the order of the meeting."""
    return [
        cover(excerpt),
        state(excerpt),
        *attention(excerpt),
        *areas(excerpt),
        *overdue(excerpt),
        *next_steps(excerpt),
        method(excerpt),
    ]


def cover(excerpt: Excerpt) -> Slide:
    edition = excerpt.edition
    version = gettext("draft, not released") if edition.is_draft else str(edition.version)
    return Slide(
        title=wording.in_language(edition.plan, "title"),
        lines=[
            gettext("How it stands in the %(quarter)s of %(year)s: %(part)s")
            % {
                "quarter": wording.quarter_name(edition.quarter).lower(),
                "year": edition.year,
                "part": excerpt.name,
            },
            gettext("Version %(version)s, frozen on %(day)s")
            % {"version": version, "day": edition.frozen_on.isoformat()},
        ],
        notes=[release_note(excerpt)],
        is_cover=True,
    )


def state(excerpt: Excerpt) -> Slide:
    """The state in one sentence, with the lights of all areas."""
    readings = current(excerpt)
    further = further_of(readings)
    return Slide(
        title=sentence_of(readings, quarter=excerpt.edition.quarter),
        chart=table_charts.overview_chart(excerpt.overview_rows),
        notes=[
            *([further] if further else []),
            gettext("Lights are those of the release; what has no confirmed target is not judged."),
            release_note(excerpt),
        ],
    )


def areas(excerpt: Excerpt) -> Iterator[Slide]:
    """One slide for each area that has something behind or achieved."""
    order = {one.reading.indicator.pk: place for place, one in enumerate(urgent(excerpt))}
    for area in excerpt.areas:
        readings = [row.reading for row in excerpt.rows_of(area) if not row.is_shared]
        behind = sorted(
            (one for one in readings if one.status in URGENT), key=lambda one: order[one.indicator.pk]
        )
        achieved = [one for one in readings if one.status == Status.ACHIEVED]
        told = behind or achieved
        if told:
            yield _area_slide(excerpt, area, told[0], behind, achieved)


def _area_slide(
    excerpt: Excerpt,
    area: TaskArea,
    reading: Reading,
    behind: Sequence[Reading],
    achieved: Sequence[Reading],
) -> Slide:
    edition, indicator = excerpt.edition, reading.indicator
    baseline = edition.baselines.get(indicator.pk)
    lines = figure_data.level_lines(indicator, reading, baseline)
    others = [one for one in (*behind, *achieved) if one is not reading]
    return Slide(
        title=area_title(area, reading),
        chart=table_charts.trend_chart(indicator, edition.quarters_of(indicator), lines),
        figure=reading.short_text,
        light=str(reading.status),
        lines=[
            gettext("%(indicator)s; target %(target)s; lead office %(office)s")
            % {
                "indicator": wording.in_language(indicator),
                "target": reading_cells.target_text(reading),
                "office": wording.in_language(indicator.lead_office),
            },
            *_others(others),
            gettext("Data coverage %(share)s") % {"share": reading.coverage_text},
        ][:LINES],
        notes=[
            *reading_notes(reading),
            *(line for one in others for line in reading_notes(one)),
            release_note(excerpt),
        ],
    )


def area_title(area: TaskArea, reading: Reading) -> str:
    """Return the message of an area: its most urgent figure against its target, by the pages' sentence."""
    sentence = sentences.target_sentence(reading) or reading.gap_text or reading.short_text
    return gettext("%(area)s: %(indicator)s %(light)s. %(sentence)s") % {
        "area": wording.in_language(area),
        "indicator": wording.in_language(reading.indicator),
        "light": str(lights.sign_of(reading.status).word).lower(),
        "sentence": sentence,
    }


def _others(readings: Sequence[Reading]) -> list[str]:
    """Say what else is behind and achieved in the area, by name and value."""
    if not readings:
        return []
    parts = [
        f"{lights.sign_of(one.status).shape} {wording.in_language(one.indicator)} {one.short_text}"
        for one in readings
    ]
    return [gettext("Also: %(parts)s") % {"parts": gettext("; ").join(parts)}]


def method(excerpt: Excerpt) -> Slide:
    """How the figures came about, and what to cite."""
    edition = excerpt.edition
    return Slide(
        title=gettext("Every figure here is frozen with a release and can be followed to its source."),
        lines=[
            gettext(
                "Values rest on accepted reports only: sums of numerators over sums of denominators, "
                "compared with the target before rounding."
            ),
            gettext("Without a confirmed target there is no light; figures of small groups are hidden."),
            gettext("Frozen on %(day)s, SHA-256 %(sha)s")
            % {"day": edition.frozen_on.isoformat(), "sha": edition.sha256},
        ],
        notes=[release_note(excerpt)],
    )
