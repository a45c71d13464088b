"""Who is logged in (settings.AUTHENTICATION_BACKENDS)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend

from apps.accounts.models import User
from apps.core.rows import by_key


class AccountBackend(ModelBackend):
    """Django's, which reads the account that every request asks for at half the cost."""

    def get_user(self, user_id: Any) -> User | None:
        user = by_key(User, user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
