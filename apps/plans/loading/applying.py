from __future__ import annotations

import hashlib
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from apps.core.loading import Outcome, Report, link, upsert
from apps.organisations.models import Organisation, Region
from apps.plans.loading.apply_elements import apply_elements
from apps.plans.loading.apply_indicators import apply_indicators
from apps.plans.loading.apply_measures import apply_measures
from apps.plans.loading.apply_rules import apply_rules
from apps.plans.loading.records import PlanBundle
from apps.plans.loading.retiring import retire_absent
from apps.plans.loading.texts import cut_areas
from apps.plans.models import AnnualPlan, PlanPolicy, TaskArea

Offices = Mapping[str, Organisation]


@transaction.atomic
def apply(bundle: PlanBundle, report: Report) -> AnnualPlan:
    """Write what differs from a checked bundle. The district and its offices must be there.

    What the bureau decided stays: the policy, lead leaders, the status and dates of measures, and every
    target that a person set or confirmed.

    Raises:
        LoadRefused: when a record that is no longer in the files still carries data.
    """
    region = Region.objects.select_for_update().get(code=bundle.plan.region)
    offices = _offices(region)
    plan = _apply_plan(bundle, region, report)
    _apply_policy(bundle, plan, offices, report)
    areas = _apply_areas(bundle, plan, offices, report)
    elements = apply_elements(bundle, report)
    apply_rules(bundle, elements, report)
    indicators = apply_indicators(bundle, plan, areas, offices, report)
    apply_measures(bundle, areas, indicators, offices, report)
    retire_absent(bundle, plan, report)
    return plan


def _offices(region: Region) -> Offices:
    prefix = f"{region.code}-"
    return {
        office.code.removeprefix(prefix): office
        for office in Organisation.objects.offices().filter(region=region, code__startswith=prefix)
    }


def _apply_plan(bundle: PlanBundle, region: Region, report: Report) -> AnnualPlan:
    record = bundle.plan
    return upsert(
        AnnualPlan,
        key={"region": region, "year": record.year},
        values={
            "title": record.title,
            "title_en": record.title_en,
            "publisher": record.publisher,
            "published_on": record.published_on,
            "text": bundle.text,
            "text_sha256": hashlib.sha256(bundle.text.encode()).hexdigest(),
        },
        report=report,
        kind=_("plan"),
        name=record.year,
    )


def _apply_policy(bundle: PlanBundle, plan: AnnualPlan, offices: Offices, report: Report) -> None:
    """Write the policy of a new plan; afterwards it is the bureau's."""
    record = bundle.plan
    wanted = {
        "enabled_tiers": list(record.enabled_tiers),
        "cross_review_office_id": offices[record.cross_review_office].pk,
        "second_review_office_id": offices[record.second_review_office].pk,
    }
    policy, is_new = PlanPolicy.objects.get_or_create(plan=plan, defaults=wanted)
    differing = [field for field, value in wanted.items() if getattr(policy, field) != value]
    outcome = Outcome.CREATED if is_new else Outcome.KEPT if differing else Outcome.LEFT
    report.note(_("policy"), record.year, outcome, differing)


def _apply_areas(
    bundle: PlanBundle, plan: AnnualPlan, offices: Offices, report: Report
) -> dict[int, TaskArea]:
    texts = cut_areas(bundle.text, closing=bundle.plan.closing)
    areas = {}
    for record in bundle.areas:
        lead, *supporting = (offices[key] for key in record.offices)
        area = upsert(
            TaskArea,
            key={"plan": plan, "number": record.number},
            values={
                "name": record.name,
                "name_en": record.name_en,
                "text": texts[record.number].text,
                "lead_office_id": lead.pk,
            },
            report=report,
            kind=_("area"),
            name=record.number,
        )
        if link(area.supporting_offices, supporting):
            report.amend(["supporting_offices"])
        areas[record.number] = area
    return areas
