"""What a circular is called; an official document's title is Chinese."""

from __future__ import annotations

from apps.reports.behind.models import Circular

QUARTERS = "一二三四"


def circular_words(circular: Circular) -> list[str]:
    """Return the words of the title, each of which stays whole in its lines."""
    period = f"{circular.plan.year}年第{QUARTERS[circular.release.quarter - 1]}季度"
    return ["关于", period, "教育工作要点", "落实滞后事项的", "通报"]


def circular_title(circular: Circular) -> str:
    return "".join(circular_words(circular))
