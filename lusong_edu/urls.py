"""Addresses of the whole site; each app owns its own."""

from importlib.util import find_spec

from django.contrib import admin
from django.urls import include, path

from apps.dashboards.home import home

from .health.views import healthz, prometheus, readyz

APPS = (
    "accounts",
    "dashboards",
    "plans",
    "collection",
    "reviews",
    "organisations",
    "reports",
    "core",
    "rollups",
)

urlpatterns = [
    path("", home, name="home"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", prometheus, name="metrics"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    *[path("", include(f"apps.{name}.urls")) for name in APPS if find_spec(f"apps.{name}.urls")],
]
