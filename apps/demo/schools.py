"""Writes the demonstration schools with their profiles, stages and dated events, as they stand on a date."""

from __future__ import annotations

import datetime as dt

from apps.demo.district import LifeEvent, School, life_events, region_code, schools
from apps.organisations.enums import EventKind, OrganisationKind
from apps.organisations.models import Organisation, OrganisationEvent, Region, SchoolProfile, SchoolStage


def schools_create(*, on: dt.date) -> dict[str, Organisation]:
    """Write every school opened by `on`, with the events until then; returns the organisations by code."""
    region = Region.objects.get(code=region_code())
    there = [school for school in schools() if school.opened_on <= on]
    made = Organisation.objects.bulk_create(_organisation(school, region, on) for school in there)
    by_code = {organisation.code: organisation for organisation in made}
    SchoolProfile.objects.bulk_create(
        row for school in there for row in _profiles(school, by_code[school.code], on)
    )
    SchoolStage.objects.bulk_create(
        row for school in there for row in _stages(school, by_code[school.code], on)
    )
    OrganisationEvent.objects.bulk_create(_events(by_code, on))
    return by_code


def _happened(school: School, on: dt.date, *kinds: str) -> list[LifeEvent]:
    return [event for event in school.events if event.date <= on and (not kinds or event.kind in kinds)]


def _closing(school: School, on: dt.date) -> dt.date | None:
    closings = _happened(school, on, EventKind.CLOSED, EventKind.MERGED)
    return closings[0].date if closings else None


def _organisation(school: School, region: Region, on: dt.date) -> Organisation:
    renamings = _happened(school, on, EventKind.RENAMED)
    return Organisation(
        kind=OrganisationKind.SCHOOL,
        region=region,
        code=school.code,
        name=renamings[-1].name if renamings else school.name,
        name_en=renamings[-1].name_en if renamings else school.name_en,
        sort_key=renamings[-1].sort_key if renamings else school.sort_key,
        opened_on=school.opened_on,
        closed_on=_closing(school, on),
        is_demo=True,
    )


def _profiles(school: School, organisation: Organisation, on: dt.date) -> list[SchoolProfile]:
    """One row for each time between two changes; the last ends with the school."""
    changes = _happened(school, on, EventKind.RENAMED, EventKind.OWNERSHIP)
    starts = [school.opened_on, *(event.date for event in changes)]
    ends = [*(event.date for event in changes), _closing(school, on)]
    name, ownership, rows = school.name, school.ownership, []
    for start, end, change in zip(starts, ends, [None, *changes], strict=True):
        if change:
            name, ownership = change.name or name, change.ownership or ownership
        rows.append(
            SchoolProfile(
                organisation=organisation,
                name=name,
                school_type=school.school_type,
                type_code=school.type_code,
                ownership=ownership,
                setting=school.setting,
                valid_from=start,
                valid_to=end,
            )
        )
    return rows


def _stages(school: School, organisation: Organisation, on: dt.date) -> list[SchoolStage]:
    closing = _closing(school, on)
    return [
        SchoolStage(organisation=organisation, stage=stage, valid_from=school.opened_on, valid_to=closing)
        for stage in school.pupils
    ]


def _events(by_code: dict[str, Organisation], on: dt.date) -> list[OrganisationEvent]:
    return [
        OrganisationEvent(
            organisation=by_code[event.code],
            kind=event.kind,
            happened_on=event.date,
            successor=by_code[event.successor] if event.successor else None,
            note=event.note,
        )
        for event in life_events()
        if event.date <= on
    ]
