"""News for the roll-ups, sent inside the transaction of the acceptance: an error in a receiver undoes it."""

from django.dispatch import Signal

# submission, element_ids, by
values_accepted = Signal()
