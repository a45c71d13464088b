"""Targets, baselines, definitions, measures, texts and schools that differ between two versions. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext

from apps.dashboards import wording
from apps.dashboards.measure_signs import SIGNS
from apps.dashboards.targets_text import baseline_text, target_words
from apps.organisations.enums import Ownership, SchoolType, Setting, Stage
from apps.plans.models import Indicator
from apps.reports.releases.changes import Change, Section, name_of
from apps.reports.releases.edition import WHOLE_DISTRICT, Edition
from apps.reports.releases.enums import TextKind
from apps.reports.releases.thawing import FrozenSchool


def of_indicators(
    section: Section, old: Edition, new: Edition, said: Callable[[Edition, Indicator], str]
) -> Iterator[Change]:
    before, after = ({row.code: row for row in edition.indicators} for edition in (old, new))
    for code in {**before, **after}:
        words = [
            said(edition, rows[code]) if code in rows else ""
            for edition, rows in ((old, before), (new, after))
        ]
        if words[0] != words[1]:
            indicator = after.get(code) or before[code]
            yield Change(section, indicator.area.number, name_of(indicator), "", words[0], words[1])


def target_of(edition: Edition, indicator: Indicator) -> str:
    """Every revision with the day it counts from, and whether it is confirmed."""
    target = getattr(indicator, "target", None)
    rows = sorted(target.revisions.all(), key=lambda row: row.number) if target else []
    words = gettext("%(target)s from %(date)s")
    waiting = gettext("to be confirmed: %(target)s")
    said = [
        words % {"target": target_words(indicator, row), "date": row.effective_from.isoformat()}
        if row.confirmed_on
        else waiting % {"target": target_words(indicator, row)}
        for row in rows
    ]
    return gettext("; ").join(said) or gettext("no target set")


def baseline_of(edition: Edition, indicator: Indicator) -> str:
    found = edition.baselines.get(indicator.pk)
    return "" if found is None else baseline_text(indicator, found)


def definition_of(edition: Edition, indicator: Indicator) -> str:
    parts = [
        f"{label} = {text}" if label else text
        for label, text in (
            (wording.in_language(indicator, "numerator_label"), indicator.numerator),
            (wording.in_language(indicator, "denominator_label"), indicator.denominator),
        )
        if text
    ]
    unit = wording.unit_word(indicator.unit)
    return " ÷ ".join(parts) + (f" ({unit})" if unit else "")


def measures(old: Edition, new: Edition) -> Iterator[Change]:
    before, after = ({row.code: row for row in edition.measures} for edition in (old, new))
    for code in {**before, **after}:
        words = [_measure(rows.get(code)) for rows in (before, after)]
        if words[0] != words[1]:
            row = after.get(code) or before[code]
            name = f"{row.code} {wording.in_language(row)}"
            yield Change(Section.MEASURE, row.area.number, name, "", words[0], words[1])


def _measure(row: Any) -> str:
    if row is None:
        return ""
    due = row.due_on.isoformat() if row.due_on else gettext("not set")
    return gettext("%(status)s, due %(date)s") % {"status": SIGNS[row.status].word, "date": due}


def texts(old: Edition, new: Edition) -> Iterator[Change]:
    for key in sorted({**old.texts, **new.texts}):
        area, kind = key
        if old.texts.get(key, "") != new.texts.get(key, ""):
            name = str(TextKind(kind).label)
            yield Change(Section.TEXT, area, name, "", old.texts.get(key, ""), new.texts.get(key, ""))


def schools(old: Edition, new: Edition) -> Iterator[Change]:
    before, after = ({one.organisation.code: one for one in edition.schools} for edition in (old, new))
    for code in {**before, **after}:
        words = [_school(rows.get(code)) for rows in (before, after)]
        if words[0] != words[1]:
            school: FrozenSchool = after.get(code) or before[code]
            name = wording.in_language(school.organisation)
            yield Change(Section.SCHOOL, WHOLE_DISTRICT, name, "", words[0], words[1])


def _school(school: FrozenSchool | None) -> str:
    if school is None:
        return ""
    kinds: Mapping[Any, str] = {
        SchoolType: school.school_type,
        Ownership: school.ownership,
        Setting: school.setting,
    }
    parts = [str(kind(value).label) for kind, value in kinds.items() if value]
    stages = [str(Stage(stage).label) for stage in school.stages]
    closed = school.organisation.closed_on
    return gettext(", ").join(
        [
            school.organisation.name,
            *parts,
            *stages,
            *([gettext("closed on %(date)s") % {"date": closed.isoformat()}] if closed else []),
        ]
    )
