"""Writing the security log."""

from __future__ import annotations

from typing import Any

from apps.accounts.security.enums import EventKind
from apps.accounts.security.models import SecurityEvent
from apps.core.requests import origin


def note(kind: EventKind, *, by: Any = None, about: Any = None, detail: str = "") -> SecurityEvent:
    """Write what happened, with the address and number of the request being answered.

    Args:
        by: who did it; None or anonymous: nobody known.
        about: whose account it is about, when it is not `by`'s own.
    """
    here = origin()
    return SecurityEvent.objects.create(
        kind=kind,
        user_id=by.pk if by is not None and by.is_authenticated else None,
        about=about,
        address=here.address,
        request=here.number,
        path=here.path.partition("?")[0],
        detail=detail[:200],
    )
