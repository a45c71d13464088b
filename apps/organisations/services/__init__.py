"""Every write to regions and organisations. Keyword-only; `by` is whoever does it."""

from apps.organisations.services.events import (
    school_close,
    school_merge,
    school_ownership_change,
    school_rename,
    school_retype,
)
from apps.organisations.services.opening import office_update, school_open
from apps.organisations.services.tree import ancestors_rebuild

__all__ = [
    "ancestors_rebuild",
    "office_update",
    "school_close",
    "school_merge",
    "school_open",
    "school_ownership_change",
    "school_rename",
    "school_retype",
]
