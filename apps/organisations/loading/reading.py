from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from apps.core.loading import Entry, Problem, Problems, read_entry_file
from apps.organisations.enums import RegionLevel

LEVELS = list(RegionLevel.values)
UNKNOWN_DATE = dt.date(1900, 1, 1)


@dataclass(frozen=True)
class RegionRecord:
    place: str
    code: str
    name: str
    name_en: str
    level: str
    parent: str


@dataclass(frozen=True)
class OfficeRecord:
    place: str
    key: str
    name: str
    name_en: str
    sort_key: str


@dataclass(frozen=True)
class OrganisationBundle:
    """A district with the regions above it and its offices; an office's code is `<district>-<key>`."""

    district: str
    offices_since: dt.date
    regions: tuple[RegionRecord, ...]
    offices: tuple[OfficeRecord, ...]

    def office_code(self, key: str) -> str:
        return f"{self.district}-{key}"

    @property
    def office_keys(self) -> frozenset[str]:
        return frozenset(office.key for office in self.offices)


def read(path: Path, problems: Problems) -> OrganisationBundle:
    """Read and check the file; what is wrong is added to `problems`."""
    entry = read_entry_file(path, problems)
    bundle = OrganisationBundle(
        district=entry.text("district", limit=6),
        offices_since=entry.date("offices_since", required=True) or UNKNOWN_DATE,
        regions=tuple(_region(row) for row in entry.entries("regions", required=True)),
        offices=tuple(_office(row) for row in entry.entries("offices", required=True)),
    )
    entry.finish()
    problems.extend(_check_regions(bundle, path.name))
    problems.extend(_check_offices(bundle))
    return bundle


def _region(entry: Entry) -> RegionRecord:
    record = RegionRecord(
        place=entry.place,
        code=entry.text("code", limit=6),
        name=entry.text("name", limit=60),
        name_en=entry.text("name_en", limit=100),
        level=entry.choice("level", RegionLevel),
        parent=entry.text("parent", limit=6, required=False),
    )
    entry.finish()
    return record


def _office(entry: Entry) -> OfficeRecord:
    record = OfficeRecord(
        place=entry.place,
        key=entry.text("key", limit=13),
        name=entry.text("name", limit=100),
        name_en=entry.text("name_en", limit=150),
        sort_key=entry.text("sort_key", limit=100),
    )
    entry.finish()
    return record


def _check_regions(bundle: OrganisationBundle, place: str) -> Iterator[Problem]:
    above: dict[str, RegionRecord] = {}
    for region in bundle.regions:
        if not re.fullmatch(r"[0-9]{6}", region.code):
            yield Problem(region.place, _("%(code)s is not a six-digit code.") % {"code": region.code})
        if region.code in above:
            yield Problem(region.place, _("%(code)s stands there twice.") % {"code": region.code})
        if not _hangs_on(region, above.get(region.parent)):
            yield Problem(
                region.place,
                _("a region comes after its parent and one level below it; only the nation has none."),
            )
        above[region.code] = region
    if bundle.district not in above:
        yield Problem(place, _("the district %(code)s is not among the regions.") % {"code": bundle.district})


def _hangs_on(region: RegionRecord, parent: RegionRecord | None) -> bool:
    if not region.level:
        return True
    if region.level == RegionLevel.NATION:
        return not region.parent
    return parent is not None and LEVELS.index(region.level) == LEVELS.index(parent.level or region.level) + 1


def _check_offices(bundle: OrganisationBundle) -> Iterator[Problem]:
    seen: set[str] = set()
    for office in bundle.offices:
        if not re.fullmatch(r"[A-Z]+", office.key):
            yield Problem(office.place, _("the key %(key)s must be capital letters.") % {"key": office.key})
        if office.key in seen:
            yield Problem(office.place, _("%(code)s stands there twice.") % {"code": office.key})
        seen.add(office.key)
