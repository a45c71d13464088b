from django.apps import AppConfig


class RollupsConfig(AppConfig):
    name = "apps.rollups"
    label = "rollups"

    def ready(self) -> None:
        """Connect the receivers; check the files of the evaluations with everything else."""
        from apps.rollups import receivers  # noqa: F401
        from apps.rollups.evaluations import system_checks  # noqa: F401
