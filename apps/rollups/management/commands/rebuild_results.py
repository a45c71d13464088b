from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.core import clock
from apps.plans.models import AnnualPlan
from apps.rollups.models import Judgement
from apps.rollups.services import rebuild


class Command(BaseCommand):
    help = "Compute all results of the annual plans again and print what was different."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--plan", type=int, metavar="YEAR", help="only the plans of this year")

    def handle(self, *args: Any, **options: Any) -> None:
        plans = AnnualPlan.objects.filter(periods__isnull=False).distinct()
        if options["plan"]:
            plans = plans.filter(year=options["plan"])
        if not plans:
            raise CommandError(
                "there is no plan with reporting periods; run load_plan and create its periods"
            )
        with clock.held_at(clock.read_date()):
            for plan in plans:
                self.rebuild(plan)

    def rebuild(self, plan: AnnualPlan) -> None:
        """Rebuild one plan and print counts and differences."""
        run = rebuild(plan=plan)
        judged = Judgement.objects.filter(result__plan=plan).count()
        self.stdout.write(
            f"{plan}: {run.results} results, {judged} judgements, {len(run.differences)} differences"
        )
        for found in run.differences:
            name = "{indicator} Q{quarter} {region} {slice_kind} {slice_value}".format(**found).rstrip()
            self.stdout.write(f"  {name}: stored {found['stored']}, computed {found['computed']}")
