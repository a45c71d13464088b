from django.urls import path

from apps.dashboards import views_audit, views_bureau, views_dictionary, views_switches

bureau_patterns = [
    path("audit/", views_audit.audit, name="audit"),
    path("dictionary/", views_dictionary.dictionary, name="dictionary"),
    path("targets/", views_bureau.targets, name="targets"),
    path("targets/<int:pk>/", views_bureau.target, name="target"),
    path("settings/indicators/", views_switches.switches, name="switches"),
    path("settings/", views_bureau.settings, name="settings"),
]
