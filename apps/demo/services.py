"""Fills an empty database with the demonstration district, as far as a stage of the year."""

from __future__ import annotations

import io
from dataclasses import dataclass

import pghistory
from django.core.management import call_command
from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.enums import Role
from apps.accounts.models import User
from apps.collection.services import assignments_generate, period_events_note, periods_create
from apps.core import clock
from apps.core.models import BusinessClock
from apps.demo import story
from apps.demo.accounts import accounts_create, offices_by_key
from apps.demo.chasing import chase_play
from apps.demo.collecting import People, returns_play
from apps.demo.district import region_code
from apps.demo.evaluations import evaluations_play
from apps.demo.evidence import evidence_attach
from apps.demo.measures import Cast, cast_of, measures_play
from apps.demo.plan_setup import decided_on, decisions_make
from apps.demo.prefilled import prefilled_rows
from apps.demo.saving import rows_save, statistics_take
from apps.demo.schools import schools_create
from apps.organisations.models import Organisation
from apps.plans.models import AnnualPlan
from apps.rollups.services import rebuild

YEAR = 2025


class DemoRefusedError(Exception):
    """The demonstration cannot go into this database; `str()` of it says why and what to do."""


@dataclass(frozen=True)
class Seeded:
    """What was made, for the command's last line."""

    schools: int
    accounts: int
    returns: int
    facts: int


def is_seeded() -> bool:
    return Organisation.objects.schools().filter(is_demo=True).exists()


@transaction.atomic
def seed(*, stage: str, force: bool = False) -> Seeded:
    """Write the whole demonstration district in one transaction.

    Raises:
        DemoRefusedError: it is there already, or there are real schools and `force` is not given.
    """
    _refuse_unless_empty(force)
    today = story.business_date(stage)
    with clock.held_at(today), pghistory.context(command="seed_demo", stage=stage):
        plan = _plan()
        BusinessClock.objects.update_or_create(pk=1, defaults={"fixed_date": today})
        schools = schools_create(on=today)
        users = accounts_create(plan=plan, schools=schools)
        with clock.held_at(decided_on()):
            decisions_make(plan=plan, by=users["admin"])
        periods_create(plan=plan, by=users["admin"])
        assignments_generate(plan=plan, by=users["admin"])
        statistics_take()
        rows = returns_play(plan=plan, stage=stage, people=_people(plan, users), today=today)
        rows_save(rows)
        told = {user.organisation_id for user in users.values() if _is_told(user) and user.organisation_id}
        rows_save(prefilled_rows(plan=plan, rows=rows, told=told, by=users["admin"], today=today))
        statistics_take()
        evidence_attach(rows.submissions)
        measures_play(plan=plan, stage=stage, cast=_cast(plan, users), decided_on=decided_on(), today=today)
        evaluations_play(
            plan=plan, offices=_office_accounts(plan, users), administrator=users["admin"], today=today
        )
        period_events_note(plan=plan)
        chase_play(plan=plan, by=users["admin"], today=today)
        rebuild(plan=plan)
    return Seeded(len(schools), len(users), len(rows.submissions), len(rows.values))


def _is_told(user: User) -> bool:
    """People are told about this account; the others of schools are named by the school's code."""
    return not user.username[:1].isdigit()


def _refuse_unless_empty(force: bool) -> None:
    if is_seeded():
        raise DemoRefusedError(_("The demonstration district is already there. Start over with: make reset"))
    if not force and Organisation.objects.schools().exists():
        raise DemoRefusedError(
            _(
                "This database has real schools. The demonstration belongs into an empty one"
                " (--force overrides)."
            )
        )


def _plan() -> AnnualPlan:
    """Return the year's plan, loading it first where it is missing."""
    plans = AnnualPlan.objects.filter(region__code=region_code(), year=YEAR)
    if not plans.exists():
        call_command("load_plan", stdout=io.StringIO())
    return plans.get()


def _people(plan: AnnualPlan, users: dict[str, User]) -> People:
    """Return who reports and reviews: people are told about for their own school, else the code's account."""
    at_school = [user for user in users.values() if user.role == Role.REPORTER]
    told = [user for user in at_school if _is_told(user)]
    reporters = {user.organisation_id: user for user in [*at_school, *told] if user.organisation_id}
    offices = _office_accounts(plan, users)
    return People(reporters=reporters | offices, reviewers=offices)


def _cast(plan: AnnualPlan, users: dict[str, User]) -> Cast:
    return cast_of(users, _office_accounts(plan, users))


def _office_accounts(plan: AnnualPlan, users: dict[str, User]) -> dict[int, User]:
    return {office.pk: users[f"office-{key.lower()}"] for key, office in offices_by_key(plan).items()}
