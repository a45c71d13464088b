"""Pages of measures: the list, one measure, the queue of those to be closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.access import roles_required
from apps.accounts.enums import BUREAU_ROLES, Role
from apps.accounts.models import User
from apps.collection.errors import WorkflowError
from apps.collection.services import measure_evidence_add, measure_evidence_remove
from apps.core import clock
from apps.dashboards.home import plan_in_force
from apps.dashboards.measures import measure_list, measure_page, measures_for, waiting_checks
from apps.dashboards.measures_forms import StepForm, UpdateForm
from apps.plans.enums import StepStatus
from apps.plans.measures.permissions import plans_steps, reports_measure
from apps.plans.measures.services import measure_note, measure_transition
from apps.plans.measures.steps import step_add, step_change, step_mark
from apps.plans.measures.workflow import IN_HAND
from apps.plans.models import AnnualPlan, Measure, MeasureEvidence, MeasureStep


@require_safe
@roles_required(*BUREAU_ROLES)
def measures(request: HttpRequest) -> HttpResponse:
    """List the measures of the plan in force; office staff write short updates beside their own."""
    user: Any = request.user
    plan = _plan_or_404(user)
    found = measure_list(user, plan, request.GET)
    forms = {
        row.measure.pk: form
        for row in found.rows
        if reports_measure(user, row.measure)
        and (form := UpdateForm(measure=row.measure, user=user)).is_offered
    }
    context = {"plan": plan, "found": found, "forms": forms, "areas": plan.areas.order_by("number")}
    return render(request, "dashboards/measures.html", context)


@require_safe
@roles_required(Role.OFFICE, Role.DEPUTY)
def measure_checks(request: HttpRequest) -> HttpResponse:
    """List what waits for the reader to close it."""
    user: Any = request.user
    plan = _plan_or_404(user)
    context = {"plan": plan, "rows": waiting_checks(user, plan)}
    return render(request, "dashboards/measure_checks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@roles_required(*BUREAU_ROLES)
def measure(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a measure; take a step of its workflow, write a note, plan and mark its steps."""
    user: Any = request.user
    found: Measure = get_object_or_404(measures_for(user), pk=pk)
    update: Form = UpdateForm(measure=found, user=user)
    step: Form = StepForm(auto_id="step_%s")
    if request.method == "POST":
        action = request.POST.get("action", "")
        if action not in ACTIONS:
            raise Http404
        update, step, is_done = ACTIONS[action](request, found, update, step)
        if is_done:
            return redirect(_next(request, found))
    context = {
        "page": measure_page(user, found),
        "update": update,
        "step_form": step,
        "may_report": reports_measure(user, found) and found.status in IN_HAND,
        "may_plan": plans_steps(user, found) and found.status in IN_HAND,
        "today": clock.today(),
    }
    return render(request, "dashboards/measure.html", context)


Outcome = tuple[Form, Form, bool]


def _update(request: HttpRequest, found: Measure, update: Form, step: Form) -> Outcome:
    user: Any = request.user
    form = UpdateForm(request.POST, request.FILES, measure=found, user=user)
    if not form.is_offered:
        raise PermissionDenied
    done = form.is_valid() and _written(form, lambda: _apply(form, found, user))
    if done:
        messages.success(request, _("Saved: “%(name)s”.") % {"name": found.name})
    return form, step, done


@transaction.atomic
def _apply(form: UpdateForm, found: Measure, user: User) -> None:
    """Take the step; a file goes first, because a reported measure is out of its office's hands."""
    data = form.cleaned_data
    if data.get("file"):
        measure_evidence_add(measure=found, upload=data["file"], by=user)
    if data["to"]:
        measure_transition(
            measure=found, to=data["to"], by=user, note=data["note"], completed_on=data.get("completed_on")
        )
    else:
        measure_note(measure=found, note=data["note"], by=user)


def _step_add(request: HttpRequest, found: Measure, update: Form, step: Form) -> Outcome:
    user: Any = request.user
    form = StepForm(request.POST, auto_id="step_%s")
    done = form.is_valid() and _written(form, lambda: step_add(measure=found, by=user, **form.cleaned_data))
    return update, form, done


def _step_change(request: HttpRequest, found: Measure, update: Form, step: Form) -> Outcome:
    user: Any = request.user
    form = StepForm(request.POST, auto_id="step_%s")
    chosen = _step_or_404(request, found)
    done = form.is_valid() and _written(form, lambda: step_change(step=chosen, by=user, **form.cleaned_data))
    return _told(request, form, update, step, done)


def _step_mark(request: HttpRequest, found: Measure, update: Form, step: Form) -> Outcome:
    user: Any = request.user
    chosen, form = _step_or_404(request, found), Form(request.POST)
    status = request.POST.get("status", "")
    if status not in StepStatus.values:
        raise Http404
    done = _written(form, lambda: step_mark(step=chosen, status=status, by=user))
    return _told(request, form, update, step, done)


def _file_remove(request: HttpRequest, found: Measure, update: Form, step: Form) -> Outcome:
    user: Any = request.user
    asked, form = request.POST.get("remove", ""), Form(request.POST)
    if not (asked.isascii() and asked.isdecimal()):
        raise Http404
    chosen: MeasureEvidence = get_object_or_404(found.evidence.select_related("measure"), pk=int(asked))
    done = _written(form, lambda: measure_evidence_remove(evidence=chosen, by=user))
    return _told(request, form, update, step, done)


def _told(request: HttpRequest, form: Form, update: Form, step: Form, done: bool) -> Outcome:
    """A refusal about a step in the list is told at the head of the page; the form below stays empty."""
    for errors in form.errors.values():
        messages.error(request, " ".join(map(str, errors)))
    return update, step, done


def _written(form: Form, write: Callable[[], object]) -> bool:
    try:
        write()
    except ValidationError as error:
        for name, errors in getattr(error, "error_dict", {None: error}).items():
            form.add_error(name if name in form.fields else None, errors)
        return False
    except WorkflowError as error:
        form.add_error("file", str(error))
        return False
    return True


ACTIONS: dict[str, Callable[[HttpRequest, Measure, Form, Form], Outcome]] = {
    "update": _update,
    "step_add": _step_add,
    "step_change": _step_change,
    "step_mark": _step_mark,
    "file_remove": _file_remove,
}


def _step_or_404(request: HttpRequest, found: Measure) -> MeasureStep:
    asked = request.POST.get("step", "")
    if not (asked.isascii() and asked.isdecimal()):
        raise Http404
    step: MeasureStep = get_object_or_404(found.steps.select_related("measure"), pk=int(asked))
    return step


def _next(request: HttpRequest, found: Measure) -> str:
    """Return where the form came from: one of our two lists, else the measure's own page."""
    places = {"list": "dashboards:measures", "checks": "dashboards:measure_checks"}
    place = places.get(request.POST.get("next", ""))
    return reverse(place) if place else reverse("dashboards:measure", args=[found.pk])


def _plan_or_404(user: User) -> AnnualPlan:
    plan = plan_in_force(user)
    if plan is None:
        raise Http404
    return plan
