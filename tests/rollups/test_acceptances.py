"""Acceptances one by one in a tree of regions give what a rebuild gives, and read what is new."""

from random import Random

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.plans.models import DataElement
from apps.reviews.signals import values_accepted
from apps.rollups import outbox
from apps.rollups.models import Judgement, Result
from apps.rollups.services import rebuild
from tests.factories import RegionFactory
from tests.rollups.district import NOT_APPLICABLE, District
from tests.rollups.test_recompute import INDICATORS

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(monkeypatch):
    monkeypatch.setattr(outbox, "publish", lambda *_: True)
    region = RegionFactory(code="430200", level="city", parent=RegionFactory(code="000000"))
    built = District(region=region)
    built.parts = [RegionFactory(code=f"43020{n}", level="district", parent=region) for n in (3, 4)]
    return built


def accept(city, organisation, quarter, stage, **facts):
    submission = city.accept(organisation, quarter, stage=stage, **facts)
    elements = list(DataElement.objects.filter(code__in=facts).values_list("pk", flat=True))
    values_accepted.send(None, submission=submission, element_ids=elements, by=city.user)
    outbox.refresh_pending()


def everything():
    names = [f.attname for f in Result._meta.concrete_fields if f.attname not in ("id", "computed_at")]
    judged = [f"judgement__{f.attname}" for f in Judgement._meta.concrete_fields]
    hidden = {"judgement__id", "judgement__result_id", "judgement__judged_on"}
    return set(Result.objects.values_list(*names, *(name for name in judged if name not in hidden)))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_order_of_acceptances_gives_what_a_rebuild_gives(city, seed):
    """Schools of two districts, one directly under the city and its office; corrected and excused again."""
    luck = Random(seed)
    for options in INDICATORS:
        indicator = city.indicator(**options)
        if "threshold" in options["numerator"]:
            city.target(indicator, "at_least", 2, level="school")
        elif not indicator.denominator:
            city.target(indicator, "at_least", 20)
    kinds = ("primary", "nine_year", "junior", "primary")
    schools = [
        city.school(kind, region=region, ownership=luck.choice(["public", "private"]))
        for kind, region in zip(kinds, [*city.parts, city.parts[0], city.region], strict=True)
    ]
    duties = [(city.office, "whole", ("population",))]
    for school in schools:
        stages = [row.stage for row in school.stages.all()]
        duties += [(school, stage, ("good", "pupils", "hours")) for stage in stages]
        duties.append((school, "whole", ("drills", "plays")))
    for organisation, stage, codes in duties:
        for quarter in (1, 2, 3, 4):
            city.owe(organisation, quarter, codes, stage=stage)
    rebuild(plan=city.plan)
    for _ in range(10):
        organisation, stage, codes = luck.choice(duties)
        facts = {code: luck.choice([0, 1, 3, 12, NOT_APPLICABLE]) for code in codes}
        accept(city, organisation, luck.choice([1, 2, 4]), stage, **facts)
    found = everything()
    assert rebuild(plan=city.plan).differences == []
    assert everything() == found


def test_above_the_district_only_what_moved_is_written(city):
    count = city.indicator("drills", aggregation="sum", unit="次", kind="count")
    schools = [
        city.school(region=part, ownership=o)
        for part, o in zip(city.parts, ("public", "private"), strict=True)
    ]
    for school in schools:
        city.owe(school, 4, ["drills"])
        accept(city, school, 4, "whole", drills=2)
    before = dict(Result.objects.values_list("pk", "computed_at"))
    accept(city, schools[0], 4, "whole", drills=5)
    moved = Result.objects.exclude(computed_at__in=before.values())
    keys = {(row.region.code, row.slice_kind, row.slice_value) for row in moved.select_related("region")}
    slices = {("all", ""), ("ownership", "public"), ("setting", "urban"), ("stage", "primary")}
    assert keys == {(code, *one) for code in ("430200", "430203") for one in slices}
    assert city.result(count, 4).numerator == 7


def test_what_is_known_of_a_plan_is_read_again_when_it_has_changed(city):
    count = city.indicator("drills", aggregation="sum", unit="次", kind="count", direction="at_least")
    school = city.school(region=city.parts[0])
    city.owe(school, 4, ["drills"])
    accept(city, school, 4, "whole", drills=5)
    with CaptureQueriesContext(connection) as again:
        accept(city, school, 4, "whole", drills=6)
    assert not any('FROM "plans_indicator"' in query["sql"] for query in again)
    with transaction.atomic():  # what is undone has never been
        city.target(count, "at_least", 9)
        outbox.refresh_pending()
        assert city.result(count, 4).judgement.target_revision.value == 9
        transaction.set_rollback(True)
    accept(city, school, 4, "whole", drills=7)
    assert city.result(count, 4).judgement.target_revision is None
    city.target(count, "at_least", 7)
    outbox.refresh_pending()
    assert city.result(count, 4).judgement.status == "achieved"
