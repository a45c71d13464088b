"""Every deed × state × person: who has an effect on a thing while it is in a state; nobody else has one.

A row names the deeds that somebody may do in a state and who may; the others of tests/support/states.py
nobody may. A late return is still taken after its quarter is closed; only withdrawing has ended then.
`office` is the health office that reviews, `staff office` the other reviewer, `checking office` the one that
closes measures. `other` stands for people of the same roles elsewhere, who never may.
"""

from __future__ import annotations

from unittest import mock

import pytest
from django.db import transaction
from django.test import Client

from tests.factories import UserFactory
from tests.support import states
from tests.support.doors import make_world

pytestmark = pytest.mark.django_db

BUREAU = "administrator deputy leader"

TABLE = {
    "RETURN": {
        "draft": {"write": "principal reporter", "submit": "principal reporter"},
        "waiting for the principal": {"sign": "principal", "send back": "principal"},
        "submitted": {"withdraw": "principal reporter", "accept": "deputy office", "return": "deputy office"},
        "half accepted": {"accept": "deputy office", "return": "deputy office"},
        "returned": {"write": "principal reporter", "submit": "principal reporter"},
        "accepted": {"reopen": "deputy office"},
        "reopened": {"write": "principal reporter", "submit": "principal reporter"},
        "draft, quarter closed": {"write": "principal reporter", "submit": "principal reporter"},
        "submitted, quarter closed": {"accept": "deputy office", "return": "deputy office"},
        "draft, school closed": {},
    },
    "TARGET": {
        "to be confirmed": {"set": "administrator leader", "confirm": "administrator leader"},
        "in force": {"set": "administrator leader"},
        "change proposed by the administrator": {"set": "administrator leader", "confirm": "leader"},
        "change proposed by the leader": {"set": "administrator leader", "confirm": "administrator"},
    },
    "MEASURE": {
        "not_started": {
            "say how far": "office",
            "report": "office",
            "cancel": BUREAU,
            "add a step": "administrator office",
        },
        "completed": {"return": "checking office deputy", "close": "checking office deputy"},
        "closed": {"return": "checking office deputy"},
        "cancelled": {"take up": BUREAU},
    },
    "ORDER": {
        "open": {"answer": "principal reporter", "close": "administrator deputy leader other deputy"},
        "answered": {"answer": "principal reporter", "close": "administrator deputy leader other deputy"},
        "closed": {},
    },
    "JOB": {
        "waiting": {"cancel": "office", "look": "office"},
        "running": {"cancel": "office", "look": "office"},
        "failed": {"try again": "office", "look": "office"},
        "cancelled": {"try again": "office", "look": "office"},
    },
    "ACCOUNT": {
        "active": {
            "issue a code": "administrator",
            "switch off": "administrator",
            "end the second step": "administrator",
        },
        "switched off": {"switch on": "administrator", "end the second step": "administrator"},
    },
}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    nothing = mock.patch("django.template.backends.django.Template.render", return_value="")
    with django_db_blocker.unblock(), nothing, transaction.atomic():
        found = make_world()
        region, far = found.ours.plan.region, found.far_school.region
        everybody = states.people_of(found) | {
            "other reporter": found.draft.started_by,
            "other deputy": UserFactory(role="deputy", region=region),
            "far administrator": UserFactory(role="administrator", region=far),
        }
        found.clients = {}
        for who, person in everybody.items():
            found.clients[who] = Client()
            found.clients[who].force_login(person)
        yield found
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("name", "state"), [(name, state) for name in TABLE for state in getattr(states, name).states]
)
def test_only_who_may_has_an_effect(world, name, state):
    found = states.who_may(world, getattr(states, name), state)
    told = {deed: " ".join(sorted(who)) for deed, who in found.items() if who}
    assert told == TABLE[name][state]
