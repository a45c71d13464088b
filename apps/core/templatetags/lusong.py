"""Template tags of the shell. `{% load lusong %}`

    {% light status %}                     ● Achieved; status is a value of a judgement or of a return's state
    {% light status exceeded=True %}       ● Achieved (more than planned)
    {% light status compact=True %}        the shape alone, the word for screen readers and as a tooltip
    {% light_count status 3 %}             ● 3 with the word for screen readers and as a tooltip; faint when 0
    {% number value 1 "%" %}               54.0 % with thousands separators in tabular figures; – when missing
    {% percent share 0 %}                  a share from 0 to 1 as 93%; 100% and 0% only when exactly so
    {% quarter 3 %}  {{ 3|quarter }}       Third quarter
    {% local area %}  {{ area|local }}     area.name, or area.name_en in the English interface
    {{ element|local:"help_text" }}        the same for another attribute
    {% field form.name %}                  label, control, help and errors of one form field
    {% query page=2 %}                     the current address's query with a value changed or dropped (None)

Rounding happens here and only for display: half up, on exact values.
"""

from __future__ import annotations

from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect, Select
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.core import display

register = template.Library()


@register.simple_tag
def light(status: str, exceeded: bool = False, compact: bool = False) -> SafeString:
    """Return the sign of a status: shape, word and colour. Unknown statuses raise KeyError."""
    sign = display.SIGNS[str(status)]
    word = _("%(word)s (more than planned)") % {"word": sign.word} if exceeded else str(sign.word)
    if compact:
        return format_html(
            '<span class="light light--{} light--compact" title="{}">'
            '<span class="light__shape" aria-hidden="true">{}</span>'
            '<span class="visually-hidden">{}</span></span>',
            sign.css,
            word,
            sign.shape,
            word,
        )
    return format_html(
        '<span class="light light--{}"><span class="light__shape" aria-hidden="true">{}</span>{}</span>',
        sign.css,
        sign.shape,
        word,
    )


@register.simple_tag
def light_count(status: str, count: int) -> SafeString:
    """Return the sign of a status with how many there are of it."""
    sign = display.SIGNS[str(status)]
    return format_html(
        '<span class="light light--{}{}" title="{}"><span class="light__shape" aria-hidden="true">{}</span>'
        '<span class="visually-hidden">{}</span><span class="num">{}</span></span>',
        sign.css,
        "" if count else " light--none",
        sign.word,
        sign.shape,
        sign.word,
        count,
    )


@register.simple_tag
def number(value: Any, decimals: int = 0, unit: str = "") -> SafeString:
    """Return `value` (int, Decimal or Fraction) with its unit, a dash for None."""
    if value is None or value == "":
        return format_html('<span class="num num--missing" title="{}">–</span>', _("No value"))
    shown = format_html('<span class="num">{}</span>', display.number_text(value, int(decimals or 0)))
    return format_html('{}<span class="unit">{}</span>', shown, unit) if unit else shown


@register.simple_tag
def percent(share: Any, decimals: int = 0) -> SafeString:
    """Return a share between 0 and 1 as a percentage, a dash for None."""
    if share is None or share == "":
        return number(None)
    return format_html('<span class="num">{}%</span>', display.percent_text(share, int(decimals or 0)))


def quarter_name(value: Any) -> str:
    """Return the name of a quarter, 1 to 4."""
    return str(display.QUARTER_NAMES[int(value)])


def local_text(thing: Any, attribute: str = "name") -> str:
    """Return the Chinese attribute, or in the English interface its `_en` twin where there is one."""
    if thing is None:
        return ""
    english = not (get_language() or "").startswith("zh")
    translated = getattr(thing, f"{attribute}_en", "") if english else ""
    return str(translated or getattr(thing, attribute))


register.simple_tag(quarter_name, name="quarter")
register.filter("quarter", quarter_name)
register.simple_tag(local_text, name="local")
register.filter("local", local_text)


@register.inclusion_tag("partials/field.html")
def field(bound: BoundField) -> dict[str, object]:
    """Render one form field in Tabler's look."""
    widget = bound.field.widget
    many = isinstance(widget, (CheckboxSelectMultiple, RadioSelect))
    checkbox = isinstance(widget, CheckboxInput)
    if checkbox:
        css = "form-check-input"
    elif many:
        css = "choices"
    else:
        css = "form-select" if isinstance(widget, Select) else "form-control"
    attributes: dict[str, str | bool] = {"class": f"{css} is-invalid" if bound.errors else css}
    return {
        "field": bound,
        "control": bound.as_widget(attrs=attributes),
        "checkbox": checkbox,
        "many": many,
        "is_file": isinstance(widget, FileInput),
    }


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """Return the current query string with `changes`; None drops a key."""
    parameters = context["request"].GET.copy()
    for key, value in changes.items():
        if value is None or value == "":
            parameters.pop(key, None)
        else:
            parameters[key] = str(value)
    return f"?{parameters.urlencode()}"
