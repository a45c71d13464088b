from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from lusong_edu.messages import compile_messages


class Command(BaseCommand):
    help = "Compile the message catalogues that changed (Babel; GNU gettext is not needed)."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        for path in compile_messages():
            self.stdout.write(f"compiled {path}")
