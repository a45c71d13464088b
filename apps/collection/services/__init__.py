"""Every write to periods, assignments and returns. Keyword-only; `by` is whoever does it."""

from apps.collection.services.acceptance import facts_open, values_accept
from apps.collection.services.drafting import Entry, SaveOutcome, submission_start, values_save
from apps.collection.services.evidence import evidence_add, evidence_remove
from apps.collection.services.planning import (
    AssignmentCounts,
    assignments_generate,
    period_dates_set,
    periods_create,
)
from apps.collection.services.workflow import (
    submission_send_back,
    submission_submit,
    submission_transition,
    submission_withdraw,
)

__all__ = [
    "AssignmentCounts",
    "Entry",
    "SaveOutcome",
    "assignments_generate",
    "evidence_add",
    "evidence_remove",
    "facts_open",
    "period_dates_set",
    "periods_create",
    "submission_send_back",
    "submission_start",
    "submission_submit",
    "submission_transition",
    "submission_withdraw",
    "values_accept",
    "values_save",
]
