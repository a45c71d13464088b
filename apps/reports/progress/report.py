"""The variants of the progress report as Word files; each is Chinese and the same bytes each time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils import timezone, translation

from apps.organisations.models import Organisation
from apps.plans.models import TaskArea
from apps.reports.paper.document import Paper, Properties
from apps.reports.progress import appendix, area, next_steps, summary, tables
from apps.reports.progress.blocks import Block, headings, own_words
from apps.reports.progress.pictures import overview_picture
from apps.reports.progress.selection import Selection
from apps.reports.progress.writing import Writer
from apps.reports.prose import telling
from apps.reports.prose.facts import Facts
from apps.reports.prose.prose import Prose
from apps.reports.releases.edition import Edition
from apps.reports.releases.enums import TextKind

CHINESE = "zh-hans"
Step = Callable[[], None]


@dataclass(frozen=True)
class Draft:
    """A report before it is on paper: the words of its title, its blocks, its attachments."""

    title: Sequence[str]
    blocks: Sequence[Block]
    attached: Sequence[Block] = ()
    attachments: Sequence[str] = ()


def district_draft(edition: Edition, *, with_pictures: bool = True) -> Draft:
    """Return the report about the whole district."""
    selection = Selection(Facts(edition), with_pictures=with_pictures)
    return _draft(selection, ["教育工作要点", "落实情况", "报告"])


def office_draft(edition: Edition, office: Organisation) -> Draft:
    """Return the report about what one office leads."""
    return _draft(Selection(Facts(edition), office=office), [office.name, "牵头工作", "落实情况", "报告"])


def area_draft(edition: Edition, task: TaskArea) -> Draft:
    """Return the report about one area: its section alone, one level up."""
    selection = Selection(Facts(edition), area_number=task.number)
    prose = Prose(selection.facts)
    return Draft(
        title=[*_period(edition), f"“{task.name}”", "落实情况", "报告"],
        blocks=area.section(prose, selection, task, level=1),
        attached=appendix.blocks(selection),
        attachments=appendix.NAMES,
    )


def _draft(selection: Selection, title: Sequence[str]) -> Draft:
    edition, prose = selection.facts.edition, Prose(selection.facts)
    is_whole = selection.office is None
    parts = [
        ("总体情况", _overall(prose, selection)),
        (
            "工作任务进展一览",
            [tables.areas(selection.facts, selection), *(overview_picture(selection) if is_whole else [])],
        ),
        ("各项工作任务落实情况", _sections(prose, selection)),
        ("研判意见", own_words(edition.text_of(TextKind.JUDGEMENT)) if is_whole else []),
        (
            "下一步重点工作",
            next_steps.of_all(prose, selection) if is_whole else next_steps.urgent(prose, selection),
        ),
    ]
    return Draft(
        title=[*_period(edition), *title],
        blocks=headings(1, parts),
        attached=appendix.blocks(selection),
        attachments=appendix.NAMES,
    )


def _overall(prose: Prose, selection: Selection) -> list[Block]:
    codes = selection.codes
    return headings(
        2,
        [
            ("基本情况", summary.state(prose, selection)),
            ("已达成和追回的指标", summary.achieved(prose, codes)),
            ("滞后和有风险的指标", summary.behind(prose, codes)),
            ("数据情况", summary.data(prose, codes)),
        ],
    )


def _sections(prose: Prose, selection: Selection) -> list[Block]:
    return headings(2, [(task.name, area.section(prose, selection, task)) for task in selection.areas])


def _period(edition: Edition) -> list[str]:
    """Return the words that begin every title: the district, the year, the quarter."""
    return [f"{edition.region.name}", f"{edition.year}年", telling.QUARTERS[edition.quarter]]


def on_paper(edition: Edition, draft: Draft, *, between: Step | None = None) -> bytes:
    """Return a draft as a Word file.

    Args:
        between: called before each block is written, to tell how far it is or to stop.
    """
    title = "".join(draft.title)
    paper = Paper(_properties(edition, title))
    writer = Writer(paper)
    paper.title(draft.title)
    writer.write(draft.blocks, between=between)
    if draft.attachments:
        paper.attachments(draft.attachments)
    paper.signature(f"{edition.region.name}教育局", edition.frozen_on)
    writer.write(draft.attached, between=between)
    return paper.content()


def _properties(edition: Edition, title: str) -> Properties:
    noon = dt.datetime.combine(edition.frozen_on, dt.time(12), tzinfo=timezone.get_default_timezone())
    return Properties(
        title=title,
        author=edition.plan.publisher,
        created=noon.astimezone(dt.UTC),
        subject=f"第{edition.version}版",
        comments=f"SHA-256 {edition.sha256}",
    )


def made(edition: Edition, draft: Callable[[], Draft], *, between: Step | None = None) -> bytes:
    """Return a report in Chinese, whatever language is in force.

    Raises:
        ProseError: a sentence of it does not follow from the release.
    """
    with translation.override(CHINESE):
        return on_paper(edition, draft(), between=between)
