"""A world for the test of every address × every role: our district and another one beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from apps.accounts.enums import Role
from apps.accounts.models import LoginLock, SecondFactor
from apps.accounts.security.sealing import seal
from apps.collection.models import Evidence, Notice, SupervisionOrder
from apps.collection.services import submission_start
from apps.core.models import BusinessClock, Job
from apps.organisations.models import Region
from apps.plans.models import MeasureEvidence, Target, TargetRevision, ValidationRule
from apps.reports.models import ReportSchedule
from tests.dashboards.factories import MeasureFactory
from tests.factories import AreaFactory, OfficeFactory, PlanFactory, RegionFactory, SchoolFactory, UserFactory
from tests.support.releasing import release_make
from tests.support.returns import QUARTER_1, District, make_district, submit

WHO = ("anonymous", *Role.values)


@dataclass(frozen=True)
class Door:
    """One way through an address: method, what its arguments name, what is sent, and what each of `WHO` gets.

    Answers are one letter each: l to the login page, o 200, r elsewhere (302), f 403, n 404, m 405,
    b 400, u 422, x 503.
    """

    method: str
    answers: str
    arguments: str = ""
    data: tuple[tuple[str, str], ...] = ()


def get(answers: str, arguments: str = "") -> Door:
    return Door("get", answers, arguments)


def post(answers: str, arguments: str = "", **data: str) -> Door:
    return Door("post", answers, arguments, tuple(data.items()))


def routes(patterns: Any = None, prefix: str = "") -> Iterator[str]:
    """Yield the route of every address of the site, the administration's own apart."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if not route.startswith("admin/"):
                yield from routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route


def make_world() -> SimpleNamespace:
    """Make the world: one return of our school is submitted, one target waits to be confirmed."""
    BusinessClock.objects.create(fixed_date=dt.date(2025, 4, 2))
    ours: District = make_district()
    region = ours.plan.region
    far_region = RegionFactory(code="430204", level="district", parent=_nation())
    far_school = SchoolFactory(region=far_region)
    far_plan = PlanFactory(region=far_region, year=2031)
    submission = submit(ours, 1, QUARTER_1)
    other_reporter = UserFactory(organisation=ours.nine_year)
    draft = submission_start(period=ours.periods[1], organisation=ours.nine_year, by=other_reporter)
    evidence = Evidence.objects.create(
        submission=submission,
        file=ContentFile(b"example", name="evidence.pdf"),
        original_name="示例.pdf",
        content_type="application/pdf",
        size=7,
        sha256="0" * 64,
        uploaded_by=ours.reporter,
    )
    measure = MeasureFactory(
        area=ours.indicators["inclusion"].area, lead_office=ours.health, name_en="", name="示例举措"
    )
    measure_evidence = MeasureEvidence.objects.create(
        measure=measure,
        file=ContentFile(b"example", name="measure.pdf"),
        original_name="示例.pdf",
        content_type="application/pdf",
        size=7,
        sha256="0" * 64,
        uploaded_by=ours.health_user,
    )
    far_measure = MeasureFactory(
        area=AreaFactory(plan=far_plan, lead_office=OfficeFactory(region=far_region)),
        lead_office=OfficeFactory(region=far_region),
    )
    target = _proposed(ours.indicators["teachers"])
    order = SupervisionOrder.objects.create(
        plan=ours.plan,
        number=1,
        period=ours.periods[1],
        organisation=ours.school,
        evidence="示例",
        demand="示例",
        answer_due_on=dt.date(2025, 4, 9),
        issued_by=ours.health_user,
        issued_on=dt.date(2025, 4, 2),
    )
    notice = Notice.objects.create(
        user=ours.reporter,
        kind="reminder",
        organisation=ours.school,
        period=ours.periods[1],
        due_on=dt.date(2025, 4, 10),
        on=dt.date(2025, 4, 2),
    )
    job = Job.objects.create(
        owner=ours.health_user,
        kind="overview-workbook",
        parameters={"year": 2025, "quarter": 1},
        audience="example",
        language="zh-hans",
        on=dt.date(2025, 4, 2),
        fingerprint="0" * 64,
    )
    people = {
        "reporter": ours.reporter,
        "principal": ours.principal,
        "office": ours.health_user,
        **{
            role: UserFactory(username=role, role=role, region=region)
            for role in ("deputy", "leader", "administrator", "auditor")
        },
    }
    people["deputy"].offices_led.add(ours.health)
    strangers = {
        "far_user": UserFactory(role="leader", region=far_region),
        "far_reporter": UserFactory(organisation=far_school),
    }
    return SimpleNamespace(
        ours=ours,
        people=people,
        submission=submission,
        draft=draft,
        evidence=evidence,
        order=order,
        job=job,
        schedule=_schedule(people["administrator"]),
        notice=notice,
        review=submission.reviews.get(office=ours.health),
        staff_review=submission.reviews.get(office=ours.staff),
        target=target,
        lock=_locked(ours.reporter),
        rule=ValidationRule.objects.get(kind="at_most"),
        measure=measure,
        measure_evidence=measure_evidence,
        far_measure=far_measure,
        far_plan=far_plan,
        far_school=far_school,
        other_school=ours.nine_year,
        **strangers,
    )


def _locked(user: Any) -> LoginLock:
    """Lock the person's login and give them a second step."""
    SecondFactor.objects.create(
        user=user, sealed=seal(b"0" * 20, user_id=user.pk), confirmed_at=timezone.now()
    )
    hour = timezone.now() + dt.timedelta(hours=1)
    return LoginLock.objects.create(
        kind="account", key=f"login:{user.username}", failures=5, since=timezone.now(), locked_until=hour
    )


def _nation() -> Region:
    return RegionFactory(code="000000", name="中国")


def _schedule(administrator: Any) -> ReportSchedule:
    return ReportSchedule.objects.create(
        region=administrator.region,
        kind="overview-workbook",
        when="release",
        since=dt.date(2025, 4, 2),
        since_at=timezone.now(),
        created_by=administrator,
    )


def _proposed(indicator: Any) -> Target:
    target = Target.objects.create(indicator=indicator, source="plan_implied")
    TargetRevision.objects.create(
        target=target,
        number=1,
        source="plan_implied",
        operator=indicator.direction,
        value=90,
        effective_from=dt.date(2025, 1, 1),
        reason="示例",
    )
    return target


def released(world: SimpleNamespace, versions: int = 1) -> tuple[int, int, int]:
    """Release our first quarter as it stands; return year, quarter and the last version."""
    for _version in range(versions):
        release_make(plan=world.ours.plan, quarter=1, by=world.people["leader"], reason="示例")
    return 2025, 1, versions


def knock(world: SimpleNamespace, door: Door, address: str) -> str:
    """Return the answers that everybody gets at `address`; nothing any of them does stays."""
    answers = ""
    for who in WHO:
        client = Client()
        if who != "anonymous":
            client.force_login(world.people[who])
        with transaction.atomic():
            response = getattr(client, door.method)(address, dict(door.data))
            answers += letter(response)
            for close in response._resource_closers if response.streaming else ():
                close()  # response.close() would end the test's connection with it
            transaction.set_rollback(True)
    return answers


def letter(response: Any) -> str:
    """Return the letter of a response."""
    if response.status_code == 302:
        return "l" if response["Location"].startswith("/login/?next=") else "r"
    return {
        401: "x",
        200: "o",
        503: "x",
        403: "f",
        404: "n",
        405: "m",
        400: "b",
        422: "u",
        409: "w",
        304: "o",
        204: "o",
    }[response.status_code]
