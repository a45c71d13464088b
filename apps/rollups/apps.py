from django.apps import AppConfig


class RollupsConfig(AppConfig):
    name = "apps.rollups"
    label = "rollups"

    def ready(self) -> None:
        """Connect the receivers."""
        from apps.rollups import receivers  # noqa: F401
