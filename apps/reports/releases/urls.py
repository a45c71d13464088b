from django.urls import path

from apps.reports.releases import views_archive, views_preparing

release_patterns = [
    path("releases/", views_archive.archive, name="releases"),
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
]
