"""Figures that differ between two versions: as shown, beyond the rounding, hidden, of schools. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext

from apps.dashboards import wording
from apps.dashboards.reading_cells import slice_name
from apps.dashboards.readings import Reading
from apps.dashboards.units import Unit
from apps.organisations.enums import Stage
from apps.plans.enums import SliceKind
from apps.reports.releases.changes import Change, Section, name_of
from apps.reports.releases.edition import Edition
from apps.rollups.enums import Confidence

Key = tuple[str, int, str, str]


def _readings(edition: Edition) -> dict[Key, Reading]:
    """The readings up to the quarter and its slices, by indicator code, quarter, kind and value of slice."""
    found: dict[Key, Reading] = {}
    for indicator in edition.indicators:
        for reading in edition.quarters_of(indicator)[: edition.quarter]:
            found[indicator.code, reading.quarter, SliceKind.ALL, ""] = reading
        for kind, readings in edition.slices.get(indicator.pk, {}).items():
            for reading in readings:
                found[indicator.code, reading.quarter, kind, reading.slice_value] = reading
    return found


def figures(old: Edition, new: Edition) -> Iterator[Change]:
    before, after = _readings(old), _readings(new)
    for key in {**before, **after}:
        one, other = before.get(key), after.get(key)
        if _exact(one) != _exact(other):
            yield _figure(key, one, other)


def _exact(reading: Reading | None) -> tuple[Any, ...] | None:
    if reading is None:
        return None
    return (
        reading.value,
        reading.numerator,
        reading.denominator,
        reading.n_due,
        reading.n_reported,
        reading.n_not_applicable,
        reading.status,
        reading.confidence,
        reading.is_hidden,
    )


def _figure(key: Key, one: Reading | None, other: Reading | None) -> Change:
    _code, quarter, kind, value = key
    reading = other or one
    assert reading is not None
    said = [_told(row) for row in (one, other)]
    is_shown = said[0] != said[1] or _light(one) != _light(other)
    if not is_shown:
        said = [_told_exactly(row) for row in (one, other)]
    lights = (_light(one), _light(other)) if _light(one) != _light(other) else ("", "")
    where = wording.quarter_name(quarter)
    return Change(
        section=Section.FIGURE if is_shown else Section.ROUNDING,
        area=reading.indicator.area.number,
        subject=name_of(reading.indicator),
        where=where if kind == SliceKind.ALL else f"{where} · {slice_name(kind, value)}",
        old=said[0],
        new=said[1],
        old_light=lights[0],
        new_light=lights[1],
    )


def _light(reading: Reading | None) -> str:
    return str(reading.status) if reading is not None and not reading.is_hidden else ""


def _told(reading: Reading | None) -> str:
    """A figure as it is shown: value, coverage where it is not complete, what makes it not final."""
    if reading is None:
        return ""
    parts = [reading.value_text]
    if reading.coverage not in (None, 1):
        parts.append(gettext("coverage %(share)s") % {"share": reading.coverage_text})
    if reading.confidence in (Confidence.PROVISIONAL, Confidence.ESTIMATED) and not reading.is_hidden:
        parts.append(reading.confidence_word)
    return gettext(", ").join(parts)


def _told_exactly(reading: Reading | None) -> str:
    """A figure with its two sums, where the value as shown tells no difference."""
    if reading is None or reading.numerator is None:
        return _told(reading)
    sums = [reading.numerator, *([reading.denominator] if reading.denominator is not None else [])]
    return f"{reading.value_text} ({'/'.join(wording.plain_text(one) for one in sums)})"


def hidden_figures(old: Edition, new: Edition) -> Iterator[Change]:
    """Tell of an indicator that something hidden of it changed, and nothing more."""
    before, after = _hidden_rows(old), _hidden_rows(new)
    known = {row.code: row for row in (*old.indicators, *new.indicators)}
    for code, indicator in known.items():
        both = before.get(code, {}).keys() & after.get(code, {}).keys()
        if any(before[code][key] != after[code][key] for key in both):
            yield Change(Section.HIDDEN, indicator.area.number, name_of(indicator), "", *_changed_unseen())


def _changed_unseen() -> tuple[str, str]:
    word = gettext("Hidden: small numbers")
    return word, gettext("%(hidden)s; changed") % {"hidden": word}


def _hidden_rows(edition: Edition) -> dict[str, dict[Any, Any]]:
    """The whole numbers behind what is hidden from the audience, by indicator: of results and of schools."""
    found: dict[str, dict[Any, Any]] = {}
    codes = {row.pk: row.code for row in edition.indicators}
    hidden = {key for key, reading in _readings(edition).items() if reading.is_hidden}
    for row in edition.thawed.results:
        code = codes.get(row.indicator_id, "")
        key = (code, row.period.quarter, row.slice_kind, row.slice_value)
        if key in hidden:
            found.setdefault(code, {})[key[1:]] = (row.numerator, row.denominator)
    schools = _codes(edition)
    for told, (whole, _is_hidden) in zip(edition.units, _known_units(edition), strict=True):
        if told.is_hidden:
            key_of_unit = (schools[whole.organisation_id], whole.stage)
            found.setdefault(codes[whole.indicator_id], {})[key_of_unit] = (
                whole.numerator,
                whole.denominator,
            )
    return found


def _known_units(edition: Edition) -> list[Any]:
    known = {row.pk for row in edition.indicators}
    return [pair for pair in edition.thawed.units if pair[0].indicator_id in known]


def _codes(edition: Edition) -> dict[int, str]:
    return {one.organisation.pk: one.organisation.code for one in edition.schools}


def school_figures(old: Edition, new: Edition) -> Iterator[Change]:
    """The schools' own figures that both readers see; what is hidden is in `_hidden`."""
    before, after = _units(old), _units(new)
    indicators = {row.code: row for row in (*old.indicators, *new.indicators)}
    names = {one.organisation.code: one.organisation for one in (*old.schools, *new.schools)}
    for key in {**before, **after}:
        one, other = before.get(key), after.get(key)
        if _exact_unit(one) == _exact_unit(other):
            continue
        school, code, stage = key
        stage_name = "" if stage == Stage.WHOLE else f" · {Stage(stage).label}"
        yield Change(
            Section.SCHOOL_FIGURE,
            indicators[code].area.number,
            name_of(indicators[code]),
            f"{wording.in_language(names[school])}{stage_name}",
            one.text if one else "",
            other.text if other else "",
        )


def _exact_unit(unit: Unit | None) -> tuple[Any, ...] | None:
    if unit is None or unit.is_hidden:
        return None if unit is None else ("hidden",)
    return unit.value, unit.numerator, unit.denominator, unit.is_reported, unit.is_excused


def _units(edition: Edition) -> dict[tuple[str, str, str], Unit]:
    codes, schools = {row.pk: row.code for row in edition.indicators}, _codes(edition)
    return {
        (schools[unit.organisation_id], codes[unit.indicator_id], unit.stage): unit for unit in edition.units
    }
