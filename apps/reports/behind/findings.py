"""What is behind, office by office, in sentences bound to frozen values. Pure.

They are made of the edition for circulation: no restricted indicator and no small number gets into a paper
that goes round. An indicator is behind when its light says off track or at risk; a measure when it is overdue
on the day of the release or reported as delayed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.dashboards import sentences, wording
from apps.dashboards.lights import sign_of
from apps.dashboards.measure_signs import days_overdue
from apps.dashboards.overview import URGENT
from apps.dashboards.readings import Reading
from apps.organisations.models import Organisation
from apps.plans.enums import MeasureStatus
from apps.plans.models import Indicator, Measure
from apps.reports.releases.edition import Edition


@dataclass(frozen=True)
class Finding:
    """One thing that is behind: its office, what it is called, its light (a word), and the sentences."""

    office: Organisation
    thing: Indicator | Measure
    status: str
    lines: Sequence[str]

    @property
    def kind(self) -> str:
        return "indicator" if isinstance(self.thing, Indicator) else "measure"

    @property
    def code(self) -> str:
        return self.thing.code

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@dataclass(frozen=True)
class OfficeFindings:
    """What is behind of one office."""

    office: Organisation
    findings: Sequence[Finding]


def findings_of(edition: Edition) -> list[OfficeFindings]:
    """Return what is behind, office by office: indicators in the plan's order, then measures."""
    found = [_of_indicator(reading) for reading in edition.current if reading.status in URGENT]
    found += [_of_measure(one, edition) for one in edition.measures if _is_behind(one, edition)]
    return [
        OfficeFindings(office, own)
        for office in edition.offices
        if (own := [finding for finding in found if finding.office.pk == office.pk])
    ]


def finding_named(edition: Edition, kind: str, code: str) -> Finding | None:
    """Return one finding by the kind and code of its thing."""
    every = [finding for office in findings_of(edition) for finding in office.findings]
    return next((finding for finding in every if (finding.kind, finding.code) == (kind, code)), None)


def _of_indicator(reading: Reading) -> Finding:
    indicator = reading.indicator
    head = _("%(name)s is %(light)s in the %(quarter)s.") % {
        "name": wording.in_language(indicator),
        "light": sign_of(reading.status).word,
        "quarter": wording.quarter_name(reading.quarter),
    }
    lines = [head]
    if told := sentences.target_sentence(reading):
        lines.append(_("Its value: %(sentence)s.") % {"sentence": told})
    if reading.is_provisional and reading.coverage is not None:
        text = _("The figure is provisional: %(share)s of the reports are in.")
        lines.append(text % {"share": wording.share_text(reading.coverage)})
    return Finding(indicator.lead_office, indicator, str(reading.status), lines)


def _is_behind(measure: Measure, edition: Edition) -> bool:
    return measure.status == MeasureStatus.DELAYED or days_overdue(measure, edition.frozen_on) > 0


def _of_measure(measure: Measure, edition: Edition) -> Finding:
    name = {"name": wording.in_language(measure), "code": measure.code}
    days = days_overdue(measure, edition.frozen_on)
    if days and measure.due_on:
        text = ngettext(
            "The measure %(name)s (%(code)s) was due on %(due)s and was %(days)s day overdue on %(date)s.",
            "The measure %(name)s (%(code)s) was due on %(due)s and was %(days)s days overdue on %(date)s.",
            days,
        )
        dates = {"due": date_format(measure.due_on), "days": days, "date": date_format(edition.frozen_on)}
        return Finding(measure.lead_office, measure, "late", [text % (name | dates)])
    line = _("The measure %(name)s (%(code)s) is reported as delayed.") % name
    return Finding(measure.lead_office, measure, "off_track", [line])
