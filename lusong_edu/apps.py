"""The project itself, for checks that belong to no app."""

from django.apps import AppConfig
from django.core.checks import register

from .demo_accounts import check_demo_accounts


class ProjectConfig(AppConfig):
    name = "lusong_edu"
    label = "lusong_edu"

    def ready(self) -> None:
        from . import tracing  # noqa: F401 - connects to Celery's signals

        register(check_demo_accounts, deploy=True)
