"""A correction is weighed before it is accepted, and told afterwards, where releases cite its figures."""

from __future__ import annotations

import pytest
from django.test import Client

from apps.collection.models import Notice
from apps.reports.releases.telling import corrections_tell
from tests.factories import RegionFactory, UserFactory
from tests.reports.releases.district import accepted, freeze, reopened
from tests.support.returns import review_of


@pytest.fixture
def release(small_district, submission, head):
    return freeze(small_district, head)


def page_for(user, address):
    client = Client()
    client.force_login(user)
    return client.get(address).content.decode()


def test_before_a_correction_is_accepted_it_names_the_releases_that_it_would_change(
    small_district, submission, release
):
    reopened(small_district, submission)
    review = review_of(submission, small_district.health)
    page = page_for(small_district.health_user, f"/reviews/{review.pk}/impact/")
    assert "2025年第二季度（第 1 版）：1 项指标的数据将发生变化，须发布新版本并附勘误表。" in page
    assert 'href="/releases/2025/2/v1/"' in page


def test_a_quarter_that_nothing_cites_says_nothing_of_releases(small_district, submission):
    reopened(small_district, submission)
    review = review_of(submission, small_district.health)
    page = page_for(small_district.health_user, f"/reviews/{review.pk}/impact/")
    assert "引用这些数据的发布" not in page


def test_the_overview_says_which_release_cites_it_and_whether_it_still_holds(
    small_district, submission, release, head
):
    address = "/plans/2025/?quarter=2"
    assert "发布 · 2025年第二季度（第 1 版） · 2025-09-01" in page_for(head, address)
    assert "第 1 版" not in page_for(head, "/plans/2025/?quarter=1")
    reopened(small_district, submission)
    accepted(small_district, submission)
    assert "已有更正，尚未发布新版本 · 2025年第二季度（第 1 版）" in page_for(head, address)


def test_leaders_and_administrators_are_told_of_a_correction_once(small_district, submission, release, head):
    region = small_district.plan.region
    administrator = UserFactory(role="administrator", region=region)
    UserFactory(role="auditor", region=region)
    UserFactory(role="leader", region=RegionFactory(code="430204"))
    assert corrections_tell() == 0
    reopened(small_district, submission)
    accepted(small_district, submission)
    assert [corrections_tell(), corrections_tell()] == [2, 0]
    told = Notice.objects.filter(kind="corrected")
    assert {notice.user_id for notice in told} == {head.pk, administrator.pk}
    head.refresh_from_db()
    assert head.unread_notices == 1
    page = page_for(head, "/notices/")
    assert "已发布的“2025年第二季度（第 1 版）”有数据更正" in page
    client = Client()
    client.force_login(head)
    notice = told.get(user=head)
    assert client.get(f"/notices/{notice.pk}/")["Location"] == "/releases/2025/2/v1/"


def test_a_version_that_is_not_the_latest_is_told_of_no_more(small_district, submission, release, head):
    reopened(small_district, submission)
    accepted(small_district, submission)
    freeze(small_district, head, reason="更正一所学校")
    assert corrections_tell() == 0
