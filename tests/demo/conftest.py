"""The seeded district, once for each test module that asks for it, rolled back and swept after it."""

import time
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from apps.core import clock
from apps.demo import story
from apps.demo.services import seed
from apps.plans.models import AnnualPlan, TargetRevision


@pytest.fixture(scope="module", autouse=True)
def _swept(django_db_setup, django_db_blocker):
    """Take away what rolled-back seedings left behind: it makes every later query plan a slow one."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


@pytest.fixture(scope="module")
def planning(django_db_setup, django_db_blocker):
    """The district at stage planning: the plan and the schools, nothing reported."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_plan", verbosity=0)
        with clock.held_at(story.business_date("planning")):
            seed(stage="planning")
        yield AnnualPlan.objects.get()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def complete(django_db_setup, django_db_blocker):
    """The district at stage complete: `.plan`, `.made`, `.seconds`, `.proposed` (earlier revisions)."""
    with django_db_blocker.unblock(), transaction.atomic(), clock.held_at(story.business_date("complete")):
        call_command("load_plan", verbosity=0)
        proposed = set(TargetRevision.objects.values_list("pk", flat=True))
        started = time.monotonic()
        made = seed(stage="complete")
        yield SimpleNamespace(
            plan=AnnualPlan.objects.get(),
            made=made,
            seconds=time.monotonic() - started,
            proposed=proposed,
        )
        transaction.set_rollback(True)
