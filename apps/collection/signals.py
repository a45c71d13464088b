"""News for the apps downstream, sent inside its transaction: an error in a receiver undoes the whole step."""

from django.dispatch import Signal

# submission, by
submission_submitted = Signal()
# submission, by: the school takes its return back before the review begins
submission_withdrawn = Signal()
# submission, by, element_ids: facts with an accepted value are no longer asked
facts_withdrawn = Signal()
# plan, by: others owe facts than before
assignments_changed = Signal()
