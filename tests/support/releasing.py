"""Releases for tests of what comes after them: made without a checklist, whatever state the quarter is in."""

from __future__ import annotations

from typing import Any

from apps.reports.models import Release
from apps.reports.releases import services


def release_make(**asked: Any) -> Release:
    """As the service, its checklist passed by."""
    return services.release_make(**asked, inspect=tuple)
