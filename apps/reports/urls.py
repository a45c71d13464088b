from django.urls import path

from apps.reports import evaluation_views, exchange_views, lists_views, security_views, views
from apps.reports.behind import views as behind_views
from apps.reports.jobs import views as job_views
from apps.reports.releases.urls import release_patterns
from apps.reports.schedules import views as schedule_views

app_name = "reports"
urlpatterns = [
    path("reports/", job_views.mine, name="mine"),
    path("reports/schedules/", schedule_views.schedules, name="schedules"),
    path("reports/schedules/new/", schedule_views.schedule_new, name="schedule_new"),
    path("reports/schedules/<int:pk>/", schedule_views.schedule, name="schedule"),
    path("reports/behind/", behind_views.newest, name="behind_newest"),
    path("reports/behind/<int:pk>/", behind_views.behind, name="behind"),
    path("reports/behind/<int:pk>/<slug:kind>/<slug:code>/", behind_views.order_new, name="behind_order"),
    path("reports/circulars/<int:pk>/", behind_views.circular, name="circular"),
    path("reports/new/<slug:name>/", job_views.new, name="new"),
    path("reports/jobs/<int:pk>/", job_views.job, name="job"),
    path("reports/jobs/<int:pk>/cancel/", job_views.cancel, name="job_cancel"),
    path("reports/jobs/<int:pk>/retry/", job_views.retry, name="job_retry"),
    path("reports/jobs/<int:pk>/file/", job_views.download, name="job_file"),
    path("plans/<int:year>/overview.xlsx", views.overview_xlsx, name="overview_xlsx"),
    path("plans/<int:year>/overview.csv", views.overview_csv, name="overview_csv"),
    path("completeness/timeliness.xlsx", lists_views.timeliness_xlsx, name="timeliness_xlsx"),
    path("completeness/timeliness.csv", lists_views.timeliness_csv, name="timeliness_csv"),
    path("completeness/<int:year>.xlsx", views.completeness_xlsx, name="completeness_xlsx"),
    path("completeness/<int:year>.csv", views.completeness_csv, name="completeness_csv"),
    path("plans/<int:year>/areas/<int:number>.xlsx", views.area_xlsx, name="area_xlsx"),
    path("plans/<int:year>/areas/<int:number>.csv", views.area_csv, name="area_csv"),
    path("plans/<int:year>/indicators/<str:code>.xlsx", views.indicator_xlsx, name="indicator_xlsx"),
    path("plans/<int:year>/indicators/<str:code>.csv", views.indicator_csv, name="indicator_csv"),
    path("evaluations/<int:year>/<slug:key>.xlsx", evaluation_views.evaluation_xlsx, name="evaluation_xlsx"),
    path("evaluations/<int:year>/<slug:key>.csv", evaluation_views.evaluation_csv, name="evaluation_csv"),
    path("dictionary.xlsx", lists_views.dictionary_xlsx, name="dictionary_xlsx"),
    path("audit.csv", lists_views.audit_csv, name="audit_csv"),
    path("security.csv", security_views.security_csv, name="security_csv"),
    path("exchange/", exchange_views.index, name="exchange"),
    path("exchange/<slug:key>/", exchange_views.upload, name="exchange_upload"),
    path("exchange/<slug:key>/preview/<str:token>/", exchange_views.preview, name="exchange_preview"),
    path(
        "exchange/<slug:key>/preview/<str:token>/errors.xlsx", exchange_views.errors, name="exchange_errors"
    ),
    path("exchange/<slug:key>.xlsx", exchange_views.export_xlsx, name="exchange_xlsx"),
    path("exchange/<slug:key>.csv", exchange_views.export_csv, name="exchange_csv"),
    path("exchange/<slug:key>/template.xlsx", exchange_views.template, name="exchange_template"),
    *release_patterns,
]
