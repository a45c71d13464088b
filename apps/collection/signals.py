"""News for the apps downstream, sent inside the transaction that makes it: an error in a receiver undoes it."""

from django.dispatch import Signal

# submission, by
submission_submitted = Signal()
# submission, by, element_ids
facts_withdrawn = Signal()
