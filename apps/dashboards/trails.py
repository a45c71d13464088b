"""The kinds of things whose changes are recorded, and how a change of each is spoken of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.collection.models import ChasePolicy, DataValue, Extension, Submission, SupervisionOrder
from apps.core.display import QUARTER_NAMES
from apps.core.templatetags.lusong import local_text
from apps.organisations.models import Organisation, SchoolProfile
from apps.plans.enums import Privacy
from apps.plans.models import (
    Baseline,
    IndicatorRevision,
    Measure,
    MeasureStep,
    PlanPolicy,
    TargetRevision,
    TargetSchedule,
    ValidationRule,
)
from apps.reviews.models import OfficeReview
from apps.rollups.evaluations.loading import evaluations
from apps.rollups.models import EvaluationFinding, RuleConfirmation

FIGURES = frozenset(
    {"number", "text", "typed", "date", "reason", "accepted_number", "accepted_text", "accepted_date"}
)
# Counters and stamps: what they tell stands in the row's own time and person.
NEVER_SHOWN = frozenset(
    {
        "version",
        "created_at",
        "updated_at",
        "started_at",
        "updated_by",
        "accepted_by",
        "submitted_by",
        "granted_at",
        "issued_at",
        "digest",
        "proposed_at",
    }
)
# Fields without a name of their own in the model.
LABELS = {
    "accepted_number": _("accepted number"),
    "accepted_date": _("accepted date"),
    "accepted_text": _("accepted text"),
    "accepted_not_applicable": _("accepted as not applicable"),
    "started_by": _("started by"),
    "decided_by": _("decided by"),
    "proposed_by": _("proposed by"),
    "confirmed_by": _("confirmed by"),
    "locked_by": _("locked by"),
    "superseded_at": _("superseded at"),
    "slice_kind": _("slice"),
    "slice_value": _("slice value"),
    "organisation": _("School or office"),
    "region": _("Region"),
    "plan": _("Annual plan"),
    "indicator": _("Indicator"),
    "target": _("Target"),
    "period": _("Quarter"),
    "submission": _("Return"),
    "element": _("Fact"),
    "office": _("Office"),
    "quote_start": _("begin of the sentence"),
    "quote_end": _("end of the sentence"),
    "granted_by": _("granted by"),
    "issued_by": _("issued by"),
    "closed_by": _("closed by"),
    "replied_by": _("answered by"),
    "measure": _("Measure"),
    "source_sha256": _("fingerprint of the cited release"),
}


def _never(event: Any) -> bool:
    return False


@dataclass(frozen=True)
class Trail:
    """A recorded model: `history` its audit rows, `region` the path to the region they belong to."""

    key: str
    name: str | Promise
    history: Any
    region: str
    subject: Callable[[Any], str]
    related: tuple[str, ...] = ()
    hides: Callable[[Any], bool] = _never
    figures: frozenset[str] = frozenset()
    search: tuple[str, ...] = ()


def _history(model: Any) -> Any:
    return model.history.rel.related_model


def _extended(event: Any) -> str:
    if event.organisation is None:
        everybody = _("all who report")
        return f"{QUARTER_NAMES[event.period.quarter]} · {everybody}"
    return _return_of(event)


def _return_of(submission: Any) -> str:
    return f"{local_text(submission.organisation)} · {QUARTER_NAMES[submission.period.quarter]}"


def _check_of(event: Any) -> str:
    """Name an item of an evaluation; one that its file no longer holds keeps its code."""
    evaluation = evaluations().get(event.evaluation)
    check = evaluation.check(event.code) if evaluation else None
    if evaluation is None or check is None:
        return str(event.code)
    return f"{local_text(evaluation)} · {local_text(check)}"


TRAILS = (
    Trail(
        "account",
        _("Account"),
        _history(User),
        "region",
        lambda event: f"{event.name} · {event.username}",
        search=("name", "username"),
    ),
    Trail(
        "organisation",
        _("School or office"),
        _history(Organisation),
        "region",
        local_text,
        search=("name", "code"),
    ),
    Trail(
        "profile",
        _("School profile"),
        _history(SchoolProfile),
        "organisation__region",
        lambda event: event.name,
        search=("name", "organisation__code"),
    ),
    Trail(
        "policy",
        _("Settings"),
        _history(PlanPolicy),
        "plan__region",
        lambda event: local_text(event.plan, "title"),
        ("plan",),
        search=("plan__title",),
    ),
    Trail(
        "rule",
        _("Rule about figures"),
        _history(ValidationRule),
        "changed_by__region",
        lambda event: local_text(event.element) if event.element else event.get_kind_display(),
        ("element",),
        figures=frozenset({"limit", "least_change", "severity", "message", "is_active", "reason"}),
        search=("element__name", "element__code"),
    ),
    Trail(
        "target",
        _("Target"),
        _history(TargetRevision),
        "target__indicator__plan__region",
        lambda event: local_text(event.target.indicator),
        ("target__indicator",),
        figures=frozenset({"operator", "value", "value_max", "due_on", "effective_from", "reason"}),
        search=("target__indicator__name", "target__indicator__code"),
    ),
    Trail(
        "schedule",
        _("Schedule of a target"),
        _history(TargetSchedule),
        "target__indicator__plan__region",
        lambda event: local_text(event.target.indicator),
        ("target__indicator",),
        figures=frozenset({"kind", "checkpoints", "effective_from", "reason"}),
        search=("target__indicator__name", "target__indicator__code"),
    ),
    Trail(
        "definition",
        _("Definition of an indicator"),
        _history(IndicatorRevision),
        "indicator__plan__region",
        lambda event: local_text(event.indicator),
        ("indicator",),
        figures=frozenset({"numerator", "denominator", "from_quarter", "reason"}),
        search=("indicator__name", "indicator__code"),
    ),
    Trail(
        "baseline",
        _("Baseline"),
        _history(Baseline),
        "region",
        lambda event: local_text(event.indicator),
        ("indicator",),
        lambda event: event.indicator.privacy != Privacy.AGGREGATE,
        frozenset({"numerator", "denominator"}),
        search=("indicator__name", "indicator__code"),
    ),
    Trail(
        "finding",
        _("Finding of an evaluation"),
        _history(EvaluationFinding),
        "plan__region",
        _check_of,
        figures=frozenset({"meets", "number", "as_of", "basis"}),
        search=("code",),
    ),
    Trail(
        "rule",
        _("Confirmation of a rule"),
        _history(RuleConfirmation),
        "plan__region",
        _check_of,
        search=("code",),
    ),
    Trail(
        "measure",
        _("Measure"),
        _history(Measure),
        "area__plan__region",
        local_text,
        figures=frozenset({"lead_office", "due_on"}),
    ),
    Trail(
        "step",
        _("Step of a measure"),
        _history(MeasureStep),
        "measure__area__plan__region",
        lambda event: f"{local_text(event.measure)} · {event.name}",
        ("measure",),
        figures=frozenset({"name", "due_on"}),
    ),
    Trail(
        "return",
        _("Return"),
        _history(Submission),
        "organisation__region",
        _return_of,
        ("organisation", "period"),
        search=("organisation__name", "organisation__code"),
    ),
    Trail(
        "fact",
        _("Fact"),
        _history(DataValue),
        "submission__organisation__region",
        lambda event: f"{_return_of(event.submission)} · {local_text(event.element)}",
        ("submission__organisation", "submission__period", "element"),
        lambda event: event.element.privacy != Privacy.AGGREGATE,
        FIGURES,
        search=(
            "submission__organisation__name",
            "submission__organisation__code",
            "element__name",
            "element__code",
        ),
    ),
    Trail(
        "review",
        _("Review"),
        _history(OfficeReview),
        "submission__organisation__region",
        lambda event: f"{_return_of(event.submission)} · {local_text(event.office)}",
        ("submission__organisation", "submission__period", "office"),
        search=("submission__organisation__name", "submission__organisation__code", "office__name"),
    ),
    Trail(
        "extension",
        _("Extension of a due date"),
        _history(Extension),
        "period__plan__region",
        _extended,
        ("organisation", "period"),
        search=("organisation__name", "organisation__code", "reason"),
    ),
    Trail(
        "order",
        _("Supervision order"),
        _history(SupervisionOrder),
        "plan__region",
        _return_of,
        ("organisation", "period"),
        search=("organisation__name", "organisation__code"),
    ),
    Trail(
        "chasing",
        _("Settings of reminders"),
        _history(ChasePolicy),
        "plan__region",
        lambda event: local_text(event.plan, "title"),
        ("plan",),
        search=("plan__title",),
    ),
)
