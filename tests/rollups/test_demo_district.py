"""The demonstration district: stored results, explanations and a plain recomputation say the same."""

import pytest
from django.db.models import Q

from apps.demo import plan_setup
from apps.plans.enums import SliceKind, Tier
from apps.plans.models import AnnualPlan, Indicator
from apps.rollups.aggregates import to_decimal
from apps.rollups.explain import explain
from apps.rollups.models import Result
from apps.rollups.services import rebuild
from tests.rollups import recompute
from tests.support import districts

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def everything_asked():
    """The decisions of the demonstration, but every tier and every indicator is switched on."""
    written = plan_setup.definition()
    return written | {
        "demonstrated": written["schools_also_asked"],
        "tiers": Tier.values,
        "schools_also_asked": list(Indicator.objects.values_list("code", flat=True)),
    }


@pytest.fixture(scope="module")
def plan(django_db_setup, django_db_blocker):
    """The plan of the seeded district with all its indicators asked, rolled back after the module."""
    with django_db_blocker.unblock(), districts.district("complete", decisions=everything_asked):
        yield AnnualPlan.objects.get()


def test_a_plain_recomputation_agrees(plan):
    covered = set(Result.objects.values_list("indicator__code", "period__quarter"))
    assert len(covered) == 159 * 4
    assert set(Result.objects.values_list("slice_kind", flat=True)) == set(SliceKind)
    assert recompute.differences(plan) == {}


def test_a_rebuild_finds_no_difference(plan):
    assert rebuild(plan=plan).differences == []


def test_every_explanation_agrees_with_its_result(plan):
    wrong = []
    demonstrated = Q(indicator__tier="core") | Q(indicator__code__in=everything_asked()["demonstrated"])
    some = Q(period__quarter=4, slice_kind="all") & demonstrated
    some |= Q(period__quarter=3, slice_kind="stage", indicator__tier="core")
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
