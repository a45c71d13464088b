"""Reports of a release: who may ask, for which readers, and that the edition is theirs."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from apps.accounts.enums import Role
from apps.core.jobs.errors import JobFailure
from apps.reports.jobs.registry import BuildRequest
from apps.reports.jobs.releases import (
    ReleaseForm,
    SchoolReleaseForm,
    edition_for,
    parameters_of,
    release_audience,
    release_sha256,
)
from tests.factories import OfficeFactory, RegionFactory, SchoolFactory, UserFactory
from tests.support.releasing import release_make

pytestmark = pytest.mark.django_db


@pytest.fixture
def release(plan, leader, indicator):
    return release_make(plan=plan, quarter=1, by=leader)


def parameters(release, **more):
    return parameters_of(release) | more


def test_the_form_names_the_release(release, leader):
    form = ReleaseForm({"release": release.pk, "reach": "circulation"}, user=leader)
    assert form.is_valid(), form.errors
    found = form.parameters()
    assert found == parameters(release, reach="circulation")
    assert ReleaseForm.words(found) == "2025年第一季度（第 1 版），传阅版"


def test_without_a_release_the_form_says_so(plan, leader, client):
    client.force_login(leader)
    page = client.get("/reports/new/brief/").content.decode()
    assert "尚未发布任何季度，该报告以发布为依据。" in page
    assert "<select" not in page


def test_each_reader_has_an_audience(release, leader, plan):
    auditor = UserFactory(role=Role.AUDITOR, region=plan.region)
    office = OfficeFactory(region=plan.region)
    staff = UserFactory(role=Role.OFFICE, organisation=office, region=plan.region)
    inner, outer = parameters(release, reach="internal"), parameters(release, reach="circulation")
    assert release_audience(leader, inner) == "all"
    assert release_audience(staff, inner) == f"offices-{office.pk}"
    assert release_audience(auditor, outer) == "circulation"
    assert release_audience(leader, outer) == "circulation"


def test_schools_and_strangers_have_none_of_it(release, plan):
    reporter = UserFactory(organisation=SchoolFactory(region=plan.region))
    stranger = UserFactory(role=Role.LEADER, region=RegionFactory(code="430299"))
    for reach in ("internal", "circulation"):
        assert release_audience(reporter, parameters(release, reach=reach)) is None
        assert release_audience(stranger, parameters(release, reach=reach)) is None


def test_a_schools_report_is_for_its_people_and_the_leaders(release, plan, leader):
    school, other = SchoolFactory(region=plan.region), SchoolFactory(region=plan.region)
    own, neighbour = UserFactory(organisation=school), UserFactory(organisation=other)
    staff = UserFactory(role=Role.OFFICE, organisation=OfficeFactory(region=plan.region), region=plan.region)
    asked = parameters(release, school=school.pk, school_name=school.name)
    assert release_audience(own, asked) == f"school-{school.pk}"
    assert release_audience(leader, asked) == f"school-{school.pk}"
    assert release_audience(neighbour, asked) is None
    assert release_audience(staff, asked) is None
    form = SchoolReleaseForm({"release": release.pk, "school": other.pk}, user=own)
    assert "school" in form.errors


def test_the_role_is_asked_anew(release, leader):
    asked = parameters(release, reach="internal")
    assert release_audience(leader, asked) == "all"
    leader.role = Role.AUDITOR
    assert release_audience(leader, asked) == "circulation"


def test_the_edition_is_the_audiences(release, leader):
    request = BuildRequest(
        kind="any",
        parameters=parameters(release, reach="circulation"),
        audience="circulation",
        language="zh-hans",
        source=release_sha256(leader, parameters(release)),
        on=dt.date(2025, 4, 2),
        asked_by=leader,
    )
    edition = edition_for(request)
    assert (edition.sha256, edition.audience.key) == (release.sha256, "circulation")
    with pytest.raises(JobFailure):
        edition_for(dataclasses.replace(request, audience="all"))
