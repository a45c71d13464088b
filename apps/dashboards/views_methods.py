from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.access import roles_required
from apps.accounts.enums import Role
from apps.core.prose import Document, rendered
from apps.dashboards import wording

TEXT = Path("docs") / "methods.md"
# The Chinese half of the text begins at this line.
CHINESE = "<!-- 中文 -->"


@cache
def halves() -> dict[bool, Document]:
    """Return the methods text by language: whether it is Chinese → the document."""
    text = (Path(settings.BASE_DIR) / TEXT).read_text(encoding="utf-8")
    english, _marker, chinese = text.partition(f"\n{CHINESE}\n")
    return {False: rendered(_without_title(english)), True: rendered(_without_title(chinese))}


def _without_title(text: str) -> str:
    """The page has a title of its own."""
    return "\n".join(line for line in text.splitlines() if not line.startswith("# "))


@require_safe
@roles_required(*Role)
def methods(request: HttpRequest) -> HttpResponse:
    """Show how numbers are made and judged; every page links to its section."""
    document = halves()[wording.is_chinese()]
    sections = [heading for heading in document.headings if heading.anchor]
    return render(request, "dashboards/methods.html", {"document": document, "sections": sections})
