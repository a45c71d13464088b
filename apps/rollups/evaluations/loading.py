"""Reading the files of the evaluations: every mistake found in one go, each named in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from apps.core.loading import Entry, LoadRefused, Problems, read_entry_file
from apps.organisations.enums import SchoolType, Stage
from apps.rollups.evaluations.enums import CheckKind, Comparison
from apps.rollups.evaluations.rules import (
    KNOWN_KEYS,
    Check,
    Evaluation,
    Group,
    SchoolRule,
    TeachingPoint,
    resource_checks,
)

FOLDER = Path(settings.BASE_DIR) / "fixtures" / "evaluations"
KEYS = ("balanced", "preschool")


@cache
def evaluations() -> dict[str, Evaluation]:
    """Return the evaluations by key.

    Raises:
        LoadRefused: mistakes in the files.
    """
    problems = Problems()
    found = {key: read(FOLDER / f"{key}.yaml", problems) for key in KEYS}
    if problems.found:
        raise LoadRefused(problems.found)
    return found


def read(path: Path, problems: Problems) -> Evaluation:
    """Read one evaluation; what is wrong is added to `problems`."""
    entry = read_entry_file(path, problems)
    rules = tuple(map(_school_rule, entry.entries("school_rules", required=True)))
    stages = entry.choices("stages", Stage, required=True)
    document = entry.text("document", limit=100)
    resource_codes = entry.texts("resource_rules")
    resources = entry.entry("resources", required=bool(resource_codes))
    by_code = {rule.code: rule for rule in rules}
    groups = tuple(map(_group, entry.entries("groups", required=True)))
    made = resource_checks(
        [by_code[code] for code in resource_codes if code in by_code],
        stages if resource_codes else (),
        groups[0].key if groups else "",
        document,
    )
    evaluation = Evaluation(
        key=entry.text("key", limit=20),
        **{name: entry.text(name, limit=60) for name in ("name", "name_en")},
        document=document,
        document_en=entry.text("document_en", limit=150),
        **{name: entry.text(name, limit=400) for name in ("scope", "scope_en", "note", "note_en")},
        stages=stages,
        types=entry.choices("types", SchoolType, required=True),
        groups=groups,
        school_rules=rules,
        checks=(*made, *map(_check, entry.entries("checks", required=True))),
        resource_rules=resource_codes,
        must_meet=(resources.integer("meet") or 0) if resources else 0,
        least_percent=(resources.integer("least_percent") or 0) if resources else 100,
        teaching_point=_teaching_point(entry),
        indicator=entry.text("indicator", limit=40, required=False),
        also_in=entry.texts("also_in"),
    )
    for part in (entry, resources):
        if part:
            part.finish()
    _check_links(evaluation, entry)
    return evaluation


def _group(entry: Entry) -> Group:
    group = Group(entry.text("key", limit=20), entry.text("name", limit=60), entry.text("name_en", limit=60))
    entry.finish()
    return group


def _teaching_point(entry: Entry) -> TeachingPoint | None:
    point = entry.entry("teaching_point", required=False)
    if point is None:
        return None
    found = TeachingPoint(point.text("type_code", limit=3), point.integer("pupils") or 0)
    point.finish()
    return found


def _words(entry: Entry) -> dict[str, str]:
    return {
        "code": entry.text("code", limit=20),
        "name": entry.text("name", limit=120),
        "name_en": entry.text("name_en", limit=200),
        "source": entry.text("source", limit=200),
        "note": entry.text("note", limit=200, required=False),
        "note_en": entry.text("note_en", limit=300, required=False),
    }


def _limits(entry: Entry, key: str) -> Mapping[str, Decimal]:
    limits = entry.entry(key, required=False)
    if limits is None:
        return {}
    for name in sorted(set(limits.data) - KNOWN_KEYS):
        limits.complain(_("%(name)s is neither a stage nor a type of school.") % {"name": name})
    found = {name: limits.number(name, required=True) for name in limits.data}
    return {name: number for name, number in found.items() if number is not None}


def _school_rule(entry: Entry) -> SchoolRule:
    words, operator = _words(entry), entry.choice("operator", Comparison)
    fulfilled = operator == Comparison.FULFILLED
    limits = _limits(entry, "limits")
    if fulfilled:
        limits = dict.fromkeys(entry.choices("stages", Stage, required=True), Decimal(1))
    elif not limits:
        entry.complain(_("a rule for schools needs its limits."))
    rule = SchoolRule(
        **words,
        short=entry.text("short", limit=10),
        short_en=entry.text("short_en", limit=20),
        numerator=entry.text("numerator", limit=60),
        denominator=entry.text("denominator", limit=60, required=False),
        per=entry.integer("per", default=1, required=False) or 1,
        operator=operator,
        limits=limits,
        dispersion=_limits(entry, "dispersion"),
        unit=entry.text("unit", limit=10, required=not fulfilled),
        value_unit=entry.text("value_unit", limit=10, required=False),
        decimals=entry.integer("decimals", default=0, required=False) or 0,
        is_continuous=entry.flag("continuous"),
        is_whole_school=entry.flag("whole_school"),
        is_necessary_only=entry.flag("necessary_only"),
    )
    entry.finish()
    return rule


def _check(entry: Entry) -> Check:
    words, kind = _words(entry), entry.choice("kind", CheckKind)
    limit = entry.number("limit")
    check = Check(
        **words,
        to_confirm=entry.flag("to_confirm"),
        item=entry.integer("item") or 0,
        group=entry.text("group", limit=20),
        kind=kind,
        rule=entry.text("rule", limit=20, required=kind == CheckKind.SCHOOLS),
        indicator=entry.text("indicator", limit=40, required=kind == CheckKind.INDICATOR),
        office=entry.text("office", limit=13, required=kind == CheckKind.RECORDED),
        operator=entry.choice("operator", Comparison, default="" if limit is None else None),
        limit=limit,
        highest=entry.number("highest", required=kind == CheckKind.RECORDED and limit is not None),
        unit=entry.text("unit", limit=10, required=limit is not None),
        value_decimals=entry.integer("value_decimals", default=0, required=False) or 0,
    )
    entry.finish()
    return check


def _check_links(evaluation: Evaluation, entry: Entry) -> None:
    rules = [rule.code for rule in evaluation.school_rules]
    checks = [check.code for check in evaluation.checks]
    for code in sorted({code for code in (*rules, *checks) if (rules + checks).count(code) > 1}):
        entry.complain(_("%(code)s stands there twice.") % {"code": code})
    for code in evaluation.resource_rules:
        if code not in rules:
            entry.complain(_("there is no rule %(code)s.") % {"code": code})
    keys = {group.key for group in evaluation.groups}
    for check in evaluation.checks:
        if check.group not in keys:
            entry.complain(
                _("%(code)s: there is no group %(group)s.") % {"code": check.code, "group": check.group}
            )
        if check.rule and check.rule not in rules:
            entry.complain(_("there is no rule %(code)s.") % {"code": check.rule})
