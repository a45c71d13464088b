"""The demonstration district: stored results, explanations and a plain recomputation say the same."""

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import Q

from apps.core import clock
from apps.demo import story
from apps.demo.services import seed
from apps.plans.models import AnnualPlan
from apps.rollups.aggregates import to_decimal
from apps.rollups.explain import explain
from apps.rollups.models import Result
from apps.rollups.services import rebuild
from tests.rollups import recompute

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture(scope="module")
def plan(django_db_setup, django_db_blocker):
    """The plan of the seeded district, rolled back after the module."""
    with django_db_blocker.unblock(), transaction.atomic(), clock.held_at(story.business_date("complete")):
        call_command("load_plan", verbosity=0)
        seed(stage="complete")
        yield AnnualPlan.objects.get()
        transaction.set_rollback(True)


def test_a_plain_recomputation_agrees(plan):
    assert Result.objects.count() > 400
    assert recompute.differences(plan) == {}


def test_a_rebuild_finds_no_difference(plan):
    assert rebuild(plan=plan).differences == []


def test_every_explanation_agrees_with_its_result(plan):
    wrong = []
    some = Q(period__quarter=4, slice_kind="all")
    some |= Q(period__quarter__in=[2, 3], slice_kind="stage", indicator__tier="core")
    related = ("indicator__plan__region", "period", "judgement")
    for result in Result.objects.filter(some).select_related(*related):
        found = explain(
            indicator=result.indicator,
            period=result.period,
            slice_kind=result.slice_kind,
            slice_value=result.slice_value,
        )
        said = (found.is_in_step, found.verdict.status, to_decimal(found.verdict.value))
        if said != (True, result.judgement.status, result.judgement.value):
            wrong.append((str(result), said))
    assert wrong == []
