from apps.collection.views.evidence import evidence, evidence_change_view, evidence_preview, measure_evidence
from apps.collection.views.forms import form, period_list
from apps.collection.views.returns import submission_page, submission_step

__all__ = [
    "evidence",
    "evidence_change_view",
    "evidence_preview",
    "form",
    "measure_evidence",
    "period_list",
    "submission_page",
    "submission_step",
]
