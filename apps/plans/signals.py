"""News that travels right, sent with `send()` inside the transaction so that an error undoes the step."""

from django.dispatch import Signal

# Arguments: plan, indicator_ids. Formulas, targets or tiers changed: the results must be looked at again.
indicators_changed = Signal()
