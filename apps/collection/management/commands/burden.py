from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from apps.collection.burden import burden
from apps.collection.burden_table import as_csv, as_text, rows_of, uses_of_plan
from apps.plans.models import AnnualPlan


class Command(BaseCommand):
    help = "Say how many fields the schools' forms have, by type, stage, quarter and tier."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--plan", type=int, help="the year of the plan, the latest unless said otherwise")
        parser.add_argument("--csv", action="store_true", help="write CSV instead of a table")

    def handle(self, *, plan: int | None, csv: bool, **options: Any) -> None:
        plans = AnnualPlan.objects.order_by("-year")
        found = (plans.filter(year=plan) if plan else plans).first()
        if found is None:
            raise CommandError(_("There is no such plan. Load it first: manage.py load_plan"))
        rows = rows_of(burden(uses_of_plan(found)))
        if csv:
            self.stdout.write(as_csv(rows), ending="")
            return
        self.stdout.write(as_text(rows))
        self.stdout.write(
            _("Fields with this tier and those before it; a fact is asked once for each stage.")
        )
        self.stdout.write(
            _("Unshared: as if each indicator asked for the facts of its numerator and denominator itself.")
        )
