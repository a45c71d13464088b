"""A release is made once, stays as it is, and can be cited."""

from __future__ import annotations

import json

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import Error, IntegrityError, connection, transaction

from apps.accounts.enums import Role
from apps.reports.models import Release, ReleaseText
from apps.reports.releases import canonical
from apps.reports.releases.audience import CIRCULATION, Audience, audience_of, may_read
from apps.reports.releases.edition import edition_of
from apps.reports.releases.services import text_save
from tests.factories import RegionFactory, SchoolFactory, UserFactory
from tests.support.releasing import release_make

pytestmark = pytest.mark.django_db


def test_a_release_holds_its_own_fingerprint(plan, leader, indicator):
    release = release_make(plan=plan, quarter=1, by=leader)
    assert release.sha256 == canonical.sha256_of(release.content)
    assert json.loads(release.content)["head"] == {
        "format": 1,
        "year": plan.year,
        "quarter": 1,
        "version": 1,
        "business_date": release.business_date.isoformat(),
    }
    assert [row.code for row in edition_of(release, audience_of(leader)).indicators] == [indicator.code]


def test_the_next_version_says_why(plan, leader):
    release_make(plan=plan, quarter=1, by=leader)
    with pytest.raises(ValidationError) as refused:
        release_make(plan=plan, quarter=1, by=leader)
    assert list(refused.value.message_dict) == ["reason"]
    assert release_make(plan=plan, quarter=1, by=leader, reason="更正一所学校的数据").version == 2
    assert release_make(plan=plan, quarter=2, by=leader).version == 1


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.DEPUTY])
def test_others_release_nothing(plan, role):
    with pytest.raises(PermissionDenied):
        release_make(plan=plan, quarter=1, by=UserFactory(role=role, region=plan.region, organisation=None))


def test_leaders_of_another_region_release_nothing(plan):
    stranger = UserFactory(role=Role.LEADER, region=RegionFactory(code="430202"))
    with pytest.raises(PermissionDenied):
        release_make(plan=plan, quarter=1, by=stranger)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE reports_release SET notes = 'x'",
        "DELETE FROM reports_release",
        "TRUNCATE reports_release CASCADE",
    ],
)
def test_a_release_stays_as_it_is(plan, leader, sql):
    release_make(plan=plan, quarter=1, by=leader)
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert Release.objects.count() == 1


def test_content_without_its_fingerprint_is_refused(plan, leader):
    with pytest.raises(Error), transaction.atomic():
        Release.objects.create(
            plan=plan,
            quarter=1,
            version=1,
            content="{}",
            sha256="0" * 64,
            business_date=plan.published_on,
            released_by=leader,
        )


def test_a_version_exists_once(plan, leader):
    first = release_make(plan=plan, quarter=1, by=leader)
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.create(
            plan=plan,
            quarter=1,
            version=1,
            content=first.content,
            sha256=first.sha256,
            business_date=first.business_date,
            released_by=leader,
        )


def test_the_bureaus_words_stay_between_versions_and_are_frozen_with_each(plan, leader):
    text_save(plan=plan, quarter=1, kind="judgement", area=None, body="总体平稳。", by=leader, version=0)
    first = release_make(plan=plan, quarter=1, by=leader)
    text_save(plan=plan, quarter=1, kind="judgement", area=None, body="总体良好。", by=leader, version=1)
    second = release_make(plan=plan, quarter=1, by=leader, reason="修改研判")
    told = [edition_of(release).texts[0, "judgement"] for release in (first, second)]
    assert told == ["总体平稳。", "总体良好。"]


def test_a_text_changed_meanwhile_is_not_overwritten(plan, leader):
    text_save(plan=plan, quarter=1, kind="judgement", area=None, body="甲", by=leader, version=0)
    with pytest.raises(ValidationError):
        text_save(plan=plan, quarter=1, kind="judgement", area=None, body="乙", by=leader, version=0)
    assert ReleaseText.objects.get().body == "甲"


def test_an_office_writes_of_its_own_area_only(plan, area):
    own = UserFactory(role=Role.OFFICE, region=plan.region, organisation=area.lead_office)
    text_save(plan=plan, quarter=1, kind="next_steps", area=area, body="继续推进。", by=own)
    with pytest.raises(PermissionDenied):
        text_save(plan=plan, quarter=1, kind="next_steps", area=None, body="全区。", by=own)


def test_nobody_reads_more_than_their_own(plan, leader, area):
    office = UserFactory(role=Role.OFFICE, region=plan.region, organisation=area.lead_office)
    mine, other = Audience(office_ids=frozenset({area.lead_office_id})), Audience(office_ids=frozenset({0}))
    school, neighbour = Audience(school_id=1), Audience(school_id=2)
    everything = Audience(sees_all=True)
    assert [may_read(leader, one) for one in (mine, other, school, everything, CIRCULATION)] == [True] * 5
    assert [may_read(office, one) for one in (mine, other, school, everything, CIRCULATION)] == [
        True,
        False,
        False,
        False,
        True,
    ]
    reporter = UserFactory(role=Role.REPORTER, organisation=SchoolFactory())
    own = Audience(school_id=reporter.organisation_id)
    assert [may_read(reporter, one) for one in (own, school, neighbour, CIRCULATION)] == [
        True,
        school == own,
        neighbour == own,
        False,
    ]
