"""Facts that the bureau took over from the yearly statistics, for schools that have not started their return.

The rows are those of `reviews.prefill`: a value with its source and its revision, accepted at once.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from apps.accounts.models import User
from apps.collection.models import DataValue, DataValueRevision, Period, Submission
from apps.demo.plan_setup import definition
from apps.demo.reporting import WrittenFact, owed, write_facts
from apps.demo.returns import Rows
from apps.organisations.enums import SchoolType
from apps.organisations.models import Organisation
from apps.plans.models import AnnualPlan

TYPES = (SchoolType.PRIMARY, SchoolType.JUNIOR)


def prefilled_rows(*, plan: AnnualPlan, rows: Rows, told: set[int], by: User, today: dt.date) -> Rows:
    """Return the rows of the figures taken over, none before that day.

    Args:
        rows: the returns that have been started; whoever started one writes the figures themselves.
        told: organisations whose form stays empty, because people are told to fill it in.
    """
    taken, text = Rows(), definition()["prefilled"]
    if today < text["taken_over_on"]:
        return taken
    period = plan.periods.get(quarter=text["quarter"])
    asked = owed(period)
    begun = {one.organisation_id for one in rows.submissions if one.period_id == period.pk} | told
    schools = Organisation.objects.schools().filter(pk__in=asked, profiles__school_type__in=TYPES)
    for school in schools.exclude(pk__in=begun).order_by("code").distinct()[: text["schools"]]:
        facts = write_facts(school, asked[school.pk], period)
        _take_over(taken, school, period, [f for f in facts if f.element.code in text["elements"]], by)
    return taken


def _take_over(rows: Rows, school: Organisation, period: Period, facts: list[WrittenFact], by: User) -> None:
    text = definition()["prefilled"]
    at = timezone.make_aware(dt.datetime.combine(text["taken_over_on"], dt.time(9)))
    submission = Submission(period=period, organisation=school, started_by=by, started_at=at, version=1)
    rows.submissions.append(submission)
    sourced: dict[str, Any] = {"source": text["source"], "source_on": text["source_on"]}
    accepted: dict[str, Any] = {"accepted_at": at, "accepted_by": by}
    for fact in facts:
        value = DataValue(
            submission=submission,
            element=fact.element,
            stage=fact.stage,
            number=fact.number,
            accepted_number=fact.number,
            updated_by=by,
            updated_at=at,
            **sourced,
            **accepted,
        )
        revision = DataValueRevision(
            value=value,
            number_in_order=1,
            number=fact.number,
            submitted_by=by,
            submitted_at=at,
            accepted_on=at.date(),
            **sourced,
            **accepted,
        )
        rows.values.append(value)
        rows.revisions.append(revision)
