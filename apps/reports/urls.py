from django.urls import path

from apps.reports import views

app_name = "reports"
urlpatterns = [
    path("plans/<int:year>/overview.xlsx", views.overview_xlsx, name="overview_xlsx"),
    path("plans/<int:year>/overview.csv", views.overview_csv, name="overview_csv"),
    path("completeness/<int:year>.xlsx", views.completeness_xlsx, name="completeness_xlsx"),
    path("completeness/<int:year>.csv", views.completeness_csv, name="completeness_csv"),
    path("plans/<int:year>/areas/<int:number>.xlsx", views.area_xlsx, name="area_xlsx"),
    path("plans/<int:year>/areas/<int:number>.csv", views.area_csv, name="area_csv"),
    path("plans/<int:year>/indicators/<str:code>.xlsx", views.indicator_xlsx, name="indicator_xlsx"),
    path("plans/<int:year>/indicators/<str:code>.csv", views.indicator_csv, name="indicator_csv"),
]
