from django.urls import path

from apps.dashboards import (
    views_audit,
    views_baselines,
    views_board,
    views_burden,
    views_bureau,
    views_definitions,
    views_dictionary,
    views_impact,
    views_measures,
    views_operations,
    views_switches,
    views_timeliness,
)

bureau_patterns = [
    path("audit/", views_audit.audit, name="audit"),
    path("dictionary/", views_dictionary.dictionary, name="dictionary"),
    path("targets/", views_bureau.targets, name="targets"),
    path("targets/<int:pk>/", views_bureau.target, name="target"),
    path("definitions/<int:pk>/", views_definitions.definition, name="definition"),
    path("baselines/", views_baselines.baselines, name="baselines"),
    path("baselines/<str:code>/", views_baselines.baseline, name="baseline"),
    path("settings/indicators/", views_switches.switches, name="switches"),
    path("settings/", views_bureau.settings, name="settings"),
    path("operations/", views_operations.operations, name="operations"),
    path("completeness/", views_board.current, name="completeness"),
    path("completeness/timeliness/", views_timeliness.timeliness, name="timeliness"),
    path("burden/", views_burden.burden, name="burden"),
    path("reviews/<int:pk>/impact/", views_impact.impact, name="impact"),
    path("completeness/<int:year>/", views_board.completeness, name="completeness"),
    path("measures/", views_measures.measures, name="measures"),
    path("measures/checks/", views_measures.measure_checks, name="measure_checks"),
    path("measures/<int:pk>/", views_measures.measure, name="measure"),
]
