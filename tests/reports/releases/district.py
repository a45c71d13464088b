"""A small district whose second quarter is settled: released once, corrected, released again."""

from __future__ import annotations

import datetime as dt
from typing import Any

from apps.accounts.models import User
from apps.collection.models import Submission
from apps.core import clock
from apps.reports.releases.checklist import warnings_in
from apps.reports.releases.checklist_facts import checklist_of
from apps.reports.releases.freezing import release_freeze
from apps.reports.releases.models import Release
from apps.reports.releases.services import next_version
from apps.reviews.services import review_accept, review_reopen
from apps.rollups.outbox import refresh_pending
from tests.reviews.test_services import correct
from tests.support.returns import IN_QUARTER_2, District, accept_all, review_of, submit

AFTER = dt.date(2025, 9, 1)
QUARTER = 2


def settled(district: District) -> Submission:
    """Accept the school's second quarter and bring the results up to date."""
    with clock.held_at(IN_QUARTER_2):
        submission = accept_all(district, submit(district, QUARTER))
        refresh_pending()
    return submission


def reopened(district: District, submission: Submission, facts: dict[str, str] | None = None) -> None:
    """Have the school correct its figures; the correction waits for review."""
    review_reopen(review=review_of(submission, district.health), by=district.health_user, reason="更正")
    correct(district, submission, facts or {"placed": "400"})


def accepted(district: District, submission: Submission) -> None:
    """Accept the correction and bring the results up to date."""
    review_accept(review=review_of(submission, district.health), by=district.health_user)
    refresh_pending()


def tokens(district: District, by: User) -> list[str]:
    findings = checklist_of(district.plan, quarter=QUARTER, by=by)
    return [finding.token for finding in warnings_in(findings)]


def freeze(district: District, by: User, **fields: Any) -> Release:
    """Release the second quarter, everything read."""
    asked: dict[str, Any] = {
        "version": next_version(district.plan, QUARTER),
        "acknowledged": tokens(district, by),
        **fields,
    }
    return release_freeze(plan=district.plan, quarter=QUARTER, by=by, **asked)
