"""One thing that differs between two versions of a release. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from apps.dashboards import wording
from apps.plans.models import Indicator


class Section(StrEnum):
    """What kind of thing changed, in the order of the erratum."""

    FIGURE = "figure"
    ROUNDING = "rounding"
    HIDDEN = "hidden"
    SCHOOL_FIGURE = "school_figure"
    TARGET = "target"
    BASELINE = "baseline"
    DEFINITION = "definition"
    MEASURE = "measure"
    TEXT = "text"
    SCHOOL = "school"


@dataclass(frozen=True)
class Change:
    """One thing that is not what it was. `area` 0 is the whole; lights are statuses, empty where the same.

    `where` says of what quarter, slice or school; an empty `old` or `new`: it was not there, is not there.
    """

    section: Section
    area: int
    subject: str
    where: str
    old: str
    new: str
    old_light: str = ""
    new_light: str = ""


def name_of(indicator: Indicator) -> str:
    """Return an indicator as a list names it."""
    return f"{indicator.code} {wording.in_language(indicator)}"
