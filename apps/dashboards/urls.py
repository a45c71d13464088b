from django.urls import path

from apps.dashboards import views, views_compare, views_levers, views_methods, views_schools, views_screen
from apps.dashboards.evaluations import views as views_evaluations
from apps.dashboards.urls_bureau import bureau_patterns

app_name = "dashboards"
urlpatterns = [
    path("plans/", views.current, name="overview"),
    path("plans/<int:year>/", views.overview, name="overview"),
    path("plans/<int:year>/areas/<int:number>/", views.area, name="area"),
    path("plans/<int:year>/indicators/<str:code>/", views.indicator, name="indicator"),
    path("plans/<int:year>/indicators/<str:code>/explain/", views.explain, name="explain"),
    path("plans/<int:year>/indicators/<str:code>/levers/", views_levers.levers, name="levers"),
    path("plans/<int:year>/indicators/<str:code>/compare/", views_compare.compare, name="compare"),
    path("plans/<int:year>/indicators/<str:code>/league/", views_compare.league, name="league"),
    path("schools/", views_schools.schools, name="schools"),
    path("schools/<int:pk>/", views_schools.school, name="school"),
    path("methods/", views_methods.methods, name="methods"),
    path("evaluations/", views_evaluations.current, name="evaluations"),
    path("evaluations/<int:year>/<slug:key>/", views_evaluations.evaluation, name="evaluation"),
    path("evaluations/<int:year>/<slug:key>/<str:code>/", views_evaluations.item, name="evaluation_item"),
    path("screen/", views_screen.screen, name="screen"),
    path("pulse/<int:plan_id>/", views.pulse, name="pulse"),
    *bureau_patterns,
]
