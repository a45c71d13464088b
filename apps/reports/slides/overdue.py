"""Measures over their due date: how many of which office, and the longest. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext, ngettext

from apps.dashboards import wording
from apps.dashboards.measure_signs import SIGNS, days_overdue
from apps.dashboards.tables import Chart, ChartKind, Series
from apps.plans.models import Measure
from apps.reports.databook.parts import Excerpt
from apps.reports.progress.words import is_overdue
from apps.reports.slides.slide import ROWS_A_SLIDE, Grid, Slide
from apps.reports.slides.sources import release_note
from apps.rollups.enums import Status


def overdue_of(excerpt: Excerpt) -> list[Measure]:
    """Return the measures over their due date on the day of the freezing, the longest first."""
    today = excerpt.edition.frozen_on
    found = [measure for measure in excerpt.measures if is_overdue(measure, today)]
    return sorted(found, key=lambda one: (-days_overdue(one, today), one.area.number, one.code))


def overdue(excerpt: Excerpt) -> Iterator[Slide]:
    """Yield how many of which office and the longest of them; that none is, where none is."""
    found = overdue_of(excerpt)
    if not found:
        count = len(excerpt.measures)
        words = ngettext("The one measure is not overdue.", "None of %(count)d measures is overdue.", count)
        if count:
            yield Slide(title=words % {"count": count}, notes=[release_note(excerpt)])
        return
    notes = [*(_note(one) for one in found), release_note(excerpt)]
    offices = Counter(measure.lead_office_id for measure in found)
    title = ngettext(
        "%(count)d measure is over its due date; offices concerned: %(offices)d.",
        "%(count)d measures are over their due date; offices concerned: %(offices)d.",
        len(found),
    ) % {"count": len(found), "offices": len(offices)}
    if len(offices) > 1:
        yield Slide(title=title, chart=_chart(excerpt, offices), notes=notes)
    shown = found[:ROWS_A_SLIDE]
    longest = gettext("Each measure that is over its due date")
    if len(shown) < len(found):
        words = gettext("The %(shown)d measures that are longest over their due date, of %(count)d")
        longest = words % {"shown": len(shown), "count": len(found)}
    yield Slide(title=longest if len(offices) > 1 else title, grid=_grid(excerpt, shown), notes=notes)


def _chart(excerpt: Excerpt, offices: Counter[int]) -> Chart:
    known = [one for one in excerpt.edition.offices if one.pk in offices]
    known.sort(key=lambda one: -offices[one.pk])
    return Chart(
        title=gettext("Measures overdue"),
        kind=ChartKind.BAR,
        names=[wording.in_language(one) for one in known],
        series=[
            Series(
                gettext("Measures overdue"),
                [Decimal(offices[one.pk]) for one in known],
                "off-track",
                decimals=[0] * len(known),
            )
        ],
        is_percent=False,
    )


def _grid(excerpt: Excerpt, found: list[Measure]) -> Grid:
    return Grid(
        titles=[
            gettext("Code"),
            gettext("Measure"),
            gettext("Lead office"),
            gettext("Due date"),
            gettext("Days over"),
            gettext("Status"),
        ],
        shares=[0.1, 0.4, 0.15, 0.13, 0.09, 0.13],
        rows=[_row(excerpt, one) for one in found],
        lights=[Status.OFF_TRACK] * len(found),
    )


def _row(excerpt: Excerpt, measure: Measure) -> list[str]:
    sign = SIGNS[measure.status]
    return [
        measure.code,
        wording.in_language(measure),
        wording.in_language(measure.lead_office),
        measure.due_on.isoformat() if measure.due_on else "—",
        str(days_overdue(measure, excerpt.edition.frozen_on)),
        f"{sign.shape} {sign.word}",
    ]


def _note(measure: Measure) -> str:
    quote = gettext("Sentence in the plan: %(quote)s") % {"quote": measure.source_quote}
    return f"{measure.code} {wording.in_language(measure)}: {quote}"
