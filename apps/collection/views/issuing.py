"""Drafting and issuing a supervision order, whatever it is about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from apps.collection.chasing.policies import exceptions_of
from apps.collection.chasing.workdays import workday_from
from apps.collection.errors import WorkflowError
from apps.collection.models import SupervisionOrder
from apps.core import clock

Issue = Callable[[str, dt.date], SupervisionOrder]


@dataclass(frozen=True)
class Attempt:
    """What became of a form that was sent: the way to the order, or what is wrong with it."""

    response: HttpResponse | None = None
    errors: list[str] = field(default_factory=list)

    @property
    def status(self) -> int:
        return 409 if self.errors else 200


def attempt_of(request: HttpRequest, issue: Issue) -> Attempt:
    """Issue the order if its form was sent, by `issue(demand, answer_due_on)`; otherwise nothing happens."""
    if request.method != "POST":
        return Attempt()
    try:
        order = issue(request.POST.get("demand", ""), date_in(request.POST.get("answer_due_on", "")))
    except (ValidationError, WorkflowError) as error:
        return Attempt(errors=error.messages if isinstance(error, ValidationError) else [str(error)])
    messages.success(request, _("The supervision order is issued; those responsible were told."))
    return Attempt(redirect("collection:order", order.pk))


def draft_of(request: HttpRequest, *, region_id: int, demand: str, days: dt.timedelta) -> dict[str, str]:
    """Return what the form holds: what was typed, else a proposal and the working day `days` from now."""
    answer = workday_from(clock.today() + days, exceptions_of(region_id))
    return {
        "demand": request.POST.get("demand") or demand,
        "answer_due_on": request.POST.get("answer_due_on") or answer.isoformat(),
    }


def date_in(text: str) -> dt.date:
    """Return the date that a form sent; ValidationError for anything else."""
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None:
        raise ValidationError(_("Give the date by which it is to be settled."))
    return found
