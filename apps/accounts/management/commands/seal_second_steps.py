from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.security import resealing


class Command(BaseCommand):
    help = (
        "Encrypt every second step's secret with the first of LUSONG_SECOND_STEP_KEYS, after it was changed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--remove-unreadable",
            action="store_true",
            help="remove those that no key opens (the key is lost): their people set a second step up anew",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["remove_unreadable"]:
            self.stdout.write(f"{resealing.unreadable_remove()} second steps that no key opened are removed.")
        done = resealing.secrets_seal_anew()
        self.stdout.write(f"{done.n_anew} second steps encrypted anew, {done.n_there} were already.")
        if done.unreadable:
            raise CommandError(
                f"{len(done.unreadable)} are opened by no key of LUSONG_SECOND_STEP_KEYS: add the key they "
                "were encrypted with. If it is lost, their people can log in with a recovery code or have an "
                "administrator switch the second step off; --remove-unreadable does it for all of them."
            )
        self.stdout.write("No key but the first of LUSONG_SECOND_STEP_KEYS is needed any more.")
