from django.urls import path

from apps.reports.releases import views_archive, views_comparing, views_preparing, views_school

release_patterns = [
    path("releases/", views_archive.archive, name="releases"),
    path("releases/school/", views_school.school_releases, name="school_releases"),
    path("releases/compare/", views_comparing.compare, name="release_compare"),
    path("releases/compare.xlsx", views_comparing.compare_xlsx, name="release_compare_xlsx"),
    path("releases/compare.csv", views_comparing.compare_csv, name="release_compare_csv"),
    path("releases/<int:year>/<int:quarter>/", views_preparing.preparing, name="release_preparing"),
    path(
        "releases/<int:year>/<int:quarter>/making/<int:pk>/",
        views_preparing.progress,
        name="release_progress",
    ),
    path(
        "releases/<int:year>/<int:quarter>/texts/<int:number>/", views_preparing.texts, name="release_texts"
    ),
    path("releases/<int:year>/<int:quarter>/v<int:version>/", views_archive.release, name="release"),
    path(
        "releases/<int:year>/<int:quarter>/v<int:version>/erratum/",
        views_comparing.erratum,
        name="release_erratum",
    ),
    path(
        "releases/<int:year>/<int:quarter>/v<int:version>/erratum.xlsx",
        views_comparing.erratum_xlsx,
        name="release_erratum_xlsx",
    ),
    path(
        "releases/<int:year>/<int:quarter>/v<int:version>/erratum.csv",
        views_comparing.erratum_csv,
        name="release_erratum_csv",
    ),
]
