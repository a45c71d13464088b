"""Charts for documents: the pages' figures in print style, as PNG of 300 dpi (docs/adr: charts in documents).

    from apps.reports.charts import bullet_figure, chart_image, overview_figure, trend_figure

    overview_figure(edition.overview.rows)          # 18 areas × lights, None without an indicator
    bullet_figure(edition.rows_of(area))            # an area's indicators against their targets, or None
    trend_figure(edition.figure_of(indicator))      # four quarters with target lines, or None
    image = chart_image(figure)                     # 156 mm wide, as high as it needs
    image.png, image.width_mm, image.height_mm, image.alt

Everything is told by shape, hatch, dash and words as well as by colour. The same figure gives the same bytes.
`FontMissingError` says which package to install; its message can be shown to a user.
"""

from __future__ import annotations

from apps.dashboards.figure_data import Figure
from apps.reports.charts.bullets_chart import BulletFigure, bullet_figure
from apps.reports.charts.fonts import FontMissingError
from apps.reports.charts.images import TEXT_WIDTH, ChartImage, chart_image, chart_images
from apps.reports.charts.overview_chart import OverviewFigure, overview_figure
from apps.reports.charts.plotly_chart import PlotlyFigure

__all__ = [
    "TEXT_WIDTH",
    "BulletFigure",
    "ChartImage",
    "FontMissingError",
    "OverviewFigure",
    "PlotlyFigure",
    "bullet_figure",
    "chart_image",
    "chart_images",
    "overview_figure",
    "trend_figure",
]


def trend_figure(figure: Figure) -> PlotlyFigure | None:
    """Return a figure of the pages for print; None where there is nothing to draw."""
    return PlotlyFigure(figure.plotly, figure.title) if figure.plotly is not None else None
