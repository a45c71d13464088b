from apps.collection.views.autosave import facts
from apps.collection.views.evidence import (
    evidence,
    evidence_change_view,
    evidence_preview,
    measure_evidence,
    measure_evidence_preview,
)
from apps.collection.views.forms import form, period_list
from apps.collection.views.returns import submission_page, submission_print, submission_step
from apps.collection.views.rules import rule, rule_new, rules
from apps.collection.views.sealing import seal_check
from apps.collection.views.workbook import (
    workbook_download,
    workbook_errors,
    workbook_preview,
    workbook_upload,
)

__all__ = [
    "evidence",
    "evidence_change_view",
    "evidence_preview",
    "facts",
    "form",
    "measure_evidence",
    "measure_evidence_preview",
    "period_list",
    "rule",
    "rule_new",
    "rules",
    "seal_check",
    "submission_page",
    "submission_print",
    "submission_step",
    "workbook_download",
    "workbook_errors",
    "workbook_preview",
    "workbook_upload",
]
