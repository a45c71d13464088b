"""The lock every write to a return takes first."""

from __future__ import annotations

from functools import cache

from django.db import connection

from apps.collection.models import Period, Submission
from apps.core import prepared
from apps.core.rows import columns, read
from apps.organisations.models import Organisation
from apps.plans.models import AnnualPlan, PlanPolicy


def locked(submission: Submission) -> Submission:
    """Return the return read anew and locked until the transaction ends; writers queue here.

    With its organisation, and its period with plan and policy.
    """
    with connection.cursor() as cursor:
        prepared.execute(cursor, _by_key(), [submission.pk])
        row = cursor.fetchone()
    if row is None:
        raise Submission.DoesNotExist
    found, after = read(Submission, row)
    organisation, after = read(Organisation, row, after)
    period, after = read(Period, row, after)
    plan, after = read(AnnualPlan, row, after, "text")
    policy, _end = read(PlanPolicy, row, after)
    assert found is not None
    assert organisation is not None
    assert period is not None
    assert plan is not None
    found.organisation, found.period, period.plan = organisation, period, plan
    if policy is not None:
        plan.policy = policy
    return found


@cache
def _by_key() -> str:
    return f"""SELECT {columns(Submission, "s")}, {columns(Organisation, "o")}, {columns(Period, "q")},
            {columns(AnnualPlan, "p", "text")}, {columns(PlanPolicy, "y")}
        FROM collection_submission s
        JOIN organisations_organisation o ON o.id = s.organisation_id
        JOIN collection_period q ON q.id = s.period_id
        JOIN plans_annualplan p ON p.id = q.plan_id
        LEFT JOIN plans_planpolicy y ON y.plan_id = p.id
        WHERE s.id = %s FOR UPDATE OF s"""  # noqa: S608  # nosec B608 - names of columns
