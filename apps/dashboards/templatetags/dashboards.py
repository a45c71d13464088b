"""Template tags of the dashboards. `{% load dashboards %}`

{% reading_light reading %}        the light of a reading, also of a hidden one
{% status_light "achieved" 3 %}    a light with a count and its word
{% figure figure %}                a chart with its data, its table and its download
{% data_table table %}             a table of typed cells
{% sparkline shares %}             four bars
{{ reading|confidence }}           provisional, carried; empty when nothing limits the trust
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from apps.core.templatetags.lusong import quarter_name
from apps.dashboards import bullets, lights, reading_cells, wording
from apps.dashboards.readings import Reading
from apps.dashboards.tables import Table
from apps.organisations.enums import Ownership, SchoolType, Setting

register = template.Library()


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


@register.inclusion_tag("dashboards/_table.html")
def data_table(table: Table, caption: str = "") -> dict[str, Any]:
    """Render a table of typed cells."""
    return {"table": table, "caption": caption}


@register.inclusion_tag("dashboards/_figure.html")
def figure(drawn: Any, download: str = "") -> dict[str, Any]:
    """Render a figure with its data, its table and the address of its CSV file."""
    return {"figure": drawn, "download": download}


@register.inclusion_tag("dashboards/_bullet.html")
def bullet(drawn: Any) -> dict[str, Any]:
    """Render a bullet."""
    return {"bullet": drawn}


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
