"""Template tags of the forms. `{% load collection %}`

{% fact_field view %}   one fact with its control, what is said about it and what counted before
"""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from apps.collection.field_html import field_html
from apps.collection.form_fields import FieldView

register = template.Library()


@register.simple_tag(takes_context=True)
def fact_field(context: template.Context, view: FieldView) -> SafeString:
    """Return the fact as the form of the context's `period` shows it."""
    return field_html(
        view, context["period"], checked=bool(context["checked"]), conflict=bool(context["conflict"])
    )
