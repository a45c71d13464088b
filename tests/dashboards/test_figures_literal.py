"""Names with marks stand in charts as they are, in the real Plotly too."""

import pytest

from apps.dashboards.figures import Dot
from apps.dashboards.figures_literal import literal
from apps.dashboards.figures_strip import strip
from tests.factories import RegionFactory, UserFactory
from tests.support.served import HOME, serve

NASTY = '<b>示例</b> & <a href="https://example.org">学校</a>'


def test_marks_are_shown_and_line_breaks_stay():
    figure = {
        "data": [{"text": [f"{NASTY}<br>1"], "y": [1.5, None], "hovertemplate": "%{text}<extra></extra>"}]
    }
    assert literal(figure) == {
        "data": [
            {
                "text": [
                    '&lt;b&gt;示例&lt;/b&gt; &amp; &lt;a href="https://example.org"&gt;学校&lt;/a&gt;<br>1'
                ],
                "y": [1.5, None],
                "hovertemplate": "%{text}<extra></extra>",
            }
        ]
    }


@pytest.mark.browser
@pytest.mark.django_db
def test_plotly_shows_a_nasty_name_as_it_is(browser):
    context = browser.new_context(locale="zh-CN", viewport={"width": 900, "height": 700})
    serve(context, UserFactory(role="leader", region=RegionFactory()))
    page = context.new_page()
    page.goto(f"{HOME}/devices/")
    page.add_script_tag(url="/static/vendor/plotly/plotly-basic.min.js")
    figure = literal(strip([Dot(NASTY, NASTY, 1.0, "1%"), Dot(NASTY, "乙", 2.0, "2%")]))
    figure["data"][0]["mode"] = "markers+text"
    page.evaluate(
        """(figure) => {
            const box = document.createElement("div");
            box.id = "chart";
            document.querySelector("main").append(box);
            return window.Plotly.newPlot(box, figure.data, figure.layout);
        }""",
        figure,
    )
    texts = page.locator("#chart svg text").all_text_contents()
    assert [text for text in texts if text == NASTY] != []  # the name of the row
    assert f"{NASTY} 1%" in texts
    assert page.locator("#chart svg a").count() == 0
    assert page.locator("#chart tspan[style*=bold]").count() == 0
    context.close()
