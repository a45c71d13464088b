"""People of another district get nothing of ours by counting numbers: every address with our objects."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import Client

from apps.accounts.enums import Role
from tests.factories import OfficeFactory, UserFactory
from tests.support.doors import letter, make_world
from tests.test_permissions import DOORS, THINGS, address_of

pytestmark = pytest.mark.django_db

# What the words name that belongs to nobody, or that is not there.
NOBODYS = {
    *(
        "table",
        "no table",
        "exported only",
        "no file",
        "no form file",
        "quarter",
        "year, quarter",
        "far quarter",
    ),
    *(
        "year",
        "far year",
        "no area",
        "no code",
        "no indicator",
        "far school",
        "far plan",
        "far person",
        "nobody",
    ),
    *(
        "far measure",
        "evaluation",
        "no evaluation",
        "far evaluation",
        "evaluation item",
        "no evaluation item",
    ),
    *("no step", "report", "no report"),
}
REFUSED = set("nfm")


def doors_to_things():
    """Yield route, door and the word for the thing, for every door to one thing of our district."""
    for route, doors in DOORS.items():
        for door in doors:
            if door.arguments and door.arguments not in NOBODYS:
                yield route, door


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        found = make_world()
        region = found.far_school.region
        office = OfficeFactory(region=region)
        places = {Role.REPORTER: found.far_school, Role.PRINCIPAL: found.far_school, Role.OFFICE: office}
        found.far_people = {
            role: UserFactory(username=f"far-{role}", role=role, region=region, organisation=places.get(role))
            for role in Role
        }
        found.far_people[Role.DEPUTY].offices_led.add(office)
        yield found
        transaction.set_rollback(True)


def test_there_is_something_to_look_for():
    assert len({door.arguments for _route, door in doors_to_things()}) > 15


@pytest.mark.parametrize("role", ["reporter", "office", "leader", "administrator"])
def test_a_stranger_gets_nothing(world, role):
    client = Client()
    client.force_login(world.far_people[role])
    open_doors = {}
    for route, door in doors_to_things():
        address = address_of(route, THINGS[door.arguments](world))
        with transaction.atomic():
            answer = getattr(client, door.method)(address, dict(door.data))
            transaction.set_rollback(True)
        if letter(answer) not in REFUSED:
            open_doors[door.method, address] = answer.status_code
    assert open_doors == {}
