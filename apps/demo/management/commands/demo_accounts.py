from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from apps.demo.accounts import account_hints, definition


class Command(BaseCommand):
    help = (
        "Print the demonstration accounts, their roles and what to try; nothing without demonstration data."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        hints = account_hints()
        if not hints:
            return
        head = (_("User name"), _("Role"), _("Name"), _("What to try"))
        rows = [(hint.username, hint.role, hint.name, hint.what_to_try) for hint in hints]
        widths = [max(_width(row[column]) for row in [head, *rows]) for column in range(3)]
        for row in [head, *rows]:
            padded = [cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=False)]
            self.stdout.write("  ".join([*padded, row[3]]))
        password = definition()["password"]
        self.stdout.write(
            _(
                "Password of every demonstration account: %(password)s. Each school also has a reporter"
                " (its ten-digit code) and a principal (the code followed by -p)."
            )
            % {"password": password}
        )


def _width(text: str) -> int:
    """Columns a terminal needs: Chinese characters take two."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)
