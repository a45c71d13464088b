"""From every number to its explanation: each value that a page shows is a link to it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from apps.accounts.enums import Role
from tests.factories import UserFactory
from tests.rollups.district import District

pytestmark = pytest.mark.django_db
VALUE = re.compile(r"(?<![\d.])(53\.1|36\.4|57\.9)%")  # of the district and its two schools


class Links(HTMLParser):
    """The texts of a page with the address of the link around each; scripts and drawings left out."""

    def __init__(self, markup):
        super().__init__()
        self.open, self.skipped, self.texts = [], 0, []
        self.feed(markup)

    def handle_starttag(self, tag, attributes):
        if tag in ("script", "svg", "style", "title"):
            self.skipped += 1
        if tag == "a":
            self.open.append(dict(attributes).get("href", ""))

    def handle_endtag(self, tag):
        if tag in ("script", "svg", "style", "title"):
            self.skipped -= 1
        if tag == "a":
            self.open.pop()

    def handle_data(self, text):
        if not self.skipped:
            self.texts.append((text.strip(), self.open[-1] if self.open else ""))


@pytest.fixture
def district(today):
    made = District()
    rate = made.indicator("good", "tested", code="RATE", per_stage=True)
    made.target(rate, "at_least", 90)
    made.schools = [made.school("primary"), made.school("junior")]
    for school, stage, good, tested in zip(
        made.schools, ("primary", "junior"), (20, 110), (55, 190), strict=True
    ):
        for quarter in (1, 2, 3):
            made.report(school, quarter, stage=stage, good=good, tested=tested)
    made.refresh()
    return made


def test_each_value_is_at_most_two_links_from_its_explanation(district, client):
    client.force_login(UserFactory(role=Role.LEADER, region=district.region))
    explained = "/plans/2025/indicators/RATE/explain/"
    one = "/plans/2025/indicators/RATE/"
    pages = [
        "/",
        "/plans/2025/?quarter=3",
        f"/plans/2025/areas/{district.area.number}/?quarter=3",
        f"{one}?quarter=3",
    ]
    pages += [f"/schools/{school.pk}/?quarter=3" for school in district.schools]
    seen = 0
    for page in pages:
        markup = client.get(page).content.decode()
        leads = {address.split("?")[0] for _text, address in Links(markup).texts}
        for text, address in Links(markup).texts:
            if VALUE.search(text):
                seen += 1
                assert address.startswith(explained) or explained in leads, (page, text)
    assert seen >= 8


def test_the_value_itself_leads_there(district, client):
    client.force_login(UserFactory(role=Role.LEADER, region=district.region))
    one = "/plans/2025/indicators/RATE/explain/?quarter="
    found = {}
    for name, page in (
        ("overview", "/plans/2025/?quarter=3"),
        ("area", f"/plans/2025/areas/{district.area.number}/?quarter=3"),
        ("indicator", "/plans/2025/indicators/RATE/?quarter=3"),
        ("school", f"/schools/{district.schools[0].pk}/?quarter=3"),
    ):
        texts = Links(client.get(page).content.decode()).texts
        found[name] = {address for text, address in texts if VALUE.search(text) and address}
    assert f"{one}3" in found["overview"]
    assert {f"{one}{quarter}" for quarter in (1, 2, 3)} <= found["area"]
    assert f"{one}3" in found["indicator"]
    assert found["school"] == {f"{one}3&school={district.schools[0].pk}"}


def test_a_school_s_part_is_listed_alone_with_its_facts(district, client):
    client.force_login(UserFactory(role=Role.LEADER, region=district.region))
    first, second = district.schools
    address = f"/plans/2025/indicators/RATE/explain/?quarter=3&school={first.pk}"
    page = client.get(address).content.decode()
    assert (first.name in page, second.name in page) == (True, False)
    assert client.get(f"{address}0").status_code == 404
    table = client.get(f"/plans/2025/indicators/RATE.csv?table=included&quarter=3&school={first.pk}")
    rows = table.content.decode("utf-8-sig").splitlines()
    assert len(rows) == 2
    assert "20" in rows[1]
    assert "55" in rows[1]
