"""The seeded district at a stage, for each test module that asks for it."""

from types import SimpleNamespace

import pytest

from apps.plans.models import AnnualPlan
from tests.support import districts


@pytest.fixture(scope="module")
def planning(django_db_setup, django_db_blocker):
    """The district at stage planning: the plan and the schools, nothing reported."""
    with django_db_blocker.unblock(), districts.district("planning"):
        yield AnnualPlan.objects.get()


@pytest.fixture(scope="module")
def complete(django_db_setup, django_db_blocker):
    """The district at stage complete: `.plan`, `.made` and `.proposed` (the plan's own revisions)."""
    with django_db_blocker.unblock(), districts.district("complete") as told:
        yield SimpleNamespace(
            plan=AnnualPlan.objects.get(), made=SimpleNamespace(**told), proposed=set(told["proposed"])
        )
