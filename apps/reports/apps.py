from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "apps.reports"
    label = "reports"

    def ready(self) -> None:
        from apps.dashboards import citing
        from apps.reports.jobs.registry import discover
        from apps.reports.releases import citing as releases

        discover()
        citing.register(citing=releases.citing, touching=releases.touching)
