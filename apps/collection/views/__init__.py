from apps.collection.views.forms import form, period_list
from apps.collection.views.returns import evidence, measure_evidence, submission_page, submission_step

__all__ = ["evidence", "form", "measure_evidence", "period_list", "submission_page", "submission_step"]
