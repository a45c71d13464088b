from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    name = "apps.core"
    label = "core"

    def ready(self) -> None:
        from apps.core.audit import guards

        post_migrate.connect(guards.install, sender=self, dispatch_uid="audit guards")
