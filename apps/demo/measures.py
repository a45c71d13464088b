"""Plays the measures: due dates that the demonstration bureau decided, their courses, their steps."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.utils import timezone

from apps.accounts.enums import Role
from apps.accounts.models import User
from apps.demo.district import random_for
from apps.demo.saving import stated_times
from apps.plans.enums import MeasureStatus as Status
from apps.plans.enums import StepStatus
from apps.plans.measures.models import MeasureStep, MeasureUpdate
from apps.plans.measures.permissions import checking_office_id
from apps.plans.measures.workflow import IN_HAND, SAID_COMPLETED
from apps.plans.models import AnnualPlan, Measure

CLOSED_AGAIN = "closed_again"
BEGUN, REPORTED = [Status.IN_PROGRESS], [Status.IN_PROGRESS, Status.COMPLETED]
CHAINS: dict[str, list[Status]] = {
    Status.NOT_STARTED: [],
    Status.IN_PROGRESS: BEGUN,
    Status.DELAYED: [*BEGUN, Status.DELAYED],
    Status.COMPLETED: REPORTED,
    Status.CLOSED: [*REPORTED, Status.CLOSED],
    Status.RETURNED: [*REPORTED, Status.RETURNED],
    CLOSED_AGAIN: [*REPORTED, Status.RETURNED, Status.COMPLETED, Status.CLOSED],
    Status.CANCELLED: [Status.CANCELLED],
}


@cache
def definition() -> dict[str, Any]:
    path = Path(settings.BASE_DIR) / "fixtures" / "demo" / "measures.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Cast:
    """Who acts: the account of each office, the deputy of each office, and the administrator."""

    offices: Mapping[int, User]
    deputies: Mapping[int, User]
    administrator: User


def cast_of(users: Mapping[str, User], offices: Mapping[int, User]) -> Cast:
    """Return who acts on measures among the demonstration accounts."""
    deputies = {
        office.pk: user
        for user in users.values()
        if user.role == Role.DEPUTY
        for office in user.offices_led.all()
    }
    return Cast(offices, deputies, users["admin"])


def measures_play(*, plan: AnnualPlan, stage: str, cast: Cast, decided_on: dt.date, today: dt.date) -> None:
    """Give every measure of a plan its due date, course and steps, the same every time."""
    rows = Measure.objects.filter(area__plan=plan).select_related("area__plan__policy", "lead_office")
    measures = list(rows.order_by("code"))
    courses = _courses(stage, [measure.code for measure in measures])
    updates: list[MeasureUpdate] = []
    steps: list[MeasureStep] = []
    for measure in measures:
        luck = random_for("measure", measure.code)
        chain = CHAINS[courses[measure.code]]
        updates += _decide_due(measure, chain, cast, luck, decided_on, today)
        updates += _play(measure, chain, cast, luck, decided_on, today)
        steps += _steps(measure, luck, decided_on, today)
    Measure.objects.bulk_update(measures, ["due_on", "status", "completed_on"])
    with stated_times():
        MeasureUpdate.objects.bulk_create(updates)
    MeasureStep.objects.bulk_create(steps)


def _courses(stage: str, codes: list[str]) -> dict[str, str]:
    fixed = definition()["fixed"].get(stage, {})
    free = [code for code in codes if code not in fixed]
    random_for("measure courses", stage).shuffle(free)
    mix = [
        (course, place)
        for course, percent in definition()["stages"][stage].items()
        for place in range(percent)
    ]
    drawn = {code: mix[int((place + 0.5) * 100 / len(free))][0] for place, code in enumerate(free)}
    return drawn | {code: course for code, course in fixed.items() if code in codes}


def _decide_due(
    measure: Measure, chain: list[Status], cast: Cast, luck: random.Random, since: dt.date, today: dt.date
) -> Iterator[MeasureUpdate]:
    """Decide a due date where the plan gives none; the history says that it is invented."""
    text = definition()["due"]
    is_drawn, is_ahead = luck.random() * 100 < text["percent"], luck.random() * 100 < text["ahead_percent"]
    if measure.due_on is not None or not is_drawn:
        return
    last = chain[-1] if chain else Status.NOT_STARTED
    ahead = [date for date in text["dates"] if date > today]
    measure.due_on = luck.choice(ahead if last in IN_HAND and is_ahead else text["dates"])
    note = text["note"].format(date=measure.due_on.isoformat())
    moment = _moment(since, 8, luck)
    yield _update(measure, Status.NOT_STARTED, Status.NOT_STARTED, note, cast.administrator, moment)


def _play(
    measure: Measure, chain: list[Status], cast: Cast, luck: random.Random, since: dt.date, today: dt.date
) -> Iterator[MeasureUpdate]:
    days = sorted(luck.randint(1, max(1, (today - since).days)) for _step in chain)
    before = Status.NOT_STARTED
    for place, (after, day) in enumerate(zip(chain, days, strict=True)):
        date = min(since + dt.timedelta(days=day), today)
        note, moment = luck.choice(definition()["notes"][after]), _moment(date, 9 + place, luck)
        yield _update(measure, before, after, note, _actor(measure, after, cast, luck), moment)
        if after in SAID_COMPLETED:
            measure.completed_on = measure.completed_on or date
        else:
            measure.completed_on = None
        before = measure.status = after


def _actor(measure: Measure, after: Status, cast: Cast, luck: random.Random) -> User:
    deputy = cast.deputies[measure.lead_office_id]
    if after == Status.CANCELLED:
        return deputy
    if after in (Status.CLOSED, Status.RETURNED):
        return luck.choice([deputy, cast.offices[checking_office_id(measure)]])
    return cast.offices[measure.lead_office_id]


def _moment(date: dt.date, hour: int, luck: random.Random) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(date, dt.time(hour, luck.randint(0, 59))))


def _update(
    measure: Measure, before: Status, after: Status, note: str, by: User, moment: dt.datetime
) -> MeasureUpdate:
    return MeasureUpdate(
        measure=measure,
        from_status=before,
        to_status=after,
        note=note,
        by=by,
        at=moment,
        business_date=moment.date(),
    )


def _steps(measure: Measure, luck: random.Random, since: dt.date, today: dt.date) -> Iterator[MeasureStep]:
    """Plan steps for some; those of a completed measure are done, of one under way the first ones."""
    text = definition()["steps"]
    if luck.random() * 100 >= text["percent"]:
        return
    names = text["names"]
    is_over = measure.status in SAID_COMPLETED
    n_done = len(names) if is_over else luck.randint(1, 2) if measure.status == Status.IN_PROGRESS else 0
    span = ((measure.completed_on or today) - since).days
    due_span = (measure.due_on - since).days if measure.due_on else 0
    for place, name in enumerate(names, start=1):
        is_done = place <= n_done
        yield MeasureStep(
            measure=measure,
            position=place,
            name=name,
            due_on=since + dt.timedelta(days=due_span * place // len(names)) if measure.due_on else None,
            status=StepStatus.DONE if is_done else StepStatus.OPEN,
            done_on=since + dt.timedelta(days=span * place // (len(names) + (not is_over)))
            if is_done
            else None,
        )
