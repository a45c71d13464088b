"""`manage.py check` also reads the files of the evaluations."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register

from apps.core.loading import LoadRefused
from apps.rollups.evaluations.loading import evaluations


@register()
def evaluation_files(**_: Any) -> list[CheckMessage]:
    """Return what is wrong in fixtures/evaluations."""
    try:
        evaluations()
    except LoadRefused as refusal:
        return [Error(str(problem), id="rollups.E001") for problem in refusal.problems]
    return []
