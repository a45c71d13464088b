"""Migrates and, when there is no plan, loads plan and demo: python -m lusong_edu.first_run."""

import django
from django.apps import apps
from django.core.management import call_command, get_commands
from django.db import transaction

from .settings.environment import env


def prepare_database() -> None:
    """Migrates; then loads plan and demo district into an empty database, both or neither."""
    call_command("migrate", interactive=False, verbosity=0)
    if not env.bool("LUSONG_LOAD", default=True) or apps.get_model("plans", "AnnualPlan").objects.exists():
        return
    wanted = ["load_plan"] + (["seed_demo"] if env.bool("LUSONG_DEMO", default=True) else [])
    available = get_commands()
    with transaction.atomic():
        for command in wanted:
            if command in available:
                call_command(command)


if __name__ == "__main__":
    django.setup()
    prepare_database()
