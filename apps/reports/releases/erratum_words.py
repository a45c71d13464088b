"""An erratum as words and as a table for files."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.dashboards import wording
from apps.dashboards.lights import text_of
from apps.dashboards.tables import Cell, Column, Table, text_cell
from apps.plans.models import TaskArea
from apps.reports.releases.changes import Change, Section
from apps.reports.releases.erratum import Erratum

NAMES: Mapping[Section, str | Promise] = {
    Section.FIGURE: _("Figures"),
    Section.ROUNDING: _("Figures, beyond what is shown"),
    Section.HIDDEN: _("Figures that are hidden"),
    Section.SCHOOL_FIGURE: _("Schools' own figures"),
    Section.TARGET: _("Targets"),
    Section.BASELINE: _("Baselines"),
    Section.DEFINITION: _("Definitions"),
    Section.MEASURE: _("Measures"),
    Section.TEXT: _("Texts of the bureau"),
    Section.SCHOOL: _("List of schools"),
}


def counts_of(erratum: Erratum) -> list[tuple[str, int]]:
    """Return how many changes of each kind there are, by the kind's name."""
    return [(str(NAMES[section]), count) for section, count in erratum.counts]


def table_of(erratum: Erratum) -> Table:
    """Return one row a change."""
    columns = [
        Column(gettext("Task area"), 28),
        Column(gettext("Kind"), 16),
        Column(gettext("What"), 36),
        Column(gettext("Where"), 26),
        Column(gettext("Before the correction"), 30),
        Column(gettext("After the correction"), 30),
        Column(gettext("Light before"), 12),
        Column(gettext("Light after"), 12),
    ]
    rows = [_row(area, change) for area, changes in erratum.by_area for change in changes]
    return Table(gettext("Erratum"), columns, rows)


def _row(area: TaskArea | None, change: Change) -> list[Cell]:
    lights = [text_of(status) if status else "" for status in (change.old_light, change.new_light)]
    texts = (
        area_name(area),
        NAMES[change.section],
        change.subject,
        change.where,
        change.old or "—",
        change.new or "—",
        *lights,
    )
    return [text_cell(text) for text in texts]


def area_name(area: TaskArea | None) -> str:
    """Return an area as a list names it, the whole without one."""
    if area is None:
        return gettext("The whole district")
    return f"{area.number}. {wording.in_language(area)}"
