"""The project itself, for checks that belong to no app."""

from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.core.checks import register

from .demo_accounts import check_demo_accounts


class ProjectConfig(AppConfig):
    name = "lusong_edu"
    label = "lusong_edu"

    def ready(self) -> None:
        from . import tracing  # noqa: F401 - connects to Celery's signals

        register(check_demo_accounts, deploy=True)


LOOKS = ("flags", "marketing", "payments", "props", "socials", "themes", "vendors")


class ServedFilesConfig(StaticFilesConfig):
    """The static files without what packages bring besides: other looks of Tabler, right-to-left ones."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        *(f"tabler-{look}.*" for look in LOOKS),
        *("tabler.css*", "*.rtl.*"),
    ]
