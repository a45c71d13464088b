"""News for the apps downstream, sent inside its transaction."""

from django.dispatch import Signal

# region, by: what schools are, and with it who is asked what, has changed
schools_changed = Signal()
