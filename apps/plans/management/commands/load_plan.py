from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from apps.core.loading import LoadRefused, Problem, Problems, Report
from apps.organisations import loading as organisations
from apps.plans import loading
from apps.plans.models import AnnualPlan

FIXTURES = Path(settings.BASE_DIR) / "fixtures"


class Command(BaseCommand):
    help = "Check a plan's files and load what differs, all or nothing. What the bureau decided is kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--path", type=Path, default=FIXTURES / "plans" / "2025", help="the plan's folder"
        )
        parser.add_argument("--organisations", type=Path, help="the district's file of regions and offices")
        parser.add_argument("--if-empty", action="store_true", help="do nothing when there is a plan already")
        parser.add_argument("--check", action="store_true", help="only look for mistakes")

    def handle(
        self, *, path: Path, organisations: Path | None, if_empty: bool, check: bool, **options: Any
    ) -> None:
        if if_empty and AnnualPlan.objects.exists():
            self.stdout.write(_("There is a plan already; nothing was loaded."))
            return
        try:
            report = self._load(path, organisations, only_check=check)
        except LoadRefused as refusal:
            raise CommandError(self._refusal(refusal.problems)) from refusal
        if report is None:
            self.stdout.write(_("No mistakes found."))
            return
        for sentence in report.sentences():
            self.stdout.write(sentence)
        if report.is_unchanged:
            self.stdout.write(_("Nothing had changed."))

    def _load(self, path: Path, organisations_path: Path | None, *, only_check: bool) -> Report | None:
        problems, report = Problems(), Report()
        bundle = loading.read(path, problems)
        offices = organisations.read(
            organisations_path or FIXTURES / "organisations" / f"{bundle.plan.region}.yaml", problems
        )
        problems.extend(loading.check(bundle, district=offices.district, office_keys=offices.office_keys))
        if problems.found:
            raise LoadRefused(problems.found)
        if only_check:
            return None
        with transaction.atomic():
            organisations.apply(offices, report)
            loading.apply(bundle, report)
        return report

    def _refusal(self, problems: list[Problem]) -> str:
        heading = _("Nothing was loaded. Mistakes found: %(count)d") % {"count": len(problems)}
        return "\n".join([heading, *(f"- {problem}" for problem in problems)])
