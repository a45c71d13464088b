"""A Chinese reader finds no English on any page that opens for them."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.support.doors import WHO, make_world
from tests.support.names import EVERYWHERE
from tests.test_messages import Words
from tests.test_permissions import DOORS, THINGS, address_of

# User names are the same in every language.
CODES = re.compile(r"\b(user\d+|[A-Z]+-\w+|X-\d+|element_\d+|https?://\S+|Q[1-4]|[0-9a-f]{12,64})\b")
ALLOWED = EVERYWHERE | {"admin", "administrator", "leader", "deputy", "auditor"}
PAGES = [
    (route, door)
    for route, doors in DOORS.items()
    for door in doors
    if door.method == "get"
    and "o" in door.answers
    and not route.endswith((".xlsx", ".csv"))
    and "evidence" not in route
]


@pytest.fixture
def world(db):
    return make_world()


def english_in(html: str) -> list[str]:
    """Return the English words that a reader of the page sees or hears; formulas and codes apart."""
    html = re.sub(r"<(code|pre|svg)\b.*?</\1>", " ", html, flags=re.DOTALL)
    words = Words()
    words.feed(html)
    text = CODES.sub(" ", " ".join(words.found))
    return [word for word in re.findall(r"[A-Za-z]{2,}", text) if word not in ALLOWED]


@pytest.mark.parametrize(("route", "door"), PAGES, ids=[f"{route} {door.arguments}" for route, door in PAGES])
def test_pages_hold_no_english(world, route, door):
    values = THINGS[door.arguments](world) if door.arguments else ()
    found = {}
    for who, answer in zip(WHO, door.answers, strict=True):
        if answer != "o":
            continue
        client = Client()
        if who != "anonymous":
            client.force_login(world.people[who])
        response = client.get(address_of(route, values))
        if "text/html" in response["Content-Type"]:
            found[who] = english_in(response.content.decode())
    assert {who: words for who, words in found.items() if words} == {}
