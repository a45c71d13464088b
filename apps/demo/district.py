"""The demonstration district as plain data: from fixtures/demo/district.yaml, the same schools every time."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

PREFIX = ("芦淞区示例", "lusongqu shili", "Lusong Demo")
SERIALS_FROM = 990001
DIGITS = "〇一二三四五六七八九"


@dataclass(frozen=True)
class LifeEvent:
    """One dated event of a school's life and what it changes."""

    code: str
    kind: str
    date: dt.date
    note: str
    name: str = ""
    name_en: str = ""
    sort_key: str = ""
    ownership: str = ""
    successor: str = ""


@dataclass(frozen=True)
class School:
    """A school as it stood on the first day of the year, with the pupils of each of its stages."""

    code: str
    name: str
    name_en: str
    sort_key: str
    school_type: str
    type_code: str
    ownership: str
    setting: str
    opened_on: dt.date
    pupils: dict[str, int]
    events: tuple[LifeEvent, ...] = field(default=())


@cache
def definition() -> dict[str, Any]:
    path = Path(settings.BASE_DIR) / "fixtures" / "demo" / "district.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def region_code() -> str:
    return definition()["region"]


def random_for(*keys: object) -> random.Random:
    """Return a generator of its own for each key, so that adding a fact does not shift the others."""
    return random.Random(":".join(map(str, (definition()["seed"], *keys))))  # noqa: S311 (no secret)  # nosec B311


def life_events() -> list[LifeEvent]:
    return [LifeEvent(**row) for row in definition()["events"]]


@cache
def schools() -> tuple[School, ...]:
    """Return every school of the district, also those that open or close within the year."""
    made: list[School] = []
    serials: dict[str, int] = {}
    for group in definition()["groups"]:
        for name in _names(group):
            serial = serials.get(group["category"], SERIALS_FROM)
            serials[group["category"]] = serial + 1
            made.append(_school(group, f"{group['category']}43{serial}", name))
    return tuple(made)


@cache
def school_by_code() -> dict[str, School]:
    return {school.code: school for school in schools()}


def _school(group: dict[str, Any], code: str, name: tuple[str, str, str]) -> School:
    events = tuple(event for event in life_events() if event.code == code)
    opening = next((event.date for event in events if event.kind == "opened"), definition()["opened_on"])
    return School(
        code=code,
        name=name[0],
        sort_key=name[1],
        name_en=name[2],
        school_type=group["type"],
        type_code=group["type_code"],
        ownership=group["ownership"],
        setting=group["setting"],
        opened_on=opening,
        pupils=_pupils(group, code),
        events=events,
    )


def _pupils(group: dict[str, Any], code: str) -> dict[str, int]:
    drawn = {
        stage: random_for("pupils", code, stage).randint(*limits) for stage, limits in group["pupils"].items()
    }
    return drawn | definition()["pupils"].get(code, {})


def pupils_on(school: School, date: dt.date) -> dict[str, int]:
    """Return the pupils of each stage with those taken over from schools merged into this one by `date`."""
    merged = {event.code for event in life_events() if event.successor == school.code and event.date <= date}
    taken = [other.pupils for other in schools() if other.code in merged]
    return {
        stage: own + sum(pupils.get(stage, 0) for pupils in taken) for stage, own in school.pupils.items()
    }


def _names(group: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return name, pinyin and English name of each school of a group."""
    chinese, pinyin, english = definition()["suffixes"][group.get("suffix", group["type"])]
    stems = group.get("stems") or [
        (f"第{chinese_number(number)}", f"di {number:02d}", f"No. {number}")
        for number in range(1, group["numbered"] + 1)
    ]
    zh_prefix, pinyin_prefix, en_prefix = PREFIX
    return [
        (
            f"{zh_prefix}{stem}{chinese}",
            " ".join(filter(None, (pinyin_prefix, spelling, pinyin))),
            " ".join(filter(None, (en_prefix, translation, english))),
        )
        for stem, spelling, translation in stems
    ]


def chinese_number(number: int) -> str:
    """Return 1 to 99 in Chinese figures: 十, 十二, 二十, 二十二."""
    tens, ones = divmod(number, 10)
    if not tens:
        return DIGITS[ones]
    return ("" if tens == 1 else DIGITS[tens]) + "十" + (DIGITS[ones] if ones else "")
