"""The one small address that the form's page talks to: what is written now, and edits of single facts."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.collection import pages
from apps.collection.autosave.near import known_text
from apps.collection.autosave.reading import MalformedError, read_edits
from apps.collection.autosave.services import facts_autosave
from apps.collection.autosave.state import facts_of, results_of, state_of
from apps.collection.enums import SubmissionStatus as Status
from apps.collection.errors import WorkflowError
from apps.collection.keys import key_text
from apps.collection.models import Period, Submission
from apps.collection.permissions import reports
from apps.collection.returns import return_of
from apps.collection.rules.kept import kept_rules
from apps.collection.sheet import build_sheet
from apps.core.rows import by_key
from apps.organisations.models import Organisation


@require_http_methods(["GET", "POST"])
@never_cache
def facts(request: HttpRequest, year: int, quarter: int) -> HttpResponse:
    """Tell the form's facts as they are saved, those that a page does not know; take edits of single facts.

    A lost session, or that of another person in the same browser, answers 401 and not a login page.
    """
    user: Any = request.user
    if not user.is_authenticated or request.headers.get("X-Form-User", str(user.pk)) != str(user.pk):
        message = _("Your session has ended. Log in again; nothing is lost.")
        return JsonResponse({"message": message}, status=401)
    if not reports(user):
        return JsonResponse({"message": _("You do not report figures.")}, status=403)
    user.organisation = by_key(Organisation, user.organisation_id)
    period = pages.period_or_404(user.organisation, quarter=quarter, year=year)
    if request.method == "POST":
        return _take(request, user, period)
    submission = return_of(period, user.organisation)
    known = known_text(submission, kept_rules().stamp)
    if request.GET.get("known") == known and (submission is None or submission.status == Status.DRAFT):
        return JsonResponse(
            {"version": submission.version if submission else "", "known": known, "facts": {}}
        )
    return JsonResponse(_state(user, period, submission))


def _take(request: HttpRequest, user: Any, period: Period) -> JsonResponse:
    try:
        edits, known = read_edits(request.body)
        outcome = facts_autosave(
            period=period, organisation=user.organisation, edits=edits, by=user, known=known
        )
    except (MalformedError, RawPostDataException):  # the latter: a form was sent instead of JSON
        return JsonResponse({"message": _("This could not be read. Reload the page.")}, status=400)
    except WorkflowError as error:
        return JsonResponse({"message": str(error)}, status=409)
    names = {edit.key: key_text(edit.key) for edit in edits}
    results = results_of(outcome.saved, outcome.conflicts, names)
    if outcome.told is None:
        submission = Submission.objects.get(period=period, organisation=user.organisation)
        return JsonResponse(_state(user, period, submission) | {"results": results})
    told = {"version": outcome.saved.version, "known": outcome.known, "facts": facts_of(outcome.told)}
    return JsonResponse(told | {"results": results})


def _state(user: Any, period: Period, submission: Submission | None) -> dict[str, Any]:
    return state_of(build_sheet(period=period, organisation=user.organisation, submission=submission))
