"""A release is of one moment, whatever is accepted meanwhile; of two people who release at once, one does."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from apps.core import clock
from apps.core.models import BusinessClock
from apps.reports.models import Release
from apps.reports.releases import freezing, services
from apps.reports.releases.corrections import indicators_corrected
from apps.rollups.models import StaleResult
from tests.factories import UserFactory
from tests.reports.releases.district import AFTER, accepted, freeze, reopened, settled, tokens
from tests.support.returns import make_district

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 60


@pytest.fixture
def district(transactional_db):
    BusinessClock.objects.create(fixed_date=AFTER)
    with clock.held_at(AFTER):
        made = make_district()
        settled(made)
        yield made


def leader_of(district):
    return UserFactory(role="leader", region=district.plan.region)


def elsewhere(work: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    """Begin work on a connection of its own; its outcome, or what it raised, is put into the list."""
    outcome: list[Any] = []

    def run() -> None:
        try:
            with clock.held_at(AFTER):
                outcome.append(work())
        except Exception as error:
            outcome.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, outcome


def test_what_is_accepted_while_a_quarter_is_frozen_is_not_in_it(district, monkeypatch):
    leader, submission = leader_of(district), district.school.submissions.get()
    read, inside, told = tokens(district, leader), services.content_of, []

    def correcting() -> None:
        reopened(district, submission)
        accepted(district, submission)

    def content_of(*args: Any, **kwargs: Any) -> dict[str, Any]:
        """The checklist has been looked at: now a correction is asked, made, accepted and added up."""
        thread, outcome = elsewhere(correcting)
        thread.join(PATIENCE)
        told.extend(outcome)
        return inside(*args, **kwargs)

    monkeypatch.setattr(services, "content_of", content_of)
    release = freeze(district, leader, acknowledged=read)
    assert (told, StaleResult.objects.count()) == ([None], 0)
    held = {
        row["numerator"]
        for row in json.loads(release.content)["results"]
        if row["indicator_id"] == district.indicators["inclusion"].pk and row["slice_kind"] == "all"
    }
    assert held == {None, "2.0000"}
    assert indicators_corrected(release) == {district.indicators["inclusion"].pk}


def test_of_two_who_release_at_once_one_is_told(district, monkeypatch):
    people = [leader_of(district), leader_of(district)]
    read, inside = tokens(district, people[0]), freezing.checklist_of
    both = threading.Barrier(2)

    def checklist_of(*args: Any, **kwargs: Any) -> Any:
        """Both have begun before either has written."""
        found = inside(*args, **kwargs)
        both.wait(PATIENCE)
        return found

    monkeypatch.setattr(freezing, "checklist_of", checklist_of)
    begun = [elsewhere(lambda by=by: freeze(district, by, version=1, acknowledged=read)) for by in people]
    for thread, _outcome in begun:
        thread.join(PATIENCE)
    outcomes = [outcome for _thread, rest in begun for outcome in rest]
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Release", "ValidationError"]
    refused = next(outcome for outcome in outcomes if isinstance(outcome, ValidationError))
    assert "他人" in refused.messages[0]
    assert Release.objects.count() == 1
