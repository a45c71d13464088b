"""The tables of a report, told by the same words and rounding as its sentences. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from apps.dashboards import lights, overview
from apps.dashboards.readings import Reading
from apps.plans.enums import MeasureStatus, StepStatus
from apps.plans.models import Measure, TaskArea
from apps.reports.paper.tables import Column, Grid
from apps.reports.progress.blocks import Listing
from apps.reports.progress.selection import Selection
from apps.reports.prose import telling
from apps.reports.prose.facts import Facts
from apps.rollups.enums import Confidence

NOTHING = "—"
UNDER_WAY = (MeasureStatus.IN_PROGRESS, MeasureStatus.DELAYED, MeasureStatus.RETURNED)


def results(facts: Facts, codes: Sequence[str], *, caption: str) -> Listing:
    """Return indicators with value, target, status and coverage."""
    columns = [
        Column("序号", 10, is_centred=True),
        Column("指标", 47),
        Column("单位", 12, is_centred=True),
        Column("数值", 20, is_number=True),
        Column("目标", 29),
        Column("进展", 23),
        Column("到位率\n（%）", 15, is_number=True),
    ]
    rows = [_result_row(facts, code, place) for place, code in enumerate(codes, start=1)]
    return Listing(caption, Grid(columns, rows), note=notes(facts, codes))


def _result_row(facts: Facts, code: str, place: int) -> list[str]:
    reading = facts.reading(code)
    return [
        str(place),
        facts.indicators[code].name,
        telling.unit(reading),
        telling.figure_alone(reading),
        telling.target(reading),
        telling.light(reading.status),
        coverage(reading),
    ]


def coverage(reading: Reading) -> str:
    """Return the coverage in per cent without its sign, a dash where nothing is due."""
    return NOTHING if reading.coverage is None else telling.share(reading.coverage).removesuffix("%")


def notes(facts: Facts, codes: Sequence[str]) -> str:
    """Return what limits the trust in figures of a table, by the numbers of its rows."""
    kinds: list[tuple[str, Callable[[Reading], bool]]] = [
        ("沿用以前季度的数据", lambda one: one.is_carried),
        ("暂定数", lambda one: one.is_provisional),
        ("估计数", lambda one: one.confidence == Confidence.ESTIMATED),
    ]
    told = []
    for word, holds in kinds:
        held = [
            str(place)
            for place, code in enumerate(codes, start=1)
            if telling.is_measured(facts.reading(code)) and holds(facts.reading(code))
        ]
        if held:
            told.append(f"第{'、'.join(held)}项为{word}")
    return f"注：{'；'.join(told)}。" if told else ""


def measures(facts: Facts, codes: Sequence[str], *, caption: str) -> Listing:
    """Return measures with office, due date and status."""
    columns = [
        Column("序号", 10, is_centred=True),
        Column("举措", 55),
        Column("责任股室", 24),
        Column("完成时限", 34),
        Column("进展", 33),
    ]
    rows = [
        [
            str(place),
            measure.name,
            measure.lead_office.name,
            telling.day(measure.due_on) if measure.due_on else "未定",
            progress(measure),
        ]
        for place, measure in enumerate((facts.measures[code] for code in codes), start=1)
    ]
    return Listing(caption, Grid(columns, rows))


def progress(measure: Measure) -> str:
    """Return a measure's status, while it is under way with how many of its steps are done."""
    word = telling.measure_status(measure.status)
    steps = [step.status for step in measure.steps.all() if step.status != StepStatus.DROPPED]
    if not steps or measure.status not in UNDER_WAY:
        return word
    return f"{word}（{steps.count(StepStatus.DONE)}/{len(steps)}步）"


def areas(facts: Facts, selection: Selection) -> Listing:
    """Return the overview: an area a row, a column for each status that occurs, coverage."""
    found = {facts.reading(code).status for code in selection.codes}
    statuses = [status for status in lights.ORDER if status in found]
    columns = [
        Column("序号", 8, is_centred=True),
        Column("工作任务", 34),
        Column("牵头股室", 18),
        Column("指标", 9, is_number=True),
        *(Column(telling.status(status), 12, is_number=True) for status in statuses),
        Column("到位率\n（%）", 12, is_number=True),
        Column("举措", 9, is_number=True),
    ]
    rows = [_area_row(facts, selection, area, statuses) for area in selection.areas]
    whole = _counts(facts, selection.codes, statuses)
    total = ["", "合计", "", *whole, str(len(selection.measures))]
    note = "注：与其他任务共用的指标在各任务中分别列出，合计不重复计算。"
    return Listing("各项工作任务进展一览", Grid(columns, [*rows, total], is_small=True), note)


def _area_row(facts: Facts, selection: Selection, area: TaskArea, statuses: Sequence[str]) -> list[str]:
    counts = _counts(facts, selection.codes_of(area), statuses)
    measures = str(len(selection.measures_of(area)))
    return [str(area.number), area.name, area.lead_office.name, *counts, measures]


def _counts(facts: Facts, codes: Sequence[str], statuses: Sequence[str]) -> list[str]:
    readings = [facts.reading(code) for code in codes]
    share = overview.coverage_of(readings)
    return [
        str(len(codes)),
        *(str(sum(one.status == status for one in readings)) for status in statuses),
        NOTHING if share is None else telling.share(share).removesuffix("%"),
    ]


def every_indicator(facts: Facts, codes: Sequence[str]) -> Grid:
    """Return the wide table of the appendix: everything about each indicator."""
    columns = [
        Column("编码", 24),
        Column("指标", 22),
        Column("计算方法", 30),
        Column("分子", 11, is_number=True),
        Column("分母", 11, is_number=True),
        Column("单位", 8, is_centred=True),
        Column("数值", 12, is_number=True),
        Column("目标", 16),
        Column("进展", 14),
        Column("到位率\n（%）", 12, is_number=True),
        Column("牵头股室", 12),
        Column("要点原文", 30),
    ]
    return Grid(columns, [_everything(facts, code) for code in codes], is_small=True)


def _everything(facts: Facts, code: str) -> list[str]:
    reading, indicator = facts.reading(code), facts.indicators[code]
    return [
        code,
        indicator.name,
        formula(indicator.numerator_label, indicator.denominator_label),
        part(reading, "numerator"),
        part(reading, "denominator"),
        telling.unit(reading),
        telling.figure_alone(reading),
        telling.target(reading),
        telling.light(reading.status),
        coverage(reading),
        indicator.lead_office.name,
        indicator.source_quote,
    ]


def formula(numerator: str, denominator: str) -> str:
    """Return what is divided by what, in words."""
    return f"{numerator}÷{denominator}" if denominator else numerator or NOTHING


def part(reading: Reading, field: str) -> str:
    """Return a numerator or denominator as it was added up."""
    return telling.CONFIDENTIAL if reading.is_hidden else telling.amount(getattr(reading, field))
