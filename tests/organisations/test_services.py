"""Events in a school's life: dated, recorded, never rewriting what was."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from apps.core.models import BusinessClock
from apps.organisations import services
from apps.organisations.models import Organisation, OrganisationEvent
from tests.factories import OfficeFactory, RegionFactory, SchoolFactory, UserFactory

pytestmark = pytest.mark.django_db
DAY = dt.date(2025, 4, 1)


@pytest.fixture
def school():
    BusinessClock.objects.create(fixed_date=dt.date(2025, 4, 2))
    return SchoolFactory(name="示例旧名")


@pytest.fixture
def boss(school):
    return UserFactory(role="administrator", region=school.region)


def profiles(school):
    rows = school.profiles.order_by("valid_from")
    return [(row.name, row.ownership, row.setting, row.valid_from.year, row.valid_to) for row in rows]


def test_a_renaming_keeps_the_code_and_the_past(school, boss):
    code = school.code
    services.school_rename(school=school, name="示例新名", on=DAY, by=boss, note="批复")
    school.refresh_from_db()
    assert (school.code, school.name) == (code, "示例新名")
    assert profiles(school) == [
        ("示例旧名", "public", "urban", 2010, DAY),
        ("示例新名", "public", "urban", 2025, None),
    ]
    event = school.events.get()
    assert (event.kind, event.happened_on, event.recorded_by, event.note) == ("renamed", DAY, boss, "批复")


def test_two_changes_on_one_day_make_one_profile(school, boss):
    services.school_rename(school=school, name="示例新名", on=DAY, by=boss)
    services.school_ownership_change(school=school, ownership="private", on=DAY, by=boss)
    assert profiles(school)[1:] == [("示例新名", "private", "urban", 2025, None)]


def test_type_setting_and_stages_change(school, boss):
    services.school_retype(
        school=school, school_type="nine_year", setting="town", stages=["primary", "junior"], on=DAY, by=boss
    )
    profile = school.profiles.get(valid_to__isnull=True)
    assert (profile.school_type, profile.setting) == ("nine_year", "town")
    assert sorted(school.stages.values_list("stage", "valid_from")) == [
        ("junior", DAY),
        ("primary", school.opened_on),
    ]


def test_a_merger_closes_the_one_and_names_the_other(school, boss):
    other = SchoolFactory(region=school.region)
    services.school_merge(school=school, into=other, on=DAY, by=boss)
    school.refresh_from_db()
    assert (school.closed_on, school.events.get().successor) == (DAY, other)
    assert not school.profiles.filter(valid_to__isnull=True).exists()
    assert not school.stages.filter(valid_to__isnull=True).exists()
    assert other.events.count() == 0


def opening(boss, code):
    return services.school_open(
        region=boss.region,
        code=code,
        name="示例新校",
        opened_on=DAY,
        school_type="primary",
        ownership="public",
        setting="urban",
        stages=["primary"],
        by=boss,
    )


def test_a_void_code_is_never_reused(school, boss):
    services.school_close(school=school, on=DAY, by=boss)
    with pytest.raises(ValidationError) as refusal:
        opening(boss, school.code)
    assert list(refusal.value.message_dict) == ["code"]
    assert Organisation.objects.filter(code=school.code).count() == 1


@pytest.mark.parametrize("code", ["123", "31430000012", "314300000A"])
def test_a_code_has_ten_digits(boss, code):
    with pytest.raises(ValidationError):
        opening(boss, code)


def refusals(school, other):
    yield services.school_rename, {"school": school, "name": "示例旧名", "on": DAY}
    yield services.school_rename, {"school": school, "name": "新", "on": dt.date(2026, 1, 1)}
    yield services.school_rename, {"school": school, "name": "新", "on": dt.date(2009, 1, 1)}
    yield services.school_ownership_change, {"school": school, "ownership": "public", "on": DAY}
    yield services.school_ownership_change, {"school": school, "ownership": "nobody", "on": DAY}
    yield services.school_retype, {"school": school, "on": DAY}
    yield services.school_retype, {"school": school, "stages": [], "on": DAY}
    yield services.school_retype, {"school": school, "stages": ["whole"], "on": DAY}
    yield services.school_close, {"school": school, "on": school.opened_on}
    yield services.school_merge, {"school": school, "into": school, "on": DAY}
    yield services.school_merge, {"school": other, "into": school, "on": DAY}


def test_what_does_not_fit_is_refused_and_leaves_nothing(school, boss):
    closed = SchoolFactory(region=school.region, closed_on=dt.date(2024, 1, 1))
    for service, given in refusals(school, closed):
        with pytest.raises(ValidationError):
            service(by=boss, **given)
    assert (OrganisationEvent.objects.count(), len(profiles(school))) == (0, 1)


@pytest.mark.parametrize("role", ["leader", "deputy", "auditor"])
def test_only_administrators_write(school, role):
    by = UserFactory(role=role, region=school.region)
    with pytest.raises(PermissionDenied):
        services.school_rename(school=school, name="新", on=DAY, by=by)
    with pytest.raises(PermissionDenied):
        services.office_update(office=OfficeFactory(region=school.region), name="新", by=by)


def test_administrators_elsewhere_do_not_write(school):
    far = RegionFactory(code="430204", level="district", parent=RegionFactory(code="000000"))
    by = UserFactory(role="administrator", region=far)
    with pytest.raises(PermissionDenied):
        services.school_close(school=school, on=DAY, by=by)


def test_a_school_is_not_renamed_like_an_office(school, boss):
    with pytest.raises(ValidationError):
        services.office_update(office=school, name="新", by=boss)
