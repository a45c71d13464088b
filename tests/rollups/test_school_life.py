"""Every event of a school's life in every quarter: trends go on, denominators follow the date.

Three primary schools of 100 pupils, 40 of them fit, report one drill each quarter. What is stored is held
against `recompute`, which shares no code with the product, and against numbers worked out in the head.
"""

import datetime as dt
from decimal import Decimal as D

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from apps.collection.models import Assignment
from apps.collection.services import assignments_generate
from apps.core import clock
from apps.organisations import services
from apps.organisations.models import Organisation, OrganisationEvent
from apps.organisations.signals import schools_changed
from apps.plans.models import Baseline
from apps.plans.setting_up import baseline_lock
from apps.rollups.models import Result
from tests.rollups import recompute
from tests.rollups.district import District

pytestmark = pytest.mark.django_db
QUARTERS = (1, 2, 3, 4)
DAYS = {1: dt.date(2025, 2, 14), 2: dt.date(2025, 5, 14), 3: dt.date(2025, 8, 14), 4: dt.date(2025, 11, 14)}


class Town(District):
    """A small district whose forms are generated and whose events go through the services."""

    def __init__(self):
        super().__init__()
        self.fit = self.indicator("good", "pupils", per_stage=True)
        self.public = self.indicator('pupils if ownership == "public" else 0', "pupils", per_stage=True)
        self.drills = self.indicator(
            "drills", aggregation="sum", kind="count", accumulation="flow", unit="次"
        )
        self.one = self.school(name="甲校")
        self.two = self.school(name="乙校", ownership="private")
        self.three = self.school(name="丙校")
        self.pupils = {self.one.pk: 100, self.two.pk: 100, self.three.pk: 100}
        with clock.held_at(dt.date(2025, 1, 5)):
            assignments_generate(plan=self.plan, by=self.user)

    def report_quarter(self, quarter):
        """Everybody reports exactly what the quarter's form asks."""
        asked = Assignment.objects.filter(
            period=self.periods[quarter], withdrawn_on__isnull=True
        ).values_list("organisation_id", "stage", "element__code")
        for organisation_id, stage, code in asked:
            pupils = self.pupils[organisation_id]
            fact = {"pupils": pupils, "good": pupils * 40 // 100, "drills": 1}[code]
            self.accept(Organisation(pk=organisation_id), quarter, stage=stage, **{code: fact})

    def event(self, kind, on):
        with clock.held_at(on):
            EVENTS[kind](self, on)
            schools_changed.send(Town, region=self.region, by=self.user)

    def course(self, indicator, *names):
        rows = [self.result(indicator, quarter) for quarter in QUARTERS]
        return [tuple(getattr(row, name) for name in names) for row in rows]


def opened(town, on):
    school = services.school_open(
        region=town.region,
        code="2143990999",
        name="丁校",
        opened_on=on,
        school_type="primary",
        ownership="public",
        setting="urban",
        stages=["primary"],
        by=town.user,
    )
    town.pupils[school.pk] = 50


def merged(town, on):
    services.school_merge(school=town.two, into=town.three, on=on, by=town.user)
    town.pupils[town.three.pk] = 200


EVENTS = {
    "opened": opened,
    "merged": merged,
    "closed": lambda town, on: services.school_close(school=town.two, on=on, by=town.user),
    "renamed": lambda town, on: services.school_rename(school=town.two, name="新乙校", on=on, by=town.user),
    "ownership": lambda town, on: services.school_ownership_change(
        school=town.two, ownership="public", on=on, by=town.user
    ),
}
# What a quarter shows before the event and from its quarter on: schools due, fit pupils, pupils, public ones.
BEFORE = (3, 120, 300, 200)
AFTER = {
    "opened": (4, 140, 350, 250),
    "merged": (2, 120, 300, 300),
    "closed": (2, 80, 200, 200),
    "renamed": (3, 120, 300, 200),
    "ownership": (3, 120, 300, 300),
}


def through_the_year(town, kind, quarter):
    """Play the year with the event in `quarter`; return what was stored when it happened."""
    for one in QUARTERS:
        if one == quarter:
            town.refresh()
            stored = recompute.stored(town.plan)
            town.event(kind, DAYS[quarter])
        town.report_quarter(one)
    town.refresh()
    return stored


@pytest.mark.parametrize("kind", EVENTS)
def test_an_event_in_each_quarter(kind):
    base = Town()
    for quarter in QUARTERS:
        with transaction.atomic():
            town = base
            pupils = dict(town.pupils)
            stored = through_the_year(town, kind, quarter)
            expected = [AFTER[kind] if one >= quarter else BEFORE for one in QUARTERS]
            fit = town.course(town.fit, "n_due", "numerator", "denominator")
            assert fit == [(due, good, all_) for due, good, all_, _public in expected], quarter
            assert town.course(town.public, "numerator") == [(row[3],) for row in expected], quarter
            assert all(row.n_reported == row.n_due for row in Result.objects.filter(indicator=town.fit))
            # What flowed before stays, whoever has closed since.
            drills = [sum(row[0] for row in expected[:place]) for place in QUARTERS]
            assert town.course(town.drills, "numerator") == [(number,) for number in drills], quarter
            assert recompute.differences(town.plan) == {}, quarter
            gone_by = {key: row for key, row in stored.items() if key[1] < quarter}
            now = recompute.stored(town.plan)
            assert {key: now[key] for key in gone_by} == gone_by, quarter
            town.pupils = pupils
            transaction.set_rollback(True)
        for school in (base.one, base.two, base.three):
            school.refresh_from_db()


@pytest.mark.parametrize(
    ("on", "n_due"),
    [(dt.date(2025, 6, 30), [3, 2, 2, 2]), (dt.date(2025, 7, 1), [3, 3, 2, 2])],
    ids=["the last day", "the day after"],
)
def test_a_school_that_closes_at_the_turn_of_a_quarter(on, n_due):
    town = Town()
    with clock.held_at(on):
        services.school_close(school=town.two, on=on, by=town.user)
        schools_changed.send(Town, region=town.region, by=town.user)
    town.refresh()
    assert [row[0] for row in town.course(town.fit, "n_due")] == n_due


def test_what_a_closed_school_had_accepted_in_its_last_quarter_stays_in_the_flow():
    town = Town()
    town.report_quarter(1)
    town.report_quarter(2)
    town.event("closed", dt.date(2025, 6, 20))
    town.report_quarter(3)
    town.refresh()
    assert town.course(town.drills, "numerator") == [(3,), (6,), (8,), (8,)]
    assert town.course(town.fit, "denominator")[:3] == [(300,), (200,), (200,)]
    assert recompute.differences(town.plan) == {}


def test_several_events_in_one_year():
    town = Town()
    for quarter, kind in zip(QUARTERS, ("opened", "renamed", "ownership", "merged"), strict=True):
        town.event(kind, DAYS[quarter])
        town.report_quarter(quarter)
    town.refresh()
    assert recompute.differences(town.plan) == {}
    fit = town.course(town.fit, "n_due", "denominator")
    assert fit == [(4, 350), (4, 350), (4, 350), (3, 350)]
    assert town.course(town.public, "numerator") == [(250,), (250,), (350,), (350,)]


def test_a_rename_keeps_the_code_and_a_void_code_is_never_used_again():
    town = Town()
    code = town.two.code
    town.event("renamed", DAYS[2])
    town.two.refresh_from_db()
    assert (town.two.code, town.two.name) == (code, "新乙校")
    names = list(town.two.profiles.order_by("valid_from").values_list("name", "valid_to"))
    assert names == [("乙校", DAYS[2]), ("新乙校", None)]
    town.event("closed", DAYS[3])
    for used in (code, town.one.code):
        with pytest.raises(ValidationError) as refused:
            services.school_open(
                region=town.region,
                code=used,
                name="戊校",
                opened_on=DAYS[4],
                school_type="primary",
                ownership="public",
                setting="urban",
                stages=["primary"],
                by=town.user,
            )
        assert list(refused.value.error_dict) == ["code"]
    assert Organisation.objects.filter(code=code).count() == 1


def test_an_event_in_the_past_is_not_slipped_under_a_later_one():
    town = Town()
    town.event("ownership", DAYS[3])
    with clock.held_at(DAYS[4]), pytest.raises(ValidationError):
        services.school_rename(school=town.two, name="新乙校", on=DAYS[2], by=town.user)
    assert OrganisationEvent.objects.filter(organisation=town.two).count() == 1


def test_a_baseline_is_restated_after_a_merger():
    """A private kindergarten merged into a public one makes last year's share another one to compare with."""
    town = Town()
    town.target(town.public, "increase_by", 5)
    first = town.baseline(town.public, 200, 300)
    town.event("merged", DAYS[2])
    for quarter in (1, 2):
        town.report_quarter(quarter)
    town.refresh()
    before = town.result(town.public, 2).judgement.change
    with clock.held_at(DAYS[2]):
        baseline_lock(
            indicator=town.public,
            numerator=300,
            denominator=300,
            as_of=first.as_of,
            definition="2024年秋季，按2025年并校后口径",
            restated_reason="乙校并入丙校",
            by=town.user,
        )
    town.refresh()
    after = town.result(town.public, 2).judgement.change
    assert (round(before, 2), after) == (D("33.33"), 0)
    kept = Baseline.objects.filter(indicator=town.public).order_by("pk")
    assert [(row.numerator, row.superseded_at is None) for row in kept] == [(200, False), (300, True)]
