"""A running system with a district in it, and what is asked of it after each blow."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import requests
from django.db import DatabaseError, close_old_connections, connection
from django.db.models import Count

T = TypeVar("T")


class World:
    """The district, its people, and questions to the database that wait until it is back."""

    def __init__(self, folder: Path, port: int) -> None:
        from apps.core.models import BusinessClock
        from tests.support.returns import IN_QUARTER_1, make_district

        self.folder, self.home = folder, f"http://127.0.0.1:{port}"
        BusinessClock.objects.create(fixed_date=IN_QUARTER_1)
        self.district = make_district()
        self.number = 0

    def school(self) -> tuple[Any, Any]:
        """Another school with its assignments, and its reporter."""
        from apps.collection.services import assignments_generate
        from apps.core import clock
        from tests.factories import SchoolFactory, UserFactory
        from tests.support.returns import IN_QUARTER_1

        school = SchoolFactory(region=self.district.plan.region)
        reporter = UserFactory(organisation=school)
        with clock.held_at(IN_QUARTER_1):
            assignments_generate(plan=self.district.plan)
        return school, reporter

    def draft(self) -> tuple[Any, Any]:
        """A complete draft of a school of its own, with numbers of its own, and its reporter."""
        from apps.collection.services import submission_start, values_save
        from tests.support.returns import QUARTER_1, entries

        school, reporter = self.school()
        self.number += 1
        facts = QUARTER_1 | {"visits": str(10 + self.number)}
        submission = submission_start(period=self.district.periods[1], organisation=school, by=reporter)
        values_save(submission=submission, entries=entries(self.district, facts), by=reporter)
        return submission, reporter

    def submitted(self) -> tuple[Any, Any]:
        from apps.collection.services import submission_submit

        submission, reporter = self.draft()
        return submission_submit(submission=submission, by=reporter), reporter


def patiently(ask: Callable[[], T], seconds: float = 60) -> T:
    """Ask until the database answers."""
    ends = time.monotonic() + seconds
    while True:
        try:
            close_old_connections()
            return ask()
        except DatabaseError:
            connection.close()
            if time.monotonic() > ends:
                raise
            time.sleep(0.1)


def until(condition: Callable[[], bool], what: str, seconds: float = 120) -> None:
    """Wait for a state of the database."""
    ends = time.monotonic() + seconds
    while not patiently(condition):
        if time.monotonic() > ends:
            raise AssertionError(f"never came: {what}")
        time.sleep(0.1)


def serves(home: str) -> bool:
    """Whether the web server and its database take people."""
    try:
        return requests.get(f"{home}/readyz?only=serving", timeout=3).status_code == 200
    except requests.RequestException:
        return False


def wait_until_served(home: str, seconds: float = 90) -> None:
    ends = time.monotonic() + seconds
    while not serves(home):
        if time.monotonic() > ends:
            raise AssertionError("the web server did not come back")
        time.sleep(0.1)


def wrong_results(plan: Any) -> list[Any]:
    """Differences between the stored results and all accepted facts, computed again from nothing."""
    from apps.rollups.models import StaleResult
    from apps.rollups.services import rebuild

    until(lambda: not StaleResult.objects.exists(), "an empty outbox")
    return list(patiently(lambda: rebuild(plan=plan)).differences)


def doubled_notices() -> int:
    """How many people were told the same step of the same return twice."""
    from apps.collection.models import Notice

    same = ("user", "kind", "organisation", "period", "step", "text", "on")
    return Notice.objects.values(*same).annotate(n=Count("pk")).filter(n__gt=1).count()
