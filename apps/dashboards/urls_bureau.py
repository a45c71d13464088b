from django.urls import path

from apps.dashboards import views_bureau

bureau_patterns = [
    path("changes/", views_bureau.changes, name="changes"),
    path("targets/", views_bureau.targets, name="targets"),
    path("targets/<int:pk>/", views_bureau.target, name="target"),
    path("settings/", views_bureau.settings, name="settings"),
]
