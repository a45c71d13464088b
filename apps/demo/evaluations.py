"""Plays the national evaluations: what offices found, what another agreed to, rules confirmed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from apps.accounts.models import User
from apps.core import clock
from apps.organisations.models import Organisation
from apps.plans.models import AnnualPlan
from apps.rollups.evaluations import services
from apps.rollups.evaluations.loading import evaluations
from apps.rollups.evaluations.permissions import office_code
from apps.rollups.evaluations.rules import Check, Evaluation

CHECKED_AFTER = dt.timedelta(days=7)


@cache
def definition() -> dict[str, Any]:
    path = Path(settings.BASE_DIR) / "fixtures" / "demo" / "evaluations.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def evaluations_play(
    *, plan: AnnualPlan, offices: Mapping[int, User], administrator: User, today: dt.date
) -> None:
    """Record what had been found and confirmed by `today`.

    Args:
        offices: the account of each office by the office's key in the database.
    """
    people = {office.code: offices[office.pk] for office in Organisation.objects.filter(pk__in=list(offices))}
    for key, evaluation in evaluations().items():
        for row in definition()["findings"].get(key, ()):
            if row["as_of"] <= today:
                _find(plan, evaluation, row, people, offices, today)
        for row in definition()["confirmed"].get(key, ()):
            if row["decided_on"] <= today:
                with clock.held_at(row["decided_on"]):
                    services.rule_decide(
                        plan=plan,
                        evaluation=evaluation,
                        check=_check(evaluation, row["code"]),
                        confirm=True,
                        reason=row["reason"],
                        by=administrator,
                    )


def _check(evaluation: Evaluation, code: str) -> Check:
    check = evaluation.check(code)
    assert check is not None, code
    return check


def _find(
    plan: AnnualPlan,
    evaluation: Evaluation,
    row: Mapping[str, Any],
    people: Mapping[str, User],
    offices: Mapping[int, User],
    today: dt.date,
) -> None:
    """Record a finding on its day; the reviewing office agrees a week later."""
    check = _check(evaluation, row["code"])
    code = office_code(plan, check)
    with clock.held_at(row["as_of"]):
        finding = services.finding_record(
            plan=plan,
            evaluation=evaluation,
            check=check,
            meets=row.get("meets"),
            number=Decimal(row["number"]) if "number" in row else None,
            as_of=row["as_of"],
            basis=row["basis"],
            by=people[code],
        )
    agreed_on = row["as_of"] + CHECKED_AFTER
    if agreed_on > today:
        return
    reviewer = offices[plan.policy.cross_review_office_id]
    if reviewer == people[code]:
        reviewer = offices[plan.policy.second_review_office_id]
    with clock.held_at(agreed_on):
        services.finding_check(finding=finding, check=check, accept=True, by=reviewer)
