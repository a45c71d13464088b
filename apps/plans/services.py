"""Every write to a plan that a person makes. `by` is whoever does it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.permissions import Predicate
from apps.core import clock
from apps.plans.enums import TargetLevel, TargetSource, Tier
from apps.plans.models import AnnualPlan, PlanPolicy, Target, TargetRevision
from apps.plans.permissions import decides_targets, switches_tiers
from apps.plans.validators import target_mistakes


@transaction.atomic
def target_confirm(
    *, revision: TargetRevision, by: User, reason: str = "", effective_from: dt.date | None = None
) -> TargetRevision:
    """Put a proposed revision in force from `effective_from` on, today unless said otherwise.

    Raises:
        PermissionDenied: unless `by` is an administrator or leader of the plan's region.
        ValidationError: when `by` has proposed it, when it is confirmed already, or a later revision is.
    """
    target = _lock(revision.target_id, by)
    revision = target.revisions.get(pk=revision.pk)
    if revision.confirmed_on is not None:
        raise ValidationError(_("This target is confirmed already."))
    if revision.proposed_by_id == by.pk:
        raise ValidationError(_("You have proposed this change: somebody else confirms it."))
    if target.revisions.filter(number__gt=revision.number, confirmed_on__isnull=False).exists():
        raise ValidationError(_("A later revision of this target is confirmed already."))
    starts = effective_from or max(revision.effective_from, clock.today())
    _require_start(target, starts)
    revision.effective_from = starts
    revision.reason = reason.strip() or revision.reason
    revision.confirmed_on, revision.confirmed_by = clock.today(), by
    revision.full_clean(validate_unique=False)
    revision.save()
    return revision


@transaction.atomic
def target_set(
    *,
    target: Target,
    by: User,
    reason: str,
    effective_from: dt.date,
    value: Decimal | None = None,
    value_max: Decimal | None = None,
    level: str = TargetLevel.DISTRICT,
    due_on: dt.date | None = None,
) -> TargetRevision:
    """Set a target to a new revision; earlier ones stay in force for the time before it.

    The first one is in force at once. A change of a target in force is a proposal until a second person
    confirms it (`target_confirm`); a later proposal takes the place of one that waits.
    The comparison is the indicator's direction; `value` is in the indicator's unit.

    Raises:
        PermissionDenied: unless `by` is an administrator or leader of the plan's region.
        ValidationError: without a reason, for values that do not fit, or when the date reaches back before
            the current quarter or the revision in force.
    """
    target = _lock(target.pk, by)
    indicator = target.indicator
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the target is set.")})
    mistakes = target_mistakes(
        direction=indicator.direction,
        basis=indicator.basis,
        operator=indicator.direction,
        value=value,
        value_max=value_max,
        due_on=due_on,
    )
    if sentences := list(mistakes):
        raise ValidationError(sentences)
    _require_start(target, effective_from)
    is_change = target.revisions.filter(confirmed_on__isnull=False).exists()
    revision = TargetRevision(
        target=target,
        number=(target.revisions.aggregate(last=Max("number"))["last"] or 0) + 1,
        source=TargetSource.BUREAU_TO_SET,
        level=level,
        operator=indicator.direction,
        value=value,
        value_max=value_max,
        due_on=due_on,
        effective_from=effective_from,
        reason=reason.strip(),
        proposed_by=by,
        confirmed_on=None if is_change else clock.today(),
        confirmed_by=None if is_change else by,
    )
    revision.full_clean()
    revision.save()
    return revision


@transaction.atomic
def tiers_enable(*, plan: AnnualPlan, tiers: Iterable[str], by: User) -> PlanPolicy:
    """Ask exactly these tiers of indicators, the core tier always among them.

    Raises:
        PermissionDenied: unless `by` is an administrator or leader of the plan's region.
        ValidationError: for an unknown tier, or without the core tier.
    """
    _require(switches_tiers, by, plan)
    wanted = set(tiers)
    if unknown := wanted - set(Tier.values):
        raise ValidationError(_("There is no tier %(tier)s.") % {"tier": ", ".join(sorted(unknown))})
    if Tier.CORE not in wanted:
        raise ValidationError(_("The core tier is always asked."))
    policy = PlanPolicy.objects.select_for_update().get(plan=plan)
    policy.enabled_tiers = [tier for tier in Tier.values if tier in wanted]
    policy.save(update_fields=["enabled_tiers"])
    return policy


@transaction.atomic
def thresholds_set(
    *,
    plan: AnnualPlan,
    on_track_ratio: Decimal,
    at_risk_ratio: Decimal,
    step_tolerance_days: int,
    by: User,
) -> PlanPolicy:
    """Say when a light changes: shares (0 to 1) of the expected progress, days a step may be overdue.

    Raises:
        PermissionDenied: unless `by` is an administrator or leader of the plan's region.
        ValidationError: for what is no share, or when what is at risk would be better than what is on track.
    """
    _require(switches_tiers, by, plan)
    if at_risk_ratio > on_track_ratio:
        raise ValidationError({"at_risk_ratio": _("It cannot be above the share that counts as on track.")})
    policy = PlanPolicy.objects.select_for_update().get(plan=plan)
    policy.on_track_ratio = on_track_ratio
    policy.at_risk_ratio = at_risk_ratio
    policy.step_tolerance_days = step_tolerance_days
    policy.full_clean(exclude=["enabled_tiers", "muted_codes"])
    policy.save(update_fields=["on_track_ratio", "at_risk_ratio", "step_tolerance_days"])
    return policy


@transaction.atomic
def principal_sign_off_set(*, plan: AnnualPlan, required: bool, by: User) -> PlanPolicy:
    """Let principals submit what their reporters filled in, or let reporters submit themselves.

    Raises:
        PermissionDenied: unless `by` is an administrator or leader of the plan's region.
    """
    _require(switches_tiers, by, plan)
    policy = PlanPolicy.objects.select_for_update().get(plan=plan)
    policy.principal_sign_off = required
    policy.save(update_fields=["principal_sign_off"])
    return policy


def _lock(target_id: int, by: User) -> Target:
    """Hold a target while it changes, so that two revisions never get the same number."""
    locked = Target.objects.select_for_update(of=("self",)).select_related("indicator__plan")
    target = locked.get(pk=target_id)
    _require(decides_targets, by, target.indicator.plan)
    return target


def _require(may: Predicate, by: User, plan: AnnualPlan) -> None:
    if not may(by, plan):
        raise PermissionDenied


def _require_start(target: Target, starts: dt.date) -> None:
    """A target in force is only changed from the current quarter on: a closed quarter keeps its own."""
    in_force = target.revisions.filter(confirmed_on__isnull=False).order_by("-number").first()
    if in_force is None:
        return
    today = clock.today()
    quarter_starts = dt.date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    earliest = max(quarter_starts, in_force.effective_from)
    if starts < earliest:
        raise ValidationError(
            {"effective_from": _("It can count from %(date)s on.") % {"date": earliest.isoformat()}}
        )
