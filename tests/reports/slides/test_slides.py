"""The slides say what the release says, stay in their boxes, hide what is hidden and execute nothing."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

import pytest
from django.utils import translation
from pptx import Presentation
from pptx.util import Emu

from apps.core import display
from apps.dashboards import reading_cells, sentences
from apps.dashboards.measure_signs import days_overdue
from apps.plans.enums import MeasureStatus
from apps.reports.databook.parts import Excerpt, Part
from apps.reports.releases.audience import CIRCULATION
from apps.reports.releases.edition import Edition
from apps.reports.slides.attention import urgent
from apps.reports.slides.deck import deck_bytes
from apps.reports.slides.fitting import LEADING, MM_PER_POINT, fitted, lines_of, shortened
from apps.reports.slides.messages import slides_of
from tests.reports.frozen import EVIL, edition, renamed, with_small_cell

NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
MADE: dict[str, bytes] = {}


@pytest.fixture(autouse=True)
def chinese():
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def deck(frozen) -> bytes:
    """The district's slides, made once for the tests that only read them."""
    if not MADE:
        MADE["district"] = deck_bytes(edition(frozen))
    return MADE["district"]


def opened(content: bytes):
    return Presentation(io.BytesIO(content))


def files(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield every part of the file and of the workbooks in it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            part = archive.read(name)
            if name.endswith(".xlsx"):
                yield from ((f"{name}!{inner}", told) for inner, told in files(part))
            else:
                yield name, part


def texts(page) -> Iterator[str]:
    for shape in page.shapes:
        if shape.has_text_frame:
            yield shape.text_frame.text
        if shape.has_table:
            yield from (cell.text for row in shape.table.rows for cell in row.cells)


def numbers(text: str) -> set[str]:
    return set(NUMBER.findall(text.replace("SHA-256", "")))


def told_numbers(told: Edition) -> set[str]:
    """Return every number that the pages say of the edition, as they write it."""
    words = [told.plan.title, told.frozen_on.isoformat(), str(told.version), str(told.year), told.sha256]
    for reading in told.readings.values():
        words += [
            reading.value_text,
            reading.gap_text,
            reading.units_text,
            reading.coverage_text,
            reading_cells.target_text(reading),
            sentences.target_sentence(reading),
            reading.indicator.name,
        ]
        if reading.steps and reading.gap is not None:
            words.append(reading_cells.gap_cell(reading).text)
    for row in told.overview.rows:
        words += [row.area.name, str(row.area.number), *(str(count) for _status, count in row.counts)]
    words += [told.overview.sentence, told.overview.further]
    for measure in told.measures:
        words += [measure.code, measure.name, str(measure.due_on), str(days_overdue(measure, told.frozen_on))]
    return set().union(*map(numbers, words))


def counts(told: Edition) -> set[str]:
    """Return the counts that only slides say: of attention, overdue measures by office, rows shown."""
    late = [one for one in told.measures if days_overdue(one, told.frozen_on)]
    late = [one for one in late if one.status != MeasureStatus.CANCELLED]
    offices = [one.lead_office_id for one in late]
    found = {len(late), len(set(offices)), *(offices.count(one) for one in offices), min(7, len(late))}
    behind = [one.reading.status for one in urgent(Excerpt(told))]
    return {str(one) for one in found | {len(behind), *(behind.count(one) for one in behind)}}


def test_every_number_on_a_slide_is_in_the_release(frozen, deck):
    told = edition(frozen)
    known = told_numbers(told) | counts(told)
    pages = opened(deck).slides
    unknown = {
        (number, text)
        for place, page in enumerate(pages, start=1)
        for text in texts(page)
        for number in numbers(text)
        if number not in known and not text.startswith((f"{place} / ", "芦淞区"))
    }
    assert unknown == set()


def test_charts_hold_the_frozen_figures_and_show_them_rounded_alike(frozen, deck):
    told = edition(frozen)
    shown = {reading.short_text.split(" ")[0] for reading in told.readings.values()}
    drawn = 0
    for page in opened(deck).slides:
        for shape in page.shapes:
            if not shape.has_chart or not page.shapes.title.text.startswith(
                tuple(a.name for a in told.areas)
            ):
                continue
            series = shape.chart.plots[0].series[0]
            pattern = series._element.xpath("c:val//c:formatCode")[0].text
            decimals = len(pattern.partition(".")[2].rstrip("%"))
            for value in series.values:
                if value is None:
                    continue
                scale = 100 if pattern.endswith("%") else 1
                text = display.number_text(round(value * scale, 9), decimals) + pattern[-1:] * (scale == 100)
                assert any(one.split("/")[0] == text for one in shown), text
                drawn += 1
    assert drawn > 10


def test_one_message_a_slide_with_its_sources(frozen, deck):
    pages = opened(deck).slides
    messages = slides_of(Excerpt(edition(frozen)))
    assert [page.shapes.title.text for page in pages] == [one.title for one in messages]
    assert messages[1].title == edition(frozen).overview.sentence
    assert all(frozen_sha(frozen) in page.notes_slide.notes_text_frame.text for page in pages)
    area = next(page for page in pages if page.shapes.title.text.startswith("加强师德师风建设"))
    notes = area.notes_slide.notes_text_frame.text
    assert "要点原文：" in notes
    assert "数据到位率" in notes
    assert "计算方法：" in notes


def frozen_sha(data) -> str:
    return edition(data).sha256


def assert_within(content: bytes) -> None:
    """Every text stays in its box by the widths of its characters, and every box on its slide."""
    deck = opened(content)
    for page in deck.slides:
        for shape in page.shapes:
            assert min(shape.left, shape.top) >= 0
            assert shape.left + shape.width <= deck.slide_width
            assert shape.top + shape.height <= deck.slide_height
            if shape.has_text_frame and shape.text_frame.text:
                lines = sum(fits(paragraph, Emu(shape.width).mm) for paragraph in shape.text_frame.paragraphs)
                assert lines <= Emu(shape.height).mm, shape.text_frame.text
            if shape.has_table:
                for row in shape.table.rows:
                    for column, cell in zip(shape.table.columns, row.cells, strict=True):
                        width = Emu(column.width - cell.margin_left - cell.margin_right).mm
                        assert fits(cell.text_frame.paragraphs[0], width) <= Emu(row.height).mm, cell.text


def fits(paragraph, width: float) -> float:
    """Return how high a paragraph stands in a width, in millimetres."""
    if not paragraph.runs:
        return 0
    size = paragraph.runs[0].font.size.pt
    return lines_of(paragraph.text, width, size) * size * LEADING * MM_PER_POINT


def test_no_text_leaves_its_box(deck):
    assert_within(deck)


def test_names_that_attack_or_annoy_stay_text_in_their_boxes(frozen):
    content = deck_bytes(edition(renamed(frozen)))
    assert_within(content)
    found = dict(files(content))
    sheets = {name: text for name, text in found.items() if "!xl/worksheets/" in name}
    assert sheets
    assert [name for name, text in sheets.items() if b"<f>" in text or b"<f " in text] == []
    assert [name for name in found if "externalLink" in name or "vba" in name.lower()] == []
    references = set(
        re.findall(
            rb"<c:f>(.*?)</c:f>", b"".join(text for name, text in found.items() if "/charts/chart" in name)
        )
    )
    assert {one.rpartition(b"!")[0] for one in references} == {b"Sheet1"}
    assert any(EVIL in text for page in opened(content).slides for text in texts(page))


def test_a_hidden_figure_is_nowhere_in_the_file(frozen):
    data, _code, hidden = with_small_cell(frozen)
    told = b"".join(part for _name, part in files(deck_bytes(edition(data, CIRCULATION))))
    assert [number for number in hidden if number.encode() in told] == []
    secret = [row["name"] for row in data["indicators"] if row["privacy"] == "restricted"]
    assert secret
    assert [name for name in secret if name.encode() in told] == []


def test_the_same_release_gives_the_same_bytes(frozen, deck):
    assert deck_bytes(edition(frozen)) == deck
    dates = {
        date
        for name, text in files(deck)
        if name.endswith("core.xml")
        for date in re.findall(rb">([\d-]{10})T", text)
    }
    assert dates == {frozen["head"]["business_date"].encode()}


def test_an_office_speaks_of_its_own(frozen):
    told = edition(frozen)
    office = next(one for one in told.offices if one.code.endswith("TIWEI"))
    others = {one.name for one in told.indicators if one.lead_office_id != office.pk}
    pages = opened(deck_bytes(told, Part(office=office.pk))).slides
    words = "\n".join(text for page in pages for text in texts(page))
    assert [name for name in others if name in words] == []
    assert office.name in words


def test_where_nothing_is_behind_the_slides_say_so(frozen):
    for judgement in frozen["judgements"]:
        if judgement["status"] in ("off_track", "at_risk"):
            judgement["status"] = "achieved"
    for measure in frozen["measures"]:
        measure["due_on"] = None
    titles = [one.title for one in slides_of(Excerpt(edition(frozen)))]
    assert "本季度已研判的指标没有滞后，也没有风险。" in titles
    assert f"{len(frozen['measures'])} 项举措均未逾期。" in titles
    assert [title for title in titles if title.startswith("下一步")] == []


def test_a_long_text_is_set_smaller_and_then_cut():
    short, long = fitted("短句", 100, (28, 20)), fitted("很长的一句话" * 30, 100, (28, 20))
    assert (short.size, short.lines) == (28, 1)
    assert (long.size, long.lines, long.text[-1]) == (20, 3, "…")
    assert shortened("短句", 100, 16) == "短句"
