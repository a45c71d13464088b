from __future__ import annotations

from fractions import Fraction
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.core import clock
from apps.core.display import percent_text
from apps.plans.models import AnnualPlan
from apps.rollups.backtest import Score, Trial, score, trials_of
from apps.rollups.enums import ForecastBasis
from apps.rollups.forecasts import FLOW, MILESTONE, STOCK


class Command(BaseCommand):
    help = (
        "Make every forecast that could have been made in the stored years and say how far off it was and "
        "how often its interval held (four in five is what it promises)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--plan", type=int, metavar="YEAR", help="only the plans of this year")
        parser.add_argument("--list", action="store_true", help="print every forecast beside what came")

    def handle(self, *args: Any, **options: Any) -> None:
        plans = AnnualPlan.objects.filter(results__isnull=False).distinct().order_by("year")
        if options["plan"]:
            plans = plans.filter(year=options["plan"])
        with clock.held_at(clock.read_date()):
            trials = list(trials_of(plans))
        if not trials:
            raise CommandError(
                "there is no year whose last figures are all in; forecasts can be tested once there is one"
            )
        for kind in (FLOW, STOCK, MILESTONE):
            self.say(score(kind, [trial for trial in trials if trial.kind == kind]))
        for trial in trials if options["list"] else ():
            self.show(trial)

    def say(self, result: Score) -> None:
        """Print one line for a kind of forecast, and why there was none."""
        self.stdout.write(
            f"{result.kind}: {result.n_made} of {result.n} forecast, "
            f"mean error {_percent(result.mean_error)}, interval held {_percent(result.held)}"
        )
        for basis, count in sorted(result.without.items()):
            self.stdout.write(f"  none for {count}: {ForecastBasis(basis).label}")

    def show(self, trial: Trial) -> None:
        """Print one forecast beside what came."""
        made = trial.forecast
        ends = " ".join(_number(end) for end in (made.value, made.low, made.high))
        said = ends if made.is_known else str(made.basis.label)
        self.stdout.write(f"{trial.year} Q{trial.quarter} {trial.code}: {said} | {_number(trial.actual)}")


def _percent(share: Fraction | None) -> str:
    return "—" if share is None else f"{percent_text(share, 1)}%"


def _number(number: Fraction | None) -> str:
    return "—" if number is None else f"{float(number):.2f}"
