"""Who is asked what in a plan year: quarters and assignments."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import asdict, dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.collection.calendar import quarter_dates
from apps.collection.duties import DUTIES
from apps.collection.models import Assignment, Period, Submission
from apps.collection.permissions import plans_collection
from apps.collection.signals import assignments_changed, facts_withdrawn
from apps.core import clock
from apps.plans.models import AnnualPlan

WANTED = f"{DUTIES}, wanted AS (SELECT DISTINCT period_id, organisation_id, element_id, stage FROM duties)"  # noqa: S608  # nosec B608

INSERT = f"""{WANTED}
    INSERT INTO collection_assignment (period_id, organisation_id, element_id, stage)
    SELECT w.period_id, w.organisation_id, w.element_id, w.stage
    FROM wanted w
    WHERE w.period_id = ANY(%(periods)s)
      AND NOT EXISTS (SELECT 1 FROM collection_submission s WHERE s.period_id = w.period_id
                      AND s.organisation_id = w.organisation_id AND s.status <> 'draft')
    ON CONFLICT (period_id, organisation_id, element_id, stage)
    DO UPDATE SET withdrawn_on = NULL WHERE collection_assignment.withdrawn_on IS NOT NULL
    RETURNING (xmax = 0)
"""  # noqa: S608 - constant text  # nosec B608

WITHDRAW = f"""{WANTED}
    UPDATE collection_assignment a SET withdrawn_on = %(today)s
    FROM collection_period p, organisations_organisation o
    WHERE p.id = a.period_id AND p.plan_id = %(plan)s AND o.id = a.organisation_id AND a.withdrawn_on IS NULL
      AND NOT EXISTS (SELECT 1 FROM wanted w WHERE w.period_id = a.period_id
                      AND w.organisation_id = a.organisation_id AND w.element_id = a.element_id
                      AND w.stage = a.stage)
      AND (a.period_id = ANY(%(periods)s) OR o.opened_on > p.ends_on OR o.closed_on <= p.ends_on)
    RETURNING a.period_id, a.organisation_id, a.element_id
"""  # noqa: S608 - constant text  # nosec B608


@dataclass(frozen=True)
class AssignmentCounts:
    """What a generation did: new ones, restored ones, withdrawn ones, and how many are in force after it."""

    created: int
    restored: int
    withdrawn: int
    in_force: int


@transaction.atomic
def periods_create(*, plan: AnnualPlan, by: User | None = None) -> list[Period]:
    """Create the plan year's four quarters; those that exist keep the dates the bureau may have set."""
    _require_planner(by)
    for quarter in (1, 2, 3, 4):
        Period.objects.get_or_create(
            plan=plan, quarter=quarter, defaults=asdict(quarter_dates(plan.year, quarter))
        )
    return list(plan.periods.order_by("quarter"))


@transaction.atomic
def period_dates_set(
    *, period: Period, opens_on: dt.date, due_on: dt.date, closes_on: dt.date, by: User
) -> Period:
    """Set when a quarter is collected. A quarter that is closed keeps its dates.

    Raises:
        PermissionDenied: unless `by` is an administrator of the plan's region.
        ValidationError: dates out of order, before the quarter begins, or of a closed quarter.
    """
    current = Period.objects.select_for_update(of=("self",)).select_related("plan").get(pk=period.pk)
    if not plans_collection(by) or by.region_id != current.plan.region_id:
        raise PermissionDenied
    if current.closes_on < clock.today():
        raise ValidationError(_("This quarter is closed; its dates are not rewritten."))
    if opens_on < current.starts_on:
        raise ValidationError({"opens_on": _("Reporting cannot open before the quarter begins.")})
    if not opens_on <= due_on <= closes_on:
        raise ValidationError({"due_on": _("The dates must follow each other: opens, due, closes.")})
    if closes_on < clock.today():
        raise ValidationError({"closes_on": _("The quarter cannot be closed in the past.")})
    current.opens_on, current.due_on, current.closes_on = opens_on, due_on, closes_on
    current.save(update_fields=["opens_on", "due_on", "closes_on"])
    return current


@transaction.atomic
def assignments_generate(*, plan: AnnualPlan, by: User | None = None) -> AssignmentCounts:
    """Bring the assignments of a plan in line with its indicators, tiers and schools. Idempotent.

    A closed quarter is not rewritten and a return that is already submitted is not asked for more, so that
    switching on a tier makes nobody late; but what a school no longer open was asked is withdrawn everywhere.
    """
    _require_planner(by)
    parameters = {
        "plan": plan.pk,
        "only_periods": None,
        "organisations": None,
        "today": clock.today(),
        "periods": _periods_still_planned(plan),
    }
    with connection.cursor() as cursor:
        cursor.execute(WITHDRAW, parameters)
        withdrawn = cursor.fetchall()
        cursor.execute(INSERT, parameters)
        is_new = [row[0] for row in cursor.fetchall()]
    _tell_about_withdrawn_facts(withdrawn, by)
    if withdrawn or is_new:
        assignments_changed.send(AnnualPlan, plan=plan, by=by)
    in_force = Assignment.objects.filter(period__plan=plan, withdrawn_on__isnull=True).count()
    return AssignmentCounts(is_new.count(True), is_new.count(False), len(withdrawn), in_force)


def _periods_still_planned(plan: AnnualPlan) -> list[int]:
    """Return the quarters that are not closed, and those for which nobody was asked anything yet."""
    planned = set(Assignment.objects.filter(period__plan=plan).values_list("period_id", flat=True).distinct())
    today = clock.today()
    return [
        period.pk for period in plan.periods.all() if period.closes_on >= today or period.pk not in planned
    ]


def _tell_about_withdrawn_facts(rows: list[tuple[int, int, int]], by: User | None) -> None:
    elements: dict[tuple[int, int], set[int]] = defaultdict(set)
    for period_id, organisation_id, element_id in rows:
        elements[period_id, organisation_id].add(element_id)
    if not elements:
        return
    touched = Submission.objects.filter(
        period__in={period for period, _ in elements},
        organisation__in={organisation for _, organisation in elements},
        values__accepted_at__isnull=False,
    ).distinct()
    for submission in touched:
        element_ids = elements.get((submission.period_id, submission.organisation_id))
        if element_ids:
            facts_withdrawn.send(Submission, submission=submission, by=by, element_ids=sorted(element_ids))


def _require_planner(by: User | None) -> None:
    if by is not None and not plans_collection(by):
        raise PermissionDenied
