"""A release's page: its facts, its fingerprint recomputed, and what has been corrected since."""

from __future__ import annotations

import pgtrigger
import pytest
from django.test import Client

from apps.reports.models import Release
from apps.reports.releases.corrections import indicators_corrected
from apps.rollups.services import rebuild
from tests.reports.releases.district import accepted, freeze, reopened

ADDRESS = "/releases/2025/2/v1/"
CORRECTED = "已有更正，尚未发布新版本"


@pytest.fixture
def release(small_district, submission, head):
    return freeze(small_district, head, notes="示例说明")


def page_for(user, address=ADDRESS):
    client = Client()
    client.force_login(user)
    return client.get(address).content.decode()


def test_a_release_says_what_it_is(release, head):
    page = page_for(head)
    assert [release.sha256 in page, "示例说明" in page, "2025-09-01" in page] == [True] * 3
    assert "刚刚重新计算" not in page
    assert "一致：发布以来内容未作任何改动" in page_for(head, ADDRESS + "?verify=1")


def test_content_that_was_tampered_with_is_not_shown(release, head):
    with pgtrigger.ignore("reports.Release:release_stays"):
        Release.objects.update(content=release.content.replace('"quarter":2', '"quarter":1'))
    page = page_for(head)
    assert "与其所载校验值不符" in page
    assert "截至" not in page


def test_a_correction_is_told_until_the_next_version(small_district, submission, release, head):
    assert indicators_corrected(release) == set()
    assert CORRECTED not in page_for(head) + page_for(head, "/releases/")
    reopened(small_district, submission)
    assert indicators_corrected(release) == set()
    accepted(small_district, submission)
    assert indicators_corrected(release) == {small_district.indicators["inclusion"].pk}
    assert [CORRECTED in page_for(head), CORRECTED in page_for(head, "/releases/")] == [True, True]
    second = freeze(small_district, head, reason="更正一所学校")
    assert indicators_corrected(second) == set()
    assert CORRECTED not in page_for(head, "/releases/")
    assert "第2版" in page_for(head)


def test_a_rebuild_and_later_quarters_correct_nothing(small_district, release):
    rebuild(plan=small_district.plan)
    assert indicators_corrected(release) == set()


def test_the_lights_are_those_of_the_release_not_of_today(small_district, submission, release, head):
    before = page_for(head)
    reopened(small_district, submission)
    accepted(small_district, submission)
    after = page_for(head)
    shown = [page[page.index("areas-title") :].partition("</section>")[0] for page in (before, after)]
    assert shown[0] == shown[1]


def test_a_school_has_its_own_report_of_what_was_released_and_nothing_else(small_district, release):
    page = page_for(small_district.reporter, "/releases/school/")
    links = [part.partition('"')[0] for part in page.split('href="')[1:]]
    assert [link for link in links if f"?release={release.pk}" in link] != []
    assert [link for link in links if link.startswith("/releases/2025")] == []
    client = Client()
    client.force_login(small_district.reporter)
    assert client.get(ADDRESS).status_code == 403


def test_before_anything_is_released_a_school_is_told_so(small_district):
    assert "还没有发布" in page_for(small_district.reporter, "/releases/school/")
