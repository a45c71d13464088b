"""What the bureau sets up of a plan beside its targets: baselines, who does what, what is not asked.

Keyword-only; `by` is whoever does it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.enums import BUREAU_ROLES, Role
from apps.accounts.models import User
from apps.accounts.permissions import is_administrator, may_lead
from apps.plans.enums import SliceKind
from apps.plans.models import AnnualPlan, Baseline, DataElement, Indicator, PlanPolicy, TaskArea
from apps.plans.permissions import is_of_region, switches_tiers

sets_up = is_administrator & is_of_region


@transaction.atomic
def baseline_lock(
    *,
    indicator: Indicator,
    numerator: Decimal,
    denominator: Decimal | None,
    as_of: dt.date,
    definition: str,
    by: User,
    slice_kind: str = SliceKind.ALL,
    slice_value: str = "",
    restated_reason: str = "",
) -> Baseline:
    """Lock the figure of the year before. A locked one is never changed but followed, with a reason.

    Args:
        numerator, denominator: the two numbers of the figure; no denominator where the figure is an amount.
        as_of: the day before the plan year or earlier.

    Raises:
        PermissionDenied: unless `by` is an administrator of the plan's region.
        ValidationError: a date inside the plan year, a missing part, or a restatement without its reason.
    """
    plan = indicator.plan
    _require(by, plan)
    Indicator.objects.select_for_update(of=("self",)).get(pk=indicator.pk)
    if as_of.year >= plan.year:
        raise ValidationError({"as_of": _("A baseline is a figure from before the plan year.")})
    if not definition.strip():
        raise ValidationError({"definition": _("Say how the figure is defined and where it is from.")})
    if bool(indicator.denominator) != (denominator is not None):
        needed = _("This indicator needs a denominator.")
        raise ValidationError(
            {"denominator": needed if indicator.denominator else _("This indicator has no denominator.")}
        )
    found = indicator.baselines.filter(
        region=plan.region, slice_kind=slice_kind, slice_value=slice_value, superseded_at__isnull=True
    ).first()
    if found is not None:
        if not restated_reason.strip():
            raise ValidationError(
                {"restated_reason": _("The baseline is locked already: say why it is restated.")}
            )
        found.superseded_at = timezone.now()
        found.save(update_fields=["superseded_at"])
    baseline = Baseline(
        indicator=indicator,
        region=plan.region,
        slice_kind=slice_kind,
        slice_value=slice_value,
        numerator=numerator,
        denominator=denominator,
        as_of=as_of,
        definition=definition.strip(),
        restated_reason=restated_reason.strip(),
        locked_at=timezone.now(),
        locked_by=by,
    )
    baseline.full_clean()
    baseline.save()
    return baseline


@transaction.atomic
def area_lead_set(*, area: TaskArea, leader: User | None, by: User) -> TaskArea:
    """Say which leader of the bureau leads an area (raises as above)."""
    _require(by, area.plan)
    if leader is not None and not may_lead(leader):
        raise ValidationError({"lead_leader": _("Only leaders and deputy directors lead areas.")})
    area.lead_leader = leader
    area.save(update_fields=["lead_leader"])
    return area


@transaction.atomic
def indicators_mute(*, plan: AnnualPlan, codes: Iterable[str], by: User) -> PlanPolicy:
    """Ask nobody for exactly these indicators, whatever their tier.

    Raises:
        PermissionDenied: unless `by` is an administrator or leader of the plan's region.
        ValidationError: a code that the plan does not have.
    """
    if not switches_tiers(by, plan):
        raise PermissionDenied
    wanted = set(codes)
    unknown = wanted - set(
        Indicator.objects.filter(plan=plan, code__in=wanted).values_list("code", flat=True)
    )
    if unknown:
        raise ValidationError(_("The plan has no indicator %(code)s.") % {"code": ", ".join(sorted(unknown))})
    policy = PlanPolicy.objects.select_for_update().get(plan=plan)
    policy.muted_codes = sorted(wanted)
    policy.save(update_fields=["muted_codes"])
    return policy


@transaction.atomic
def element_update(
    *,
    element: DataElement,
    help_text: str,
    evidence_hint: str,
    evidence_required: bool,
    by: User,
) -> DataElement:
    """Change what helps to fill a fact in; what it means comes with the plan's files.

    Raises:
        PermissionDenied: unless `by` is an administrator.
        ValidationError: values that do not fit.
    """
    if not is_administrator(by):
        raise PermissionDenied
    element.help_text, element.evidence_hint = help_text.strip(), evidence_hint.strip()
    element.evidence_required = evidence_required
    element.full_clean()
    element.save(update_fields=["help_text", "evidence_hint", "evidence_required"])
    return element


@transaction.atomic
def league_roles_set(*, plan: AnnualPlan, roles: Iterable[str], by: User) -> PlanPolicy:
    """Let exactly these roles of the bureau see league tables of schools; nobody by default.

    Raises:
        PermissionDenied: unless `by` is an administrator of the plan's region.
        ValidationError: a role of schools, or none at all.
    """
    _require(by, plan)
    wanted = set(roles)
    if wanted - BUREAU_ROLES:
        raise ValidationError(_("League tables can be switched on for roles of the bureau only."))
    policy = PlanPolicy.objects.select_for_update().get(plan=plan)
    policy.league_roles = [role.value for role in Role if role in wanted]
    policy.save(update_fields=["league_roles"])
    return policy


def _require(by: User, plan: AnnualPlan) -> None:
    if not sets_up(by, plan):
        raise PermissionDenied
