"""The variants of the progress report as Word files; each is Chinese and the same bytes each time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils import timezone, translation

from apps.organisations.models import Organisation
from apps.plans.models import TaskArea
from apps.reports.paper.document import Paper, Properties
from apps.reports.paper.titles import words_of
from apps.reports.progress import appendix, area, brief, next_steps, own_words, school, summary, tables
from apps.reports.progress.blocks import Block, Plain, headings
from apps.reports.progress.pictures import overview_picture
from apps.reports.progress.selection import Selection, Stage, silent
from apps.reports.progress.writing import Writer
from apps.reports.prose import telling
from apps.reports.prose.facts import Facts
from apps.reports.prose.prose import Prose
from apps.reports.releases.edition import Edition
from apps.reports.releases.enums import TextKind
from apps.reports.releases.thawing import FrozenSchool

CHINESE = "zh-hans"


@dataclass(frozen=True)
class Draft:
    """A report before it is on paper: the words of its title, its blocks, its attachments."""

    title: Sequence[str]
    blocks: Sequence[Block]
    attached: Sequence[Block] = ()
    attachments: Sequence[str] = ()
    subtitle: str = ""
    is_signed: bool = True


def district_draft(edition: Edition, *, with_pictures: bool = True, stage: Stage = silent) -> Draft:
    """Return the report about the whole district."""
    selection = Selection(Facts(edition), with_pictures=with_pictures, stage=stage)
    return _draft(selection, ["教育工作要点", "落实情况", "报告"])


def office_draft(edition: Edition, office: Organisation, *, stage: Stage = silent) -> Draft:
    """Return the report about what one office leads."""
    selection = Selection(Facts(edition), office=office, stage=stage)
    return _draft(selection, [office.name, "牵头工作", "落实情况", "报告"])


def area_draft(edition: Edition, task: TaskArea) -> Draft:
    """Return the report about one area: its section alone, below headings of the first level."""
    selection = Selection(Facts(edition), area_number=task.number)
    return Draft(
        title=[*_period(edition), *words_of(f"“{task.name}”"), "落实情况", "报告"],
        blocks=area.section(Prose(selection.facts), selection, task, level=1),
        attached=appendix.blocks(selection),
        attachments=appendix.NAMES,
    )


def brief_draft(edition: Edition) -> Draft:
    """Return the brief that fills one page and no more."""
    facts = Facts(edition)
    title = [*_period(edition), "教育工作", "简报"]
    version = "草稿" if edition.is_draft else f"第{edition.version}版"
    return Draft(
        title=title,
        subtitle=f"（数据截至{telling.day(facts.ends_on)}，{version}，{edition.region.name}教育局）",
        blocks=brief.blocks(Prose(facts), Selection(facts), title),
        is_signed=False,
    )


def school_draft(edition: Edition, one: FrozenSchool) -> Draft:
    """Return the report for one school: its own figures, nothing of another school's."""
    return Draft(
        title=[one.organisation.name, *_period(edition)[1:], "教育指标", "情况报告"],
        blocks=school.blocks(Prose(Facts(edition)), one),
    )


def _draft(selection: Selection, title: Sequence[str]) -> Draft:
    edition, prose = selection.facts.edition, Prose(selection.facts)
    is_whole = selection.office is None
    picture = overview_picture(selection) if is_whole else []
    parts = [
        ("总体情况", _overall(prose, selection)),
        ("工作任务进展一览", [tables.areas(selection.facts, selection), *picture]),
        ("各项工作任务落实情况", _sections(prose, selection)),
        ("研判意见", own_words.blocks(edition.text_of(TextKind.JUDGEMENT)) if is_whole else []),
        ("下一步重点工作", next_steps.of_all(prose, selection)),
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
            ("滞后和有风险的指标", summary.behind(prose, codes) if codes else []),
            ("数据情况", summary.data(prose, codes) if codes else []),
        ],
    )


def _sections(prose: Prose, selection: Selection) -> list[Block]:
    found = []
    for place, task in enumerate(selection.areas):
        selection.stage(task.name, place, len(selection.areas) + 1)
        found.append((task.name, area.section(prose, selection, task)))
    return headings(2, found)


def _period(edition: Edition) -> list[str]:
    """Return the words that begin every title: the district, the year, the quarter."""
    return [edition.region.name, f"{edition.year}年", telling.QUARTERS[edition.quarter]]


def on_paper(edition: Edition, draft: Draft) -> bytes:
    """Return a draft as a Word file."""
    paper = Paper(_properties(edition, "".join(draft.title)))
    writer = Writer(paper)
    paper.title(draft.title, with_blank=not draft.subtitle)
    if draft.subtitle:
        writer.write([Plain(draft.subtitle, "Subtitle")])
    writer.write(draft.blocks)
    if draft.attachments:
        paper.attachments(draft.attachments)
    if draft.is_signed:
        paper.signature(f"{edition.region.name}教育局", edition.frozen_on)
    writer.write(draft.attached)
    return paper.content()


def _properties(edition: Edition, title: str) -> Properties:
    noon = dt.datetime.combine(edition.frozen_on, dt.time(12), tzinfo=timezone.get_default_timezone())
    return Properties(
        title=title,
        author=edition.plan.publisher,
        created=noon.astimezone(dt.UTC),
        subject="草稿" if edition.is_draft else f"第{edition.version}版",
        comments=f"SHA-256 {edition.sha256}",
    )


def made(
    edition: Edition, draft: Callable[[], Draft], *, written: Callable[[], None] | None = None
) -> tuple[str, bytes]:
    """Return a report's name and file in Chinese, whatever language is in force.

    Args:
        written: called between drafting and writing, to tell how far it is or to stop.

    Raises:
        ProseError: a sentence of it does not follow from the release.
    """
    with translation.override(CHINESE):
        made_draft = draft()
        if written is not None:
            written()
        version = "草稿" if edition.is_draft else f"第{edition.version}版"
        return f"{''.join(made_draft.title)}（{version}）", on_paper(edition, made_draft)
