"""Every write to periods, assignments and returns. Keyword-only; `by` is whoever does it."""

from apps.collection.services.acceptance import facts_open, values_accept
from apps.collection.services.drafting import remark_save, submission_start, values_save
from apps.collection.services.entries import Entry, SaveOutcome
from apps.collection.services.evidence import evidence_add, evidence_remove
from apps.collection.services.kept_files import evidence_scan_waiting
from apps.collection.services.measure_evidence import measure_evidence_add, measure_evidence_remove
from apps.collection.services.planning import (
    AssignmentCounts,
    assignments_generate,
    period_dates_set,
    periods_create,
)
from apps.collection.services.watching import period_events_note, period_events_note_all
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
    "evidence_scan_waiting",
    "facts_open",
    "measure_evidence_add",
    "measure_evidence_remove",
    "period_dates_set",
    "period_events_note",
    "period_events_note_all",
    "periods_create",
    "remark_save",
    "submission_send_back",
    "submission_start",
    "submission_submit",
    "submission_transition",
    "submission_withdraw",
    "values_accept",
    "values_save",
]
