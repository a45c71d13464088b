"""States of the things that people act on, and what may be done to them: for the test of every deed × state.

A deed has an effect when what it is about differs afterwards (or, for a page, when it is handed out); an
answer alone tells nothing, because a refusal in words leads back to the page as a success does.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.db import transaction
from django.test import Client

from apps.accounts.models import User
from apps.collection.models import SupervisionOrder
from apps.collection.services import submission_submit, submission_withdraw
from apps.core.models import Job
from apps.organisations.services import school_close
from apps.organisations.signals import schools_changed
from apps.plans.models import Measure, PlanPolicy, TargetRevision
from apps.reviews.services import FactReturn, review_accept, review_reopen, review_return
from tests.support.returns import accept_all

World = SimpleNamespace
Setting = Callable[[World], Any]
# An address and what is sent there: fields, JSON, or None to look at it.
Row = tuple[str, Any]
REFUSED = {403, 404, 405}


@dataclass(frozen=True)
class Thing:
    """How to bring it into each of its states, what may be done to it, what to watch, who else tries."""

    states: dict[str, Setting]
    deeds: dict[str, Callable[[World], Row]]
    watched: Callable[[World], Any]
    beside: tuple[str, ...] = ()


def people_of(world: World) -> dict[str, User]:
    """Return whoever tries: the roles of our world, and offices beside the reviewing one."""
    ours = world.ours
    return world.people | {"staff office": ours.staff_user, "checking office": ours.cross_user}


def who_may(world: World, thing: Thing, state: str) -> dict[str, set[str]]:
    """Return for each deed who has an effect while the thing is in the state; nothing stays."""
    tried = {who: client for who, client in world.clients.items() if who in (*world.people, *thing.beside)}
    found: dict[str, set[str]] = {}
    with transaction.atomic():
        thing.states[state](world)
        before = thing.watched(world)
        for deed, make in thing.deeds.items():
            row = make(world)
            found[deed] = {who for who in tried if _has_effect(world, thing, tried[who], row, before)}
        transaction.set_rollback(True)
    return found


def _has_effect(world: World, thing: Thing, client: Client, row: Row, before: Any) -> bool:
    address, sent = row
    with transaction.atomic():
        if sent is None:
            answer = client.get(address)
        elif isinstance(sent, str):
            answer = client.post(address, sent, content_type="application/json")
        else:
            answer = client.post(address, sent)
        assert answer.status_code < 500, (address, answer.status_code)
        if sent is None:
            effect = answer.status_code == 200
        else:
            effect = answer.status_code not in REFUSED and thing.watched(world) != before
        transaction.set_rollback(True)
    return effect


# A school's return of the first quarter, in which the health office (`office`) reviews one part.


def _signing(world: World) -> None:
    PlanPolicy.objects.filter(plan=world.ours.plan).update(principal_sign_off=True)
    _reread(world)
    submission_withdraw(submission=world.submission, by=world.ours.reporter)
    _reread(world)
    submission_submit(submission=world.submission, by=world.ours.reporter)


def _withdrawn(world: World) -> None:
    submission_withdraw(submission=world.submission, by=world.ours.reporter)


def _returned(world: World) -> None:
    placed = world.ours.elements["placed"].pk
    review = world.submission.reviews.get(office=world.ours.health)
    review_return(
        review=review, returns=[FactReturn(placed, "whole", "wrong_value")], by=world.ours.health_user
    )


def _accepted(world: World) -> None:
    _reread(world)
    accept_all(world.ours, world.submission)


def _reopened(world: World) -> None:
    _accepted(world)
    review = world.submission.reviews.get(office=world.ours.health)
    review_reopen(review=review, by=world.ours.health_user, reason="示例")


def _corrected(world: World) -> None:
    """Accepted by one office while the other still looks."""
    review_accept(review=world.submission.reviews.get(office=world.ours.staff), by=world.ours.staff_user)


def _too_late(world: World) -> None:
    world.ours.plan.periods.filter(quarter=1).update(due_on="2025-04-01", closes_on="2025-04-01")


def _late_draft(world: World) -> None:
    _withdrawn(world)
    _too_late(world)


def _school_closed(world: World) -> None:
    _withdrawn(world)
    school, by = world.ours.school, world.people["administrator"]
    school_close(school=school, on=dt.date(2025, 3, 1), note="示例", by=by)
    schools_changed.send(type(school), region=school.region, by=by)


def _reread(world: World) -> None:
    world.submission = type(world.submission).objects.get(pk=world.submission.pk)


def _of_return(world: World) -> Any:
    rows = type(world.submission).objects.filter(pk=world.submission.pk)
    return (
        list(
            rows.values_list("status", "values__typed", "values__number", "values__is_open").order_by(
                "values"
            )
        ),
        sorted(rows.values_list("reviews__office", "reviews__status")),
    )


def _step(step: str, **sent: str) -> Any:
    return lambda world: (f"/collection/returns/{world.submission.pk}/{step}/", sent)


def _review(action: str, **sent: str) -> Any:
    def made(world: World) -> tuple[str, Any]:
        placed = f"{world.ours.elements['placed'].pk}-whole"
        marked = {f"x-{placed}": "1", f"q-{placed}": "wrong_value"} if action == "return" else {}
        return f"/reviews/{world.review.pk}/", {"action": action, "impact_seen": "1", **marked, **sent}

    return made


def _edit(world: World) -> tuple[str, Any]:
    value = world.submission.values.get(element__code="placed")
    edit = {"name": f"{value.element_id}-whole", "text": "3", "version": value.version}
    return "/collection/2025/1/facts/", json.dumps({"edits": [edit]})


def _submit(world: World) -> tuple[str, Any]:
    _reread(world)
    values = world.submission.values.select_related("element")
    facts = {f"f-{value.element_id}-{value.stage}": value.typed for value in values}
    return "/collection/2025/1/", {**facts, "version": world.submission.version, "action": "submit"}


RETURN = Thing(
    states={
        "draft": _withdrawn,
        "waiting for the principal": _signing,
        "submitted": lambda world: None,
        "half accepted": _corrected,
        "returned": _returned,
        "accepted": _accepted,
        "reopened": _reopened,
        "draft, quarter closed": _late_draft,
        "submitted, quarter closed": _too_late,
        "draft, school closed": _school_closed,
    },
    deeds={
        "write": _edit,
        "submit": _submit,
        "sign": _step("sign"),
        "send back": _step("send-back", note="示例"),
        "withdraw": _step("withdraw"),
        "accept": _review("accept"),
        "return": _review("return"),
        "reopen": _review("reopen", note="示例"),
    },
    watched=_of_return,
    beside=("other reporter", "staff office"),
)


# A target: who proposes a change and who decides about it.


def _set(world: World, by: str) -> None:
    _confirmed(world)
    last = TargetRevision.objects.get(target=world.target, number=1)
    last.pk, last.number, last.value = None, 2, 95
    last.confirmed_on = last.confirmed_by = None
    last.proposed_by = world.people[by]
    last.save()


def _confirmed(world: World) -> None:
    TargetRevision.objects.filter(target=world.target).update(
        confirmed_on="2025-01-01", confirmed_by=world.people["leader"]
    )


CHANGE = {"value": "92", "level": "district", "effective_from": "2025-04-02", "reason": "示例会议"}

TARGET = Thing(
    states={
        "to be confirmed": lambda world: None,
        "in force": _confirmed,
        "change proposed by the administrator": lambda world: _set(world, "administrator"),
        "change proposed by the leader": lambda world: _set(world, "leader"),
    },
    deeds={
        "set": lambda world: (f"/targets/{world.target.pk}/", {"set": "1", **CHANGE}),
        "confirm": lambda world: (f"/targets/{world.target.pk}/", {"confirm": "1", "reason": "示例会议"}),
    },
    watched=lambda world: list(
        world.target.revisions.order_by("number").values_list("value", "confirmed_by")
    ),
)


# A measure of the health office (`office`), whose deputy leads it.


def _status(status: str) -> Setting:
    day = "2025-04-01" if status in ("completed", "closed") else None
    return lambda world: Measure.objects.filter(pk=world.measure.pk).update(status=status, completed_on=day)


def _to(status: str) -> Any:
    return lambda world: (
        f"/measures/{world.measure.pk}/",
        {"action": "update", "to": status, "note": "示例", "completed_on": "2025-04-01"},
    )


MEASURE = Thing(
    states={status: _status(status) for status in ("not_started", "completed", "closed", "cancelled")},
    deeds={
        "say how far": _to(""),
        "report": _to("completed"),
        "return": _to("returned"),
        "close": _to("closed"),
        "cancel": _to("cancelled"),
        "take up": _to("not_started"),
        "add a step": lambda world: (
            f"/measures/{world.measure.pk}/",
            {"action": "step_add", "name": "示例"},
        ),
    },
    watched=lambda world: (
        Measure.objects.values_list("status").get(pk=world.measure.pk),
        world.measure.updates.count(),
        world.measure.steps.count(),
    ),
    beside=("checking office", "other deputy"),
)


# A supervision order to the school.


def _order(**fields: Any) -> Setting:
    return lambda world: SupervisionOrder.objects.filter(pk=world.order.pk).update(
        **{name: world.people[value] if name.endswith("_by") else value for name, value in fields.items()}
    )


ANSWERED = {"reply": "示例", "replied_by": "principal", "replied_on": "2025-04-02"}

ORDER = Thing(
    states={
        "open": lambda world: None,
        "answered": _order(**ANSWERED),
        "closed": _order(**ANSWERED, closed_by="deputy", closed_on="2025-04-02", closing_note="示例"),
    },
    deeds={
        "answer": lambda world: (f"/chasing/orders/{world.order.pk}/", {"reply": "示例答复"}),
        "close": lambda world: (f"/chasing/orders/{world.order.pk}/", {"note": "示例办结"}),
    },
    watched=lambda world: SupervisionOrder.objects.values_list("reply", "closed_on").get(pk=world.order.pk),
    beside=("other deputy", "far administrator"),
)


# A report that the health office (`office`) asked for.


NOW = dt.datetime(2025, 4, 2, tzinfo=dt.UTC)


def _job(state: str) -> Setting:
    told: dict[str, Any] = {"state": state}
    if state == "running":
        told |= {"claim": "0" * 32, "claimed_at": NOW, "heartbeat_at": NOW}
    elif state != "waiting":
        told |= {"finished_at": NOW, "error": "示例" if state == "failed" else ""}
    return lambda world: Job.objects.filter(pk=world.job.pk).update(**told)


JOB = Thing(
    states={state: _job(state) for state in ("waiting", "running", "failed", "cancelled")},
    deeds={
        "cancel": lambda world: (f"/reports/jobs/{world.job.pk}/cancel/", {}),
        "try again": lambda world: (f"/reports/jobs/{world.job.pk}/retry/", {}),
        "look": lambda world: (f"/reports/jobs/{world.job.pk}/", None),
        "fetch": lambda world: (f"/reports/jobs/{world.job.pk}/file/", None),
    },
    watched=lambda world: list(Job.objects.order_by("pk").values_list("pk", "state")),
    beside=("staff office",),
)


# The reporter's account.


def _off(world: World) -> None:
    User.objects.filter(pk=world.people["reporter"].pk).update(is_active=False)


def _account(page: str, **sent: str) -> Any:
    return lambda world: (f"/users/{world.people['reporter'].pk}/{page}/", sent)


ACCOUNT = Thing(
    states={"active": lambda world: None, "switched off": _off},
    deeds={
        "issue a code": _account("code"),
        "switch off": _account("active", active="0"),
        "switch on": _account("active", active="1"),
        "end the second step": _account("second-step/off"),
    },
    watched=lambda world: User.objects.values_list(
        "is_active", "reset_codes__code_hash", "second_factor__confirmed_at"
    ).get(pk=world.people["reporter"].pk),
    beside=("far administrator",),
)
