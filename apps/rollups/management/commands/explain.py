from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.collection.models import Period
from apps.core import clock
from apps.organisations.enums import Stage
from apps.plans.enums import SliceKind
from apps.plans.models import Indicator
from apps.rollups.explain import Explanation, NotComputedError, explain
from apps.rollups.explain_units import UnitRow
from apps.rollups.explain_words import filled_text, formula_text, judgement_text, plain


class Command(BaseCommand):
    help = "Print how an indicator's number came about: explain A06-MYOPIA --quarter 4"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="the indicator's code")
        parser.add_argument("--quarter", type=int, choices=(1, 2, 3, 4), help="default: the current one")
        parser.add_argument("--plan", type=int, metavar="YEAR", help="default: the newest plan")
        parser.add_argument("--slice", default="all", metavar="KIND:VALUE", help="e.g. stage:primary")

    def handle(self, *args: Any, **options: Any) -> None:
        with clock.held_at(clock.read_date()):
            indicator = self.indicator(options["code"], options["plan"])
            period = self.period(indicator, options["quarter"])
            kind, _colon, value = options["slice"].partition(":")
            if kind not in SliceKind.values:
                raise CommandError(f"a slice is one of {', '.join(SliceKind.values)}")
            try:
                found = explain(indicator=indicator, period=period, slice_kind=kind, slice_value=value)
            except NotComputedError as error:
                raise CommandError(f"no result for {error}; run rebuild_results") from error
            self.print(found)

    def indicator(self, code: str, year: int | None) -> Indicator:
        """Return the indicator of that code in the plan of `year`."""
        found = Indicator.objects.filter(code=code.upper()).select_related("plan", "plan__region")
        if year:
            found = found.filter(plan__year=year)
        indicator = found.order_by("-plan__year").first()
        if indicator is None:
            raise CommandError(f"there is no indicator {code}")
        return indicator

    def period(self, indicator: Indicator, quarter: int | None) -> Period:
        """Return the quarter asked for, else the one of the business date."""
        quarter = quarter or (clock.today().month + 2) // 3
        period = Period.objects.filter(plan=indicator.plan, quarter=quarter).first()
        if period is None:
            raise CommandError(f"the plan has no quarter {quarter} yet")
        return period

    def print(self, found: Explanation) -> None:
        """Print the explanation."""
        statistics = found.statistics
        self.stdout.write(f"{found.indicator.code} {found.indicator.name}  {found.period}")
        self.stdout.write(f"  {found.quote}")
        if found.as_of is not None and found.as_of.pk != found.period.pk:
            self.stdout.write("  " + _("carried from %(period)s") % {"period": found.as_of})
        self.stdout.write(f"  {formula_text(found)}")
        self.stdout.write(f"  {filled_text(found)}")
        self.stdout.write(f"  {judgement_text(found)}")
        self.stdout.write(
            "  "
            + _("due %(due)d, reported %(reported)d, does not apply %(excused)d")
            % {
                "due": statistics.n_due,
                "reported": statistics.n_reported,
                "excused": statistics.n_not_applicable,
            }
        )
        if not found.is_in_step:
            self.stdout.write("  " + _("The facts have changed since; a refresh is under way."))
        self.stdout.write(_("Included: %(count)d") % {"count": found.n_included})
        for row in found.included:
            self.stdout.write(f"  {self.included(row)}")
        self.stdout.write(_("Not included: %(count)d") % {"count": found.n_excluded})
        for row in found.excluded:
            self.stdout.write(f"  {self.name(row)}  {row.exclusion.label} {row.note}".rstrip())  # type: ignore[union-attr]

    def included(self, row: UnitRow) -> str:
        """Return a line for a unit in the sum."""
        amounts = " / ".join(plain(n) for n in (row.numerator, row.denominator) if n is not None)
        when = timezone.localtime(row.accepted_at).strftime("%Y-%m-%d %H:%M") if row.accepted_at else ""
        revision = f"r{row.revision}" if row.revision else ""
        return f"{self.name(row)}  {amounts}  {row.accepted_by or ''} {when} {revision}".rstrip()

    def name(self, row: UnitRow) -> str:
        """Return a unit's name, with its stage where it has one."""
        stage = "" if row.stage == Stage.WHOLE else f" {Stage(row.stage).label}"
        return f"Q{row.quarter} {row.organisation.name}{stage}"
