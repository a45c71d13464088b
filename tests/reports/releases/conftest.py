"""The seeded district with all quarters accepted, and what a release of its last quarter freezes."""

from __future__ import annotations

from typing import Any

import pytest

from apps.plans.models import AnnualPlan
from apps.reports.releases.content import content_of
from tests.support import districts

QUARTER = 4


@pytest.fixture(scope="module")
def complete_plan(django_db_setup, django_db_blocker):
    """The plan of the district at stage complete."""
    with django_db_blocker.unblock(), districts.district("complete"):
        yield AnnualPlan.objects.select_related("region", "policy").get(year=2025)


@pytest.fixture(scope="module")
def content(complete_plan) -> dict[str, Any]:
    """What a draft of the fourth quarter holds."""
    return content_of(complete_plan, quarter=QUARTER, version=0)
