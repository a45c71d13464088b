"""How long the report of the whole district takes, stage by stage: `make bench-report`."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.core import clock
from apps.dashboards.selectors import last_ended_quarter
from apps.plans.models import AnnualPlan
from apps.reports.progress import report
from apps.reports.releases.audience import Audience
from apps.reports.releases.content import content_of
from apps.reports.releases.edition import edition_of_content


class Command(BaseCommand):
    help = (
        "Make the progress report of the newest plan's last ended quarter several times and tell the seconds"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--times", type=int, default=3, help="How often, after one to warm up")

    def handle(self, *args: Any, **options: Any) -> None:
        plan = AnnualPlan.objects.select_related("region", "policy").order_by("-year").first()
        if plan is None:
            raise CommandError("There is no plan to report on.")
        quarter = last_ended_quarter(plan.periods.all(), today=clock.today())
        content, seconds = timed(lambda: content_of(plan, quarter=quarter, version=0))
        self.stdout.write(f"{plan.year} Q{quarter}: read from the database in {seconds[0]:.1f} s")
        for turn in range(options["times"] + 1):
            edition = edition_of_content(content, Audience(sees_all=True))
            (_name, made), (wall, cpu) = timed(
                lambda edition=edition: report.made(edition, lambda: report.district_draft(edition))
            )
            label = "warm-up" if turn == 0 else f"run {turn}"
            self.stdout.write(
                f"{label}: {wall:.1f} s, of them {cpu:.1f} s of one core, {len(made) // 1024} KB"
            )


def timed(make: Any) -> tuple[Any, tuple[float, float]]:
    """Return what is made, and the seconds it took by the clock and by the processor."""
    wall, cpu = time.monotonic(), time.process_time()
    made = make()
    return made, (time.monotonic() - wall, time.process_time() - cpu)
