from apps.collection.views.forms import form, period_list
from apps.collection.views.returns import evidence, submission_page, submission_step

__all__ = ["evidence", "form", "period_list", "submission_page", "submission_step"]
