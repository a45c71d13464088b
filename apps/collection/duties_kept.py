"""What an organisation owes and what for, kept by the process for all of its kind while the plan is the same.

Who owes what depends on the plan's rows and, of a school, on its type, its stages and whether it is open: one
statement reads these and says whether the plan's rows are what they were. Whose shape is not known yet is
asked for by the rule itself (`duties`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from apps.collection.duties import Duty, duties_of
from apps.collection.models import Period
from apps.core import prepared
from apps.core.reading import connection_for_reading
from apps.organisations.models import Organisation
from apps.plans.definitions.rules import as_revised, revision_at
from apps.plans.models import Indicator, TaskArea

MOST = 500
VERSION = "hashtextextended(concat_ws(',', id, xmin, ctid), 0)"
SOURCES = (
    "collection_period",
    "plans_dataelement",
    "plans_indicator",
    "plans_indicatorelement",
    "plans_indicatorrevision",
    "plans_planpolicy",
    "plans_taskarea",
)
Shape = tuple[Any, ...]


@dataclass(frozen=True)
class Asked:
    """The duties of an organisation, their areas, and their indicators as the period's quarter defines them.

    They belong to everybody of the shape: to read and never to change.
    """

    duties: list[Duty]
    areas: dict[int, TaskArea]
    indicators: dict[int, Indicator]


@dataclass
class _Kept:
    stamp: str = ""
    asked: dict[Shape, Asked] = field(default_factory=dict)


_kept = _Kept()


def asked_of(period: Period, organisation: Organisation) -> Asked:
    """Return what the organisation owes for the period (1 query, 4 more when its kind was not asked before).

    The duties name whoever of the kind was asked for first: whose they are is not to be read from them.
    """
    global _kept
    stamp, shape = _shape(period, organisation)
    if _kept.stamp != stamp or len(_kept.asked) > MOST:
        _kept = _Kept(stamp)
    kept = _kept
    found = kept.asked.get(shape)
    if found is None:
        found = kept.asked[shape] = _read(period, organisation)
    return found


@cache
def _statement() -> str:
    stamp = ", ".join(f"(SELECT sum({VERSION}) FROM {table})" for table in SOURCES)  # noqa: S608  # nosec B608
    return f"""SELECT concat_ws('-', {stamp}), p.region_id, o.kind = 'school', o.opened_on <= q.ends_on
            AND (o.closed_on IS NULL OR o.closed_on > q.ends_on),
            EXISTS (SELECT 1 FROM organisations_regionancestor t
                WHERE t.ancestor_id = p.region_id AND t.descendant_id = o.region_id),
            ARRAY(SELECT DISTINCT s.school_type FROM organisations_schoolprofile s
                WHERE s.organisation_id = o.id AND s.valid_from <= q.ends_on
                AND (s.valid_to IS NULL OR s.valid_to > q.ends_on) ORDER BY 1),
            ARRAY(SELECT DISTINCT s.stage FROM organisations_schoolstage s
                WHERE s.organisation_id = o.id AND s.valid_from <= q.ends_on
                AND (s.valid_to IS NULL OR s.valid_to > q.ends_on) ORDER BY 1)
        FROM collection_period q
        JOIN plans_annualplan p ON p.id = q.plan_id
        CROSS JOIN organisations_organisation o
        WHERE q.id = %s AND o.id = %s"""  # noqa: S608  # nosec B608 - names of tables


def _shape(period: Period, organisation: Organisation) -> tuple[str, Shape]:
    """Return what stands for the plan's rows, and all of the organisation that its duties depend on."""
    with connection_for_reading().cursor() as cursor:
        prepared.execute(cursor, _statement(), [period.pk, organisation.pk])
        stamp, region_id, is_school, *rest = cursor.fetchone()
    is_open, is_inside, types, stages = rest
    own = () if is_school else (organisation.pk,)
    return stamp, (period.pk, region_id, is_school, is_open, is_inside, tuple(types), tuple(stages), *own)


def _read(period: Period, organisation: Organisation) -> Asked:
    duties = duties_of(plan_id=period.plan_id, periods=[period.pk], organisations=[organisation.pk])
    known = Indicator.objects.prefetch_related("definition_revisions")
    indicators = {
        pk: as_revised(row, revision_at(row.definition_revisions.all(), period.quarter))
        for pk, row in known.in_bulk({duty.indicator_id for duty in duties}).items()
    }
    return Asked(duties, TaskArea.objects.in_bulk({duty.area_id for duty in duties}), indicators)
