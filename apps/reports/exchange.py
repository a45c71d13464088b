"""The tables that the administrator takes out and brings in, and how each is read and written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.resources import AccountResource
from apps.collection.importing import drafts
from apps.collection.importing.tables import read_fact_table
from apps.collection.models import Period
from apps.core.exchanging.grids import FORM, MANY_SCHOOLS, Limits
from apps.core.exchanging.outcomes import Outcome, import_sheet
from apps.core.exchanging.reading import Sheet, read_sheet
from apps.core.exchanging.resources import ServiceResource
from apps.dashboards.tables import Cell, Column, Table, count_cell, date_cell, text_cell
from apps.organisations.resources import OfficeResource, SchoolResource
from apps.organisations.signals import schools_changed
from apps.plans.models import AnnualPlan
from apps.plans.resources.catalogue import ElementResource, IndicatorResource
from apps.plans.resources.decisions import BaselineResource, TargetResource
from apps.plans.resources.plan_resource import PlanResource
from apps.plans.resources.responsibility import ResponsibilityResource
from apps.reviews import importing as prefill

RESOURCES: dict[str, type[ServiceResource]] = {
    "schools": SchoolResource,
    "offices": OfficeResource,
    "accounts": AccountResource,
    "elements": ElementResource,
    "indicators": IndicatorResource,
    "targets": TargetResource,
    "baselines": BaselineResource,
    "responsibility": ResponsibilityResource,
}
# What a school is decides what it is asked.
MOVES_ASSIGNMENTS = frozenset({"schools"})
WIDE = frozenset({"定义与来源", "要点原文", "填报说明", "销号标准", "举措", "指标", "说明", "依据"})


class Exchange:
    """One table of the master data, imported as a whole or not at all."""

    has_export = True
    of_period = False
    limits = FORM

    def __init__(self, key: str, *, by: User, plan: AnnualPlan) -> None:
        self.key, self.by, self.plan = key, by, plan
        self.resource = _resource(key, by, plan)

    @property
    def name(self) -> str:
        return str(self.resource.name)

    @property
    def about(self) -> str:
        return str(self.resource.about)

    @property
    def has_import(self) -> bool:
        return self.resource.imports

    @property
    def headings(self) -> list[str]:
        return [str(column.column_name) for column in self.resource.columns()]

    @property
    def required(self) -> list[str]:
        return self.resource.required_headings()

    def table(self) -> Table:
        """Return the table as it is now."""
        return _table(self.name, self.headings, self.resource.dataset())

    def template(self) -> Table:
        """Return the empty table."""
        return _table(self.name, self.headings, [])

    def read(self, content: bytes) -> Sheet:
        """Return the rows of a file; raises FileRefused."""
        return read_sheet(content, headings=self.headings, required=self.required, limits=self.limits)

    @transaction.atomic
    def run(self, sheet: Sheet, *, dry_run: bool, period: Period | None = None) -> Outcome:
        """Import, or only try it."""
        outcome = import_sheet(_resource(self.key, self.by, self.plan), sheet, dry_run=dry_run)
        if not dry_run and outcome.can_be_taken and self.key in MOVES_ASSIGNMENTS:
            schools_changed.send(Exchange, region=self.plan.region, by=self.by)
        return outcome


def _resource(key: str, by: User, plan: AnnualPlan) -> ServiceResource:
    kind = RESOURCES[key]
    return kind(by=by, plan=plan) if issubclass(kind, PlanResource) else kind(by=by)


@dataclass(frozen=True)
class FactFile:
    """A kind of file whose rows are facts."""

    name: str | Promise
    about: str | Promise
    headings: Sequence[str]
    required: Sequence[str]
    run: Callable[..., Outcome]
    read: Callable[..., Sheet] = read_sheet
    limits: Limits = FORM


FACT_FILES = {
    "values": FactFile(
        _("Reported figures as drafts"),
        _(
            "Brings figures in as drafts of schools and offices, by the same rules as the form. Right "
            "rows are saved "
            "although others are wrong; whoever owes them still checks and submits. A table with a row for "
            "each school and a column for each fact is read, too."
        ),
        drafts.HEADINGS,
        drafts.REQUIRED,
        drafts.drafts_import,
        read_fact_table,
        MANY_SCHOOLS,
    ),
    "prefill": FactFile(
        _("Figures of other systems"),
        _(
            "Takes over what other systems hold already (enrolment, teachers, fitness results, "
            "screening): it counts "
            "at once, with its source and date, and schools are not asked again. One wrong row and "
            "nothing is taken."
        ),
        prefill.HEADINGS,
        prefill.REQUIRED,
        prefill.prefill_import,
    ),
}


class FactExchange:
    """Facts of schools and offices for one quarter; brought in only."""

    has_export = False
    has_import = True
    of_period = True

    def __init__(self, key: str, *, by: User, plan: AnnualPlan) -> None:
        self.key, self.by, self.plan = key, by, plan
        self.file = FACT_FILES[key]
        self.headings, self.required = list(self.file.headings), list(self.file.required)

    @property
    def name(self) -> str:
        return str(self.file.name)

    @property
    def about(self) -> str:
        return str(self.file.about)

    @property
    def limits(self) -> Limits:
        return self.file.limits

    def template(self) -> Table:
        """Return the empty table."""
        return _table(self.name, self.headings, [])

    def read(self, content: bytes) -> Sheet:
        """Return the rows of a file; raises FileRefused."""
        return self.file.read(content, headings=self.headings, required=self.required, limits=self.limits)

    def run(self, sheet: Sheet, *, dry_run: bool, period: Period | None = None) -> Outcome:
        """Import, or only try it."""
        return self.file.run(sheet=sheet, period=period, by=self.by, dry_run=dry_run)


AnyExchange = Exchange | FactExchange
KEYS = (*RESOURCES, *FACT_FILES)


def exchange_of(key: str, *, by: User, plan: AnnualPlan) -> AnyExchange | None:
    """Return the table named `key`, None when there is none."""
    if key in RESOURCES:
        return Exchange(key, by=by, plan=plan)
    return FactExchange(key, by=by, plan=plan) if key in FACT_FILES else None


def exchanges(*, by: User, plan: AnnualPlan) -> list[AnyExchange]:
    """Return all tables (no query)."""
    return [found for key in KEYS if (found := exchange_of(key, by=by, plan=plan))]


def _table(name: str, headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> Table:
    columns = [Column(heading, width=40 if heading in WIDE else 16) for heading in headings]
    return Table(name, columns, [[_cell(value) for value in row] for row in rows])


def _cell(value: Any) -> Cell:
    match value:
        case dt.date():
            return date_cell(value)
        case Decimal() | int():
            return count_cell(value)
    return text_cell(value)
