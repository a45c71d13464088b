"""What stands behind the figures: definitions, sources, measures, schools. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext

from apps.dashboards import page_tables, wording
from apps.dashboards.definition_history import formula_words
from apps.dashboards.dictionary import Entry
from apps.dashboards.tables import Cell, Column, Table, count_cell, date_cell, text_cell
from apps.dashboards.targets_text import baseline_text, reference_text, target_words
from apps.organisations.enums import Ownership, SchoolType, Setting, Stage
from apps.plans.enums import TargetSource
from apps.plans.models import Indicator, Measure
from apps.reports.databook.parts import Excerpt
from apps.reports.releases.thawing import FrozenSchool

DASH = "—"


def definitions_table(indicators: Sequence[Indicator], *, quarter: int) -> Table:
    """Return what each number means in a quarter: in words, as a formula, how it is combined, whose it is."""
    columns = [
        Column(gettext("Code"), 20),
        Column(gettext("Task area"), 22),
        Column(gettext("Indicator"), 32),
        Column(gettext("Tier"), 8),
        Column(gettext("Type"), 12),
        Column(gettext("Formula in words"), 48),
        Column(gettext("Numerator, as a formula over facts"), 34),
        Column(gettext("Denominator, as a formula over facts"), 34),
        Column(gettext("Facts"), 40),
        Column(gettext("How it is combined"), 24),
        Column(gettext("Over the quarters"), 22),
        Column(gettext("Better when"), 16),
        Column(gettext("Judged by"), 14),
        Column(gettext("Unit"), 10),
        Column(gettext("Decimals"), 8, numeric=True),
        Column(gettext("Reported in"), 18),
        Column(gettext("Reported by"), 10),
        Column(gettext("Lead office"), 16),
        Column(gettext("Supporting offices"), 22),
        Column(gettext("Sentence in the plan"), 50),
        Column(gettext("Notes"), 40),
    ]
    return Table(gettext("Definitions"), columns, [_definition(one, quarter) for one in indicators])


def _definition(indicator: Indicator, quarter: int) -> list[Cell]:
    entry = Entry(indicator, is_asked=True)
    return [
        text_cell(indicator.code),
        text_cell(f"{indicator.area.number}. {wording.in_language(indicator.area)}"),
        text_cell(wording.in_language(indicator)),
        text_cell(indicator.get_tier_display()),
        text_cell(indicator.get_kind_display()),
        text_cell(formula_words(indicator)),
        text_cell(f"Σ({indicator.numerator})"),
        text_cell(f"Σ({indicator.denominator})" if indicator.denominator else DASH),
        text_cell(_facts(indicator, quarter)),
        text_cell(indicator.get_aggregation_display()),
        text_cell(indicator.get_accumulation_display()),
        text_cell(indicator.get_direction_display()),
        text_cell(indicator.get_basis_display()),
        text_cell(wording.unit_word(indicator.unit) or DASH),
        count_cell(indicator.decimals),
        text_cell(entry.quarters),
        text_cell(indicator.get_reporter_display()),
        text_cell(wording.in_language(indicator.lead_office)),
        text_cell(entry.supporting or DASH),
        text_cell(indicator.source_quote),
        text_cell(indicator.notes or DASH),
    ]


def _facts(indicator: Indicator, quarter: int) -> str:
    links = [link for link in indicator.element_links.all() if quarter in link.quarters]
    return gettext(", ").join(wording.in_language(link.element) for link in links) or DASH


def sources_table(excerpt: Excerpt) -> Table:
    """Return where plan, targets, national lines and baselines come from."""
    columns = [
        Column(gettext("Kind"), 16),
        Column(gettext("Code"), 20),
        Column(gettext("What"), 34),
        Column(gettext("Says"), 30),
        Column(gettext("Source"), 60),
        Column(gettext("Date"), 12),
        Column(gettext("Standing"), 16),
    ]
    plan = excerpt.edition.plan
    document = [
        text_cell(gettext("Plan")),
        text_cell(str(plan.year)),
        text_cell(wording.in_language(plan, "title")),
        text_cell(DASH),
        text_cell(plan.publisher),
        date_cell(plan.published_on),
        text_cell(gettext("published")),
    ]
    areas = [
        [
            text_cell(gettext("Text of an area")),
            text_cell(str(area.number)),
            text_cell(wording.in_language(area)),
            text_cell(DASH),
            text_cell(area.text),
            date_cell(plan.published_on),
            text_cell(gettext("published")),
        ]
        for area in excerpt.areas
    ]
    own = [row for indicator in excerpt.indicators for row in _indicator_sources(excerpt, indicator)]
    return Table(gettext("Sources"), columns, [document, *areas, *own])


def _indicator_sources(excerpt: Excerpt, indicator: Indicator) -> Iterator[list[Cell]]:
    code, name = text_cell(indicator.code), text_cell(wording.in_language(indicator))
    target = getattr(indicator, "target", None)
    revisions = target.revisions.all() if target is not None else ()
    for revision in revisions:
        is_confirmed = revision.confirmed_on is not None
        yield [
            text_cell(gettext("Target")),
            code,
            name,
            text_cell(target_words(indicator, revision)),
            text_cell(
                gettext("; ").join(
                    part
                    for part in (
                        str(TargetSource(revision.source).label),
                        revision.target.source_text,
                        revision.reason,
                    )
                    if part
                )
            ),
            date_cell(revision.confirmed_on),
            text_cell(gettext("confirmed") if is_confirmed else gettext("to be confirmed")),
        ]
    for line in indicator.reference_lines.all():
        yield [
            text_cell(gettext("National line")),
            code,
            name,
            text_cell(reference_text(line)),
            text_cell(line.source),
            text_cell(DASH),
            text_cell(gettext("confirmed") if line.is_confirmed else gettext("to be confirmed")),
        ]
    baseline = excerpt.edition.baselines.get(indicator.pk)
    if baseline is not None:
        yield [
            text_cell(gettext("Baseline")),
            code,
            name,
            text_cell(baseline_text(indicator, baseline)),
            text_cell(baseline.definition),
            date_cell(baseline.as_of),
            text_cell(gettext("locked") if baseline.locked_at else gettext("open")),
        ]


def measures_table(measures: Sequence[Measure]) -> Table:
    """Return the pages' table of measures with the area before it, steps and sentence behind it."""
    table = page_tables.measures_table(measures)
    return Table(
        name=gettext("Measures"),
        columns=[
            Column(gettext("Area no."), 8, numeric=True),
            *table.columns,
            Column(gettext("Steps"), 40),
            Column(gettext("How it is checked"), 30),
            Column(gettext("Sentence in the plan"), 50),
        ],
        rows=[
            [
                count_cell(measure.area.number),
                *row,
                text_cell(_steps_text(measure)),
                text_cell(measure.check_text or DASH),
                text_cell(measure.source_quote),
            ]
            for measure, row in zip(measures, table.rows, strict=True)
        ],
    )


def _steps_text(measure: Measure) -> str:
    parts = [
        gettext("%(name)s (%(status)s)")
        % {"name": wording.in_language(step), "status": step.get_status_display()}
        for step in measure.steps.all()
    ]
    return gettext("; ").join(parts) or DASH


def schools_table(schools: Sequence[FrozenSchool]) -> Table:
    """Return the schools as they were on the quarter's last day."""
    columns = [
        Column(gettext("School code"), 14),
        Column(gettext("School"), 32),
        Column(gettext("Type"), 18),
        Column(gettext("Ownership"), 16),
        Column(gettext("Urban or rural"), 12),
        Column(gettext("Stages"), 24),
        Column(gettext("Opened on"), 12),
        Column(gettext("Closed on"), 12),
    ]
    return Table(gettext("Schools"), columns, [_school(one) for one in schools])


def _school(school: FrozenSchool) -> list[Cell]:
    stages = [str(Stage(stage).label) for stage in Stage.values if stage in school.stages]
    return [
        text_cell(school.organisation.code),
        text_cell(school.organisation.name),
        text_cell(_label(SchoolType, school.school_type)),
        text_cell(_label(Ownership, school.ownership)),
        text_cell(_label(Setting, school.setting)),
        text_cell(gettext(", ").join(stages) or DASH),
        date_cell(school.organisation.opened_on),
        date_cell(school.organisation.closed_on),
    ]


def _label(choices: type[SchoolType | Ownership | Setting], value: str) -> str:
    return str(choices(value).label) if value else DASH
