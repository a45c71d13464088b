"""Pictures for documents: never a box for a character, told apart without colour, the same bytes twice."""

from __future__ import annotations

import io
from itertools import combinations
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image, ImageChops, ImageStat

from apps.dashboards import lights
from apps.reports.charts import (
    BulletFigure,
    FontMissingError,
    OverviewFigure,
    PlotlyFigure,
    bullet_figure,
    chart_image,
    fonts,
    overview_figure,
    trend_figure,
)
from apps.reports.charts.axes import Scale, tick_text, ticks_of
from apps.reports.charts.bullets_chart import BulletLine
from apps.reports.charts.canvas import PER_MM, Canvas, Lettering, broken, width_of
from apps.reports.charts.overview_chart import AreaBar
from apps.reports.charts.print_style import FILLS, INK
from tests.reports.frozen import edition

QUARTERS = {
    "range": [-0.5, 4.5],
    "tickvals": [1, 2, 3, 4],
    "ticktext": ["一季度", "二季度", "三季度", "四季度"],
}
TREND = {
    "data": [
        {
            "type": "scatter",
            "mode": "lines+markers+text",
            "x": [1, 2, 3, 4],
            "y": [None, 52.0, 53.96, None],
            "text": ["", "52.0%", "53.96%", ""],
            "textposition": ["top center", "top center", "bottom center", "top center"],
            "marker": {"size": 11, "color": INK, "symbol": ["circle", "circle", "circle-open", "circle"]},
        }
    ],
    "layout": {
        "height": 300,
        "margin": {"t": 24, "b": 8},
        "xaxis": QUARTERS,
        "yaxis": {"range": [50.0, 56.0], "nticks": 5, "ticksuffix": "%", "showgrid": True},
        "shapes": [
            {
                "type": "line",
                "x0": 0,
                "x1": 1,
                "xref": "paper",
                "y0": 54,
                "y1": 54,
                "yref": "y",
                "line": {"color": "#b42318", "width": 1.5, "dash": "dash"},
            }
        ],
        "annotations": [
            {
                "text": "目标<br>54%",
                "x": 1,
                "xref": "paper",
                "xanchor": "left",
                "y": 54,
                "yref": "y",
                "yanchor": "middle",
                "font": {"size": 12, "color": "#b42318"},
            }
        ],
    },
}
BULLETS = BulletFigure(
    [
        BulletLine("体质健康优良率", "off_track", "53.96%", "≥ 54%", None, None),
        BulletLine("重点领域示范区创建" * 9, "hidden", "保密", "未设目标", None, None),
    ]
)
OVERVIEW = OverviewFigure(
    [
        AreaBar(f"{number}. 工作任务", [("achieved", 2), ("off_track", number)], "97%")
        for number in range(1, 19)
    ]
)


class Paper(Canvas):
    """A canvas that remembers what was written on it."""

    @property
    def words(self):
        return [text for _x, _y, text, *_how in self._texts]


def drawn(figure):
    canvas = Paper(156, figure.natural_height)
    figure.draw(canvas)
    return canvas


@pytest.fixture
def no_own_font(monkeypatch, tmp_path):
    fonts.faces.cache_clear()
    monkeypatch.setattr(settings, "BASE_DIR", tmp_path)
    yield
    fonts.faces.cache_clear()


def test_the_font_has_every_character_of_the_plan_and_every_light():
    text = "".join(
        path.read_text(encoding="utf-8") for path in Path(settings.BASE_DIR, "fixtures").rglob("*.y*ml")
    )
    signs = "".join(lights.text_of(status) for status in lights.ORDER)
    own = fonts.faces("regular")[0]
    assert {one for one in text + signs if one.isprintable() and not own.has(one)} - set("📄") == set()


def test_without_a_chinese_font_the_message_says_what_to_install(no_own_font, monkeypatch):
    monkeypatch.setattr(fonts, "_installed", lambda weight: [])
    with pytest.raises(FontMissingError, match="fonts-noto-cjk"):
        chart_image(BULLETS)


def test_a_font_without_chinese_is_not_used(no_own_font, monkeypatch):
    latin = next(iter(Path("/usr/share/fonts").rglob("DejaVuSans.ttf")), None)
    if latin is None:
        pytest.skip("needs a font without Chinese")
    monkeypatch.setattr(fonts, "_installed", lambda weight: [fonts.Face(str(latin))])
    with pytest.raises(FontMissingError):
        fonts.faces("regular")


def test_a_symbol_that_no_font_has_becomes_a_geta_and_a_letter_an_error(monkeypatch):
    monkeypatch.setattr(fonts, "_has", lambda face, character: character not in "⚽龘")
    assert [run for _face, run in fonts.runs_of("足球⚽", "regular")] == ["足球〓"]
    with pytest.raises(FontMissingError, match="龘"):
        fonts.runs_of("龘", "regular")


@pytest.mark.parametrize("figure", [BULLETS, OVERVIEW, PlotlyFigure(TREND), TREND])
def test_a_picture_has_print_resolution_and_the_same_bytes_each_time(figure):
    first, second = chart_image(figure), chart_image(figure)
    image = Image.open(io.BytesIO(first.png))
    assert (first.png, first.alt) == (second.png, second.alt)
    assert image.size == (round(first.width_mm * PER_MM), round(first.height_mm * PER_MM))
    assert image.size[0] == 1843
    assert [round(dpi) for dpi in image.info["dpi"]] == [300, 300]


def test_lights_are_told_apart_in_grey():
    tiles = {}
    for status, fill in FILLS.items():
        canvas = Canvas(20, 5)
        canvas.box(0, 0, 20, 5, fill=fill.ground, hatch=fill.hatch, ink=fill.ink, outline=INK)
        tiles[status] = Image.open(io.BytesIO(canvas.png())).convert("L")
    alike = [
        (one, other)
        for one, other in combinations(tiles, 2)
        if ImageStat.Stat(ImageChops.difference(tiles[one], tiles[other])).mean[0] < 8
    ]
    assert alike == []


def test_every_light_has_its_fill():
    assert set(FILLS) == {str(status) for status in lights.ORDER}


def test_bullets_tell_light_name_value_and_target():
    words = drawn(BULLETS).words
    assert words[:4] == ["■ 滞后", "体质健康优良率", "≥ 54%", "53.96%"]
    assert words[-1] == "保密"
    assert "53.96%" in BULLETS.alt


def test_a_long_name_ends_in_an_ellipsis_within_its_column():
    for name in ("重点领域示范区创建" * 9, "a b c " * 40):
        lines = broken(name, 50)
        assert len(lines) == 2
        assert lines[1].endswith("…")
        assert max(width_of(line) for line in lines) <= 50


def test_the_overview_writes_each_count_into_its_bar():
    words = drawn(OVERVIEW).words
    at = words.index("18. 工作任务")
    assert words[at : at + 4] == ["18. 工作任务", "2", "18", "97%"]
    assert words[-2:] == ["● 已达成", "■ 滞后"]


def test_a_screen_figure_keeps_its_numbers_and_its_levels():
    words = drawn(PlotlyFigure(TREND, "体质健康优良率")).words
    assert [word for word in words if word in ("52.0%", "53.96%")] == ["52.0%", "53.96%"]
    assert words[-2:] == ["目标", "54%"]
    assert PlotlyFigure(TREND, "体质健康优良率").alt == "体质健康优良率; 52.0%; 53.96%; 目标54%"


def test_a_text_stays_on_the_paper():
    assert within(drawn(PlotlyFigure(TREND)))


def test_numbers_lie_where_the_scale_puts_them():
    scale = Scale(50, 56, 60, 0)
    assert (scale.at(50), scale.at(53), scale.at(56)) == (60, 30, 0)
    ticks = ticks_of(52.4, 54.2, 5)
    assert [tick_text(tick, ticks) for tick in ticks] == ["52.5", "53.0", "53.5", "54.0"]
    assert ticks_of(0, 1000, 5) == [0, 200, 400, 600, 800, 1000]


def test_lettering_is_measured_in_points():
    assert Lettering(size=9).pixels == 38  # 9 of 72 points an inch, 300 dots an inch: 37.5


def within(canvas: Paper) -> bool:
    for x, _y, text, lettering, anchor, _baseline in canvas._texts:
        width = width_of(text, lettering)
        left = x - {"left": 0, "middle": 0.5, "right": 1}[anchor] * width
        if left < -0.01 or left + width > canvas.width + 0.01:
            return False
    return True


def test_every_figure_of_a_release_can_be_drawn_and_keeps_its_numbers(frozen):
    told = edition(frozen)
    figures = [
        one
        for indicator in told.indicators[::3]
        for one in (told.figure_of(indicator), *told.slice_figures_of(indicator))
        if one.plotly is not None
    ]
    assert len(figures) > 40
    for figure in figures:
        print_figure = trend_figure(figure)
        canvas = drawn(print_figure)
        labels = {
            str(text)
            for trace in print_figure.plotly["data"]
            for place, text in enumerate(trace.get("text", ()))
            if str(text).strip() and trace["y"][place] is not None
        }
        assert labels <= set(canvas.words), figure.title
        assert within(canvas), figure.title


def test_every_area_of_a_release_can_be_drawn(frozen):
    told = edition(frozen)
    for area in told.areas:
        figure = bullet_figure(told.rows_of(area))
        canvas = drawn(figure)
        shown = {line.value for line in figure.lines}
        assert {word for word in shown if broken(word, 28) == [word]} <= set(canvas.words)
        assert within(canvas), area.name
    overview = overview_figure(told.overview.rows)
    assert within(drawn(overview))
    assert [bar.counts for bar in overview.bars] == [row.counts for row in told.overview.rows]
