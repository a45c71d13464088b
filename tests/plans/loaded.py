"""What tests of loading ask of a report and of the loaded plan."""

import datetime as dt

from apps.accounts.enums import Role
from apps.collection.models import Period
from apps.core.loading import Outcome
from apps.plans.models import (
    AnnualPlan,
)
from tests.factories import UserFactory


def outcomes(report):
    """Return (kind, name, outcome, fields) of the records that were not left alone."""
    return [
        (line.kind, line.name, line.outcome.value, line.detail)
        for line in report.lines
        if line.outcome != Outcome.LEFT
    ]


def leader():
    return UserFactory(role=Role.LEADER, region=AnnualPlan.objects.get().region)


def open_period(plan):
    day = dt.date(2025, 6, 30)
    return Period.objects.create(
        plan=plan,
        quarter=2,
        starts_on=dt.date(2025, 4, 1),
        ends_on=day,
        opens_on=day,
        due_on=day,
        closes_on=day,
    )
