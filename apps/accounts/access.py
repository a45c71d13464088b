"""Who gets into a view: anonymous people go to the login page, the wrong role gets 403, a stranger 404."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404

from apps.accounts.enums import Role
from apps.accounts.permissions import Predicate, has_role

View = Callable[..., HttpResponseBase]


def permission_required(permission: Predicate) -> Callable[[View], View]:
    """Let in whoever is logged in and holds `permission`; 403 for the others."""

    def decorate(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not permission(request.user):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def roles_required(*roles: Role) -> Callable[[View], View]:
    """Let in whoever is logged in and has one of `roles`; 403 for the others."""
    return permission_required(has_role(*roles))


def get_visible_or_404(queryset: Any, user: Any, **lookup: Any) -> Any:
    """Return the row of `queryset` (or manager) that `lookup` names if `user` may see it; else Http404."""
    return get_object_or_404(queryset.visible_to(user), **lookup)
