from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demonstration district: right-most app, no tables, never used by another app."""

    name = "apps.demo"
    label = "demo"
