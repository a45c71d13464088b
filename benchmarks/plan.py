"""The published plan as a province's, asking every school the same facts: python -m benchmarks.plan."""

from __future__ import annotations

import django


def prepare() -> None:
    """Migrate, load the plan, widen it to the province and to every school, add its people and quarters."""
    from django.core.management import call_command

    from apps.collection.services import assignments_generate, periods_create
    from apps.plans.models import AnnualPlan
    from apps.rollups.models import StaleResult

    call_command("migrate", verbosity=0, interactive=False)
    call_command("load_plan", verbosity=0)
    plan = AnnualPlan.objects.get()
    widen(plan)
    people(plan)
    periods_create(plan=plan)
    assignments_generate(plan=plan)
    report_offices(plan)
    StaleResult.objects.all().delete()


def widen(plan) -> None:  # type: ignore[no-untyped-def]
    """Every tier is asked, of every school, in every quarter; indicators over further facts are left out."""
    from apps.organisations.models import Organisation, Region
    from apps.plans.enums import Reporter
    from apps.plans.models import DataElement, PlanPolicy
    from benchmarks.sizes import ELEMENTS, QUARTERS

    plan.region = Region.objects.get(level="province")
    plan.save(update_fields=["region"])
    Organisation.objects.offices().update(region=plan.region)
    PlanPolicy.objects.filter(plan=plan).update(
        enabled_tiers=["core", "standard", "optional"], muted_codes=[]
    )
    asked = DataElement.objects.filter(reporter=Reporter.SCHOOL, indicator_links__isnull=False).distinct()
    further = [element.pk for element in asked if not element.is_numeric]
    numeric = [element.pk for element in asked.order_by("position", "code") if element.is_numeric]
    further += numeric[ELEMENTS:]
    plan.indicators.filter(element_links__element__in=further).delete()
    plan.indicators.filter(reporter=Reporter.SCHOOL).update(
        applies_to=[], stages=[], due_quarters=list(QUARTERS)
    )


def people(plan) -> None:  # type: ignore[no-untyped-def]
    """The bureau's people of the demonstration, and an account for each office."""
    from django.contrib.auth.hashers import make_password

    from apps.accounts.enums import Role
    from apps.accounts.models import User
    from apps.organisations.models import Organisation
    from benchmarks.generator import PASSWORD

    password = make_password(PASSWORD)
    offices = {
        f"office-{office.code.partition('-')[2].lower()}": office for office in Organisation.objects.offices()
    }
    named = {
        "leader": Role.LEADER,
        "admin": Role.ADMINISTRATOR,
        "auditor": Role.AUDITOR,
        "deputy": Role.DEPUTY,
    }
    rows = [User(username=name, role=role) for name, role in named.items()]
    rows += [User(username=name, role=Role.OFFICE, organisation=office) for name, office in offices.items()]
    for row in rows:
        row.name, row.password, row.region, row.is_demo = "示例", password, plan.region, True
    User.objects.bulk_create(rows)


def report_offices(plan) -> None:  # type: ignore[no-untyped-def]
    """The offices' own facts, all accepted."""
    from django.utils import timezone

    from apps.accounts.models import User
    from apps.collection.models import Assignment, DataValue, Submission

    admin, now = User.objects.get(username="admin"), timezone.now()
    owed = Assignment.objects.filter(period__plan=plan).select_related("element")
    stamps = {"submitted_by": admin, "submitted_at": now, "submitted_on": now.date(), "accepted_at": now}
    found = {}
    for period, organisation in owed.values_list("period_id", "organisation_id").distinct():
        found[period, organisation] = Submission.objects.create(
            period_id=period, organisation_id=organisation, status="accepted", started_by=admin, **stamps
        )
    DataValue.objects.bulk_create(
        DataValue(
            submission=found[row.period_id, row.organisation_id],
            element=row.element,
            stage=row.stage,
            number=1,
            updated_by=admin,
            accepted_number=1,
            accepted_at=now,
            accepted_by=admin,
        )
        for row in owed
        if row.element.is_numeric
    )


if __name__ == "__main__":
    django.setup()
    prepare()
