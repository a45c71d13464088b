"""The charts of a report: the pages' own figures, drawn for print."""

from __future__ import annotations

from apps.plans.models import TaskArea
from apps.reports.charts import bullet_figure, chart_image, overview_figure
from apps.reports.progress.blocks import Block, Picture
from apps.reports.progress.selection import Selection
from apps.reports.prose import telling


def area_picture(selection: Selection, area: TaskArea) -> list[Block]:
    """Return an area's indicators against their targets; nothing where none has a figure."""
    if not selection.with_pictures:
        return []
    codes = set(selection.codes_of(area))
    rows = [row for row in selection.facts.edition.rows_of(area) if row.reading.indicator.code in codes]
    drawn = bullet_figure([row for row in rows if telling.is_measured(row.reading)])
    if drawn is None:
        return []
    image = chart_image(drawn)
    caption = f"{area.name}指标与目标对照"
    return [Picture(caption, image.png, image.width_mm, telling.tight(image.alt))]


def overview_picture(selection: Selection) -> list[Block]:
    """Return the areas with their lights; nothing without an indicator."""
    drawn = overview_figure(selection.facts.edition.overview.rows)
    if drawn is None or not selection.with_pictures:
        return []
    image = chart_image(drawn)
    caption = "各项工作任务指标进展"
    return [Picture(caption, image.png, image.width_mm, telling.tight(image.alt))]
