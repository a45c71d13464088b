from django.urls import path

from apps.collection import views
from apps.collection.urls_chasing import chasing_patterns

app_name = "collection"

# `form` without arguments is the list, with a quarter the newest plan's form, with year and quarter any form.
urlpatterns = [
    path("collection/", views.period_list, name="form"),
    path("collection/", views.period_list, name="list"),
    path("collection/<int:quarter>/", views.form, name="form"),
    path("collection/<int:year>/<int:quarter>/", views.form, name="form"),
    path(
        "collection/<int:year>/<int:quarter>/workbook.xlsx", views.workbook_download, name="workbook_download"
    ),
    path("collection/<int:year>/<int:quarter>/workbook/", views.workbook_upload, name="workbook"),
    path(
        "collection/<int:year>/<int:quarter>/workbook/<str:token>/",
        views.workbook_preview,
        name="workbook_preview",
    ),
    path(
        "collection/<int:year>/<int:quarter>/workbook/<str:token>/errors.xlsx",
        views.workbook_errors,
        name="workbook_errors",
    ),
    path("collection/<int:year>/<int:quarter>/facts/", views.facts, name="facts"),
    path("collection/returns/check/", views.seal_check, name="seal_check"),
    path("collection/returns/<int:pk>/", views.submission_page, name="submission"),
    path("collection/returns/<int:pk>/print/", views.submission_print, name="print"),
    path("collection/returns/<int:pk>/<str:step>/", views.submission_step, name="step"),
    path("collection/<int:year>/<int:quarter>/evidence/", views.evidence_change_view, name="evidence_change"),
    path("rules/", views.rules, name="rules"),
    path("rules/new/", views.rule_new, name="rule_new"),
    path("rules/<int:pk>/", views.rule, name="rule"),
    path("collection/evidence/<int:pk>/", views.evidence, name="evidence"),
    path("collection/evidence/<int:pk>/preview/", views.evidence_preview, name="evidence_preview"),
    path("collection/measures/evidence/<int:pk>/", views.measure_evidence, name="measure_evidence"),
    path(
        "collection/measures/evidence/<int:pk>/preview/",
        views.measure_evidence_preview,
        name="measure_evidence_preview",
    ),
    *chasing_patterns,
]
