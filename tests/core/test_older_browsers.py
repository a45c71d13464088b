"""Chromium 109 reads neither oklch() nor color-mix() nor light-dark(): pages must look the same without."""

from __future__ import annotations

import re

import pytest

from tools import tabler_for_older_browsers as tool

SAMPLE = """
<body class="shell">
<a href="#">link</a><p class="text-secondary">quiet</p><p class="text-danger">danger</p>
<button class="btn">plain</button><button class="btn btn-primary">go</button>
<button class="btn" disabled>off</button>
<input class="form-control" placeholder="x">
<select class="form-select"><option>1</option></select>
<input class="form-check-input" type="checkbox" checked><input class="form-check-input" type="radio">
<div class="card"><div class="card-header">head</div>
<div class="card-body">body</div></div>
<table class="table"><thead><tr><th>h</th></tr></thead>
<tbody><tr><td>c</td></tr></tbody></table>
<span class="badge bg-primary">1</span><span class="badge bg-danger-lt">2</span>
<div class="alert alert-warning">w</div>
<ul class="list-group"><li class="list-group-item">i</li></ul>
<progress class="progress" value="1" max="2"></progress>
<div class="bg-primary">b</div><div class="border">x</div><code>code</code><hr></body>
"""
COLOURS = """() => [...document.body.querySelectorAll("*")].flatMap((element) => {
  const style = getComputedStyle(element);
  return ["color", "background-color", "border-top-color", "border-bottom-color"].map((name) => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d");
    canvas.fillStyle = style.getPropertyValue(name);
    canvas.fillRect(0, 0, 1, 1);
    return [`${element.className || element.localName} ${name}`, [...canvas.getImageData(0, 0, 1, 1).data]];
  });
})"""


def sheets() -> list[str]:
    return [path.read_text(encoding="utf-8") for path in (tool.SOURCE, tool.TARGET, tool.LOOK)]


def aged(css: str) -> str:
    """Return a style sheet as a browser reads it that knows none of the newer colour functions."""
    css = css.replace("@supports not (color:light-dark(red,red))", "@supports (color:red)")
    return tool.MODERN.sub("unknown-function(", css)


def test_the_extra_sheet_fits_the_installed_tabler():
    text, _unknown = tool.baseline(tool.SOURCE.read_text("utf-8"), tool.LOOK.read_text("utf-8"))
    assert tool.TARGET.read_text("utf-8") == text


def test_our_own_sheets_need_no_newer_colours():
    for path in tool.LOOK.parent.glob("*.css"):
        if path != tool.TARGET:
            assert tool.MODERN.findall(path.read_text("utf-8")) == [], path.name


def test_known_colours():
    sheet = tool.Sheet({"--blue": "oklch(54.6% 0.1724 254.2deg)", "--half": "50%"})
    assert tool.written(sheet.colour("var(--blue)")) == "#066fd1"
    assert (
        tool.written(sheet.colour("color-mix(in oklab, var(--blue) 20%, transparent)"))
        == "rgba(6,111,209,0.2)"
    )
    assert tool.written(sheet.colour("light-dark(#fff, #000)")) == "#ffffff"
    with pytest.raises(tool.Unknown):
        sheet.colour("color-mix(in oklab, currentColor 20%, white)")


@pytest.mark.browser
def test_pages_look_the_same_in_older_browsers(browser):
    seen = []
    for change in (str, aged):
        page = browser.new_page()
        styles = "".join(f"<style>{change(css)}</style>" for css in sheets())
        page.set_content(re.sub(r"^", f"<!doctype html><head>{styles}</head>", SAMPLE, count=1))
        seen.append(page.evaluate(COLOURS))
        page.close()
    newer, older = seen
    different = [
        (name, one, two)
        for (name, one), (_name, two) in zip(newer, older, strict=True)
        if max(abs(a - b) for a, b in zip(one, two, strict=True)) > 3
    ]
    assert different == []
