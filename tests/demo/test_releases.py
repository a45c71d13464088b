"""The demonstration releases what is settled through the services that people use."""

from __future__ import annotations

from apps.demo.releases import SCHOOL, releases_play
from apps.organisations.models import Organisation
from apps.reports.releases.audience import Audience
from apps.reports.releases.changes import Section
from apps.reports.releases.edition import edition_of
from apps.reports.releases.erratum import erratum_of
from tests.support import districts


def test_two_quarters_are_released_and_one_again_after_a_schools_correction(
    django_db_setup, django_db_blocker
):
    with django_db_blocker.unblock(), districts.district("complete"):
        first, old, new = releases_play()
        assert [(one.quarter, one.version) for one in (first, old, new)] == [(1, 1), (2, 1), (2, 2)]
        assert releases_play() == []
        editions = [edition_of(one, Audience(sees_all=True)) for one in (old, new)]
        found = erratum_of(*editions).changes
        assert {change.subject.partition(" ")[0] for change in found} == {"A06-MYOPIA"}
        schools = [change.where for change in found if change.section == Section.SCHOOL_FIGURE]
        assert schools == [f"{Organisation.objects.get(code=SCHOOL).name} · 小学"]
        assert editions[1].text_of("judgement").startswith("示例")
