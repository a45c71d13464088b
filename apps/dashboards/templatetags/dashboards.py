"""Template tags of the dashboards. `{% load dashboards %}`

{% reading_light reading %}        the light of a reading, also of a hidden one
{% status_light "achieved" 3 %}    a light with a count and its word
{% figure figure %}                a chart with its data, its table and its download
{% data_table table %}             a table of typed cells
{% sparkline shares %}             four bars
{% measure_light "completed" %}    the sign of a measure's status
{% overdue_light 12 %}             overdue by 12 days; nothing for 0
{% board_cell "accepted" %}        a state in a narrow cell
{{ rows|item:0 }}                  what stands at a place
{{ mapping|entry:key }}            what a mapping holds under a key
{{ 3|quarter_short }}              Q3
{{ reading|confidence }}           provisional, carried; empty when nothing limits the trust
{% data_light reading %}           the data state of a reading
{{ figure.plotly|literal }}        a figure whose texts Plotly shows as they are
{% method "forecast" %}            a small link to a section of the methods page
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from apps.core.display import SIGNS, Sign
from apps.core.templatetags.lusong import quarter_name
from apps.dashboards import bullets, lights, measure_signs, reading_cells, wording
from apps.dashboards.figures_literal import literal
from apps.dashboards.overview import AreaRow
from apps.dashboards.readings import Reading
from apps.dashboards.tables import Table
from apps.organisations.enums import Ownership, SchoolType, Setting

register = template.Library()
register.filter("literal", literal)


@register.simple_tag
def reading_light(reading: Reading) -> SafeString:
    """Return shape, word and colour of a reading's status."""
    word = reading.sign.word
    if reading.is_exceeded:
        word = gettext("%(status)s (more than planned)") % {"status": word}
    return _light(reading.status, word)


@register.simple_tag
def status_light(status: str, count: int) -> SafeString:
    """Return a status with how many there are of it."""
    word = format_html('{} <span class="num">{}</span>', lights.sign_of(status).word, count)
    return _light(status, word)


@register.filter
def area_lights(row: AreaRow) -> list[tuple[Sign, int]]:
    """Return the lights of an area with how many there are of each, without what has none."""
    return [(lights.sign_of(status), count) for status, count in row.counts if status in lights.JUDGED]


def _light(status: str, word: object) -> SafeString:
    sign = lights.sign_of(status)
    return format_html(
        '<span class="light light--{}"><span class="light__shape" aria-hidden="true">{}</span>{}</span>',
        sign.css,
        sign.shape,
        word,
    )


@register.filter
def confidence(reading: Reading) -> str:
    """Return what limits the trust in a reading, empty when nothing does."""
    text = reading_cells.confidence_text(reading)
    return "" if text == "—" else text


@register.filter
def unit_word(unit: str) -> str:
    """Return a unit in the reader's language."""
    return wording.unit_word(unit)


@register.filter
def quarter_short(number: int) -> str:
    """Return the short name of a quarter."""
    return wording.quarter_short(number)


@register.inclusion_tag("dashboards/_table.html")
def data_table(table: Table, caption: str = "") -> dict[str, Any]:
    """Render a table of typed cells."""
    return {"table": table, "caption": caption}


@register.simple_tag
def data_light(reading: Reading) -> SafeString:
    """Return shape and word of the data state; never the colour of a light."""
    return _signed(SIGNS[reading.data_state])


@register.simple_tag
def method(anchor: str) -> SafeString:
    """Return a small link to the section of the methods page that says how something is worked out."""
    return format_html(
        '<a class="method no-print" href="{}#{}" title="{}"><span aria-hidden="true">?</span>'
        '<span class="visually-hidden">{}</span></a>',
        reverse("dashboards:methods"),
        anchor,
        gettext("How this is worked out"),
        gettext("How this is worked out"),
    )


@register.inclusion_tag("dashboards/_figure.html")
def figure(drawn: Any, download: str = "", legend: str = "") -> dict[str, Any]:
    """Render a figure with its data, its table, the address of its CSV file and what its lines are."""
    return {"figure": drawn, "download": download, "legend": legend}


@register.inclusion_tag("dashboards/_bullet.html")
def bullet(drawn: Any) -> dict[str, Any]:
    """Render a bullet."""
    return {"bullet": drawn}


@register.inclusion_tag("dashboards/_boxes.html")
def step_boxes(drawn: Any) -> dict[str, Any]:
    """Render steps as boxes."""
    return {"boxes": drawn}


@register.inclusion_tag("dashboards/_sparkline.html")
def sparkline(shares: Sequence[Fraction | None]) -> dict[str, Any]:
    """Render four shares as bars, told in words too."""
    told = [
        f"{quarter_name(quarter)} {gettext('no light') if share is None else wording.share_text(share)}"
        for quarter, share in enumerate(shares, start=1)
    ]
    return {"bars": bullets.sparkline(shares), "description": gettext(", ").join(told)}


CHOICES = {"school_type": SchoolType, "ownership": Ownership, "setting": Setting}


@register.filter
def choice(value: str | None, name: str) -> str:
    """Return the word for a stored choice, a dash for none."""
    return str(CHOICES[name](value).label) if value else "—"


@register.simple_tag
def measure_light(status: str) -> SafeString:
    """Return shape, word and colour of a measure's status."""
    return _signed(measure_signs.SIGNS[status])


@register.simple_tag
def overdue_light(days: int) -> SafeString:
    """Return by how many days something is overdue; nothing when it is not."""
    if not days:
        return SafeString("")
    word = ngettext("overdue by %(days)s day", "overdue by %(days)s days", days) % {"days": days}
    return _signed(replace(measure_signs.OVERDUE, word=word))


def _signed(sign: Sign) -> SafeString:
    return format_html(
        '<span class="light light--{}"><span class="light__shape" aria-hidden="true">{}</span>{}</span>',
        sign.css,
        sign.shape,
        sign.word,
    )


@register.filter
def entry(mapping: Mapping[Any, Any], key: Any) -> Any:
    """Return what a mapping holds under a key, None without it."""
    return mapping.get(key)


@register.filter
def item(rows: Sequence[Any], place: int) -> Any:
    """Return what stands at a place, counted from 0."""
    return rows[place]


@register.simple_tag
def board_cell(state: str) -> SafeString:
    """Return a state as a narrow cell shows it: shape and word; of what is not due the shape alone."""
    sign = SIGNS[state]
    return format_html(
        '<span class="light light--{}" title="{}"><span class="light__shape" aria-hidden="true">{}</span>'
        '<span class="{}">{}</span></span>',
        sign.css,
        sign.word,
        sign.shape,
        "visually-hidden" if state == "not_due" else "light__word",
        sign.word,
    )
