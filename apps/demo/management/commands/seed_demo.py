from __future__ import annotations

import argparse
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from apps.demo import story
from apps.demo.plan_setup import definition
from apps.demo.services import DemoRefusedError, is_seeded, seed
from apps.demo.tasks import release_quarters
from apps.plans.enums import Tier
from apps.rollups.outbox import publish


class Command(BaseCommand):
    help = "Fill an empty database with the demonstration district, the same every time."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--stage", choices=story.stage_names(), default="complete")
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing where the demonstration is there"
        )
        parser.add_argument("--force", action="store_true", help="also into a database with real schools")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_empty"] and is_seeded():
            return
        try:
            made = seed(stage=options["stage"], force=options["force"])
        except DemoRefusedError as refusal:
            raise CommandError(str(refusal)) from refusal
        # Once it is committed: a worker releases the settled quarters, so that nobody waits for it.
        transaction.on_commit(partial(publish, release_quarters), robust=True)
        self.stdout.write(
            _(
                "Demonstration district at stage %(stage)s, business date %(date)s, tiers asked: %(tiers)s."
                " %(schools)s schools, %(accounts)s accounts, %(returns)s returns, %(facts)s facts."
            )
            % {
                "stage": options["stage"],
                "date": story.business_date(options["stage"]).isoformat(),
                "tiers": "、".join(str(Tier(tier).label) for tier in definition()["tiers"]),
                "schools": made.schools,
                "accounts": made.accounts,
                "returns": made.returns,
                "facts": made.facts,
            }
        )
