"""The administration's site: only administrators, and only through the product's own login."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.admin.apps import AdminConfig
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from unfold.sites import UnfoldAdminSite


class LusongAdminSite(UnfoldAdminSite):
    """Whoever is signed in without being an administrator is refused, not asked to sign in again."""

    enable_nav_sidebar = True

    def login(self, request: HttpRequest, extra_context: Any = None) -> Any:
        if request.user.is_authenticated:
            if not self.has_permission(request):
                raise PermissionDenied
            return redirect("admin:index")
        target = request.GET.get("next") or resolve_url("admin:index")
        return HttpResponseRedirect(f"{resolve_url('accounts:login')}?{urlencode({'next': target})}")

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("home")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("accounts:password")


class LusongAdminConfig(AdminConfig):
    default_site = "apps.core.admin_site.LusongAdminSite"
