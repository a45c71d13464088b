"""What is kept of duties is what the rule itself says, also after the plan or the school has changed."""

from apps.collection import duties_kept
from apps.collection.duties import duties_of
from apps.collection.grouping import uses_of
from tests.factories import SchoolFactory


def told(period, organisation):
    """Return area and indicators of each fact, as uses_of tells them."""
    uses = uses_of(period, organisation)
    return {
        key: (area.number, sorted(one.pk for one in uses.indicators[key])) for key, area in uses.areas.items()
    }


def by_the_rule(period, organisation):
    duties = duties_of(plan_id=period.plan_id, periods=[period.pk], organisations=[organisation.pk])
    found = {}
    for duty in duties:
        _area, indicators = found.setdefault(duty.key, (duty.area_id, []))
        indicators.append(duty.indicator_id)
    numbers = {area.pk: area.number for area in period.plan.areas.all()}
    return {key: (numbers[area], sorted(set(pks))) for key, (area, pks) in found.items()}


def test_schools_of_one_kind_share_what_they_are_asked_and_others_do_not(district, django_assert_num_queries):
    period = district.periods[2]
    told(period, district.school)
    twin = SchoolFactory(region=district.plan.region)
    with django_assert_num_queries(1):
        uses_of(period, twin)
    for organisation in (district.school, twin, district.nine_year, district.finance, district.health):
        for quarter in district.periods.values():
            assert told(quarter, organisation) == by_the_rule(quarter, organisation)
    assert told(period, district.school) != told(period, district.nine_year)
    assert told(period, district.finance) != told(period, district.health)


def test_a_change_of_the_plan_or_of_the_school_is_seen_at_once(district):
    period, school = district.periods[2], district.school
    before = told(period, school)
    policy = district.plan.policy
    policy.muted_codes = [district.indicators["inclusion"].code]
    policy.save()
    muted = told(period, school)
    assert muted != before
    assert muted == by_the_rule(period, school)
    district.indicators["myopia"].due_quarters = [4]
    district.indicators["myopia"].save()
    assert told(period, school) == by_the_rule(period, school) != muted
    school.closed_on = period.starts_on
    school.save()
    assert told(period, school) == by_the_rule(period, school) == {}


def test_what_is_kept_is_bounded(district, monkeypatch):
    monkeypatch.setattr(duties_kept, "MOST", 1)
    for organisation in (district.school, district.nine_year, district.finance):
        told(district.periods[2], organisation)
    assert len(duties_kept._kept.asked) <= 2
