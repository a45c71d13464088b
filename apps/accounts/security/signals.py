"""What Django tells about logging in and out goes to the security log."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.utils import timezone

from apps.accounts.security.enums import EventKind
from apps.accounts.security.events import note
from apps.accounts.security.sessions import SIGNED_IN


@receiver(user_logged_in)
def _logged_in(sender: Any, request: Any, user: Any, **_unused: Any) -> None:
    request.session[SIGNED_IN] = timezone.now().isoformat()
    note(EventKind.LOGIN, by=user)


@receiver(user_logged_out)
def _logged_out(sender: Any, request: Any, user: Any, **_unused: Any) -> None:
    if user is not None:
        note(EventKind.LOGOUT, by=user)
