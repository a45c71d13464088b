"""Every write to evaluations. Keyword-only; `by` is whoever does it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core import clock
from apps.organisations.models import Organisation
from apps.plans.models import AnnualPlan
from apps.rollups.evaluations.models import EvaluationFinding, RuleConfirmation
from apps.rollups.evaluations.permissions import checks_finding, confirms_rule, office_code, records_finding
from apps.rollups.evaluations.rules import Check, Evaluation


@transaction.atomic
def finding_record(
    *,
    plan: AnnualPlan,
    evaluation: Evaluation,
    check: Check,
    as_of: dt.date,
    basis: str,
    by: User,
    meets: bool | None = None,
    number: Decimal | None = None,
) -> EvaluationFinding:
    """Record what the responsible office found; what was agreed before must be agreed again.

    Args:
        meets: for a check without a line; `number`: for one with a line, in the check's unit.

    Raises:
        PermissionDenied: unless `by` belongs to the responsible office.
        ValidationError: no or the wrong kind of answer, a figure that cannot be, a day to come, no basis.
    """
    if not check.is_recorded or not records_finding(by, (plan, check)):
        raise PermissionDenied
    _refuse_answer(check, meets, number)
    if as_of > clock.today():
        raise ValidationError({"as_of": _("Give a day until today.")})
    if not basis.strip():
        raise ValidationError({"basis": _("Say in a few words what it rests on.")})
    AnnualPlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    key = {"plan": plan, "evaluation": evaluation.key, "code": check.code}
    finding = EvaluationFinding.objects.filter(**key).first() or EvaluationFinding(**key)
    finding.office = Organisation.objects.get(code=office_code(plan, check))
    finding.meets, finding.number = (meets, None) if check.limit is None else (None, number)
    finding.as_of, finding.basis = as_of, basis.strip()
    finding.recorded_by, finding.recorded_on = by, clock.today()
    finding.checked_by, finding.checked_on, finding.returned_note = None, None, ""
    finding.full_clean()
    finding.save()
    return finding


def _refuse_answer(check: Check, meets: bool | None, number: Decimal | None) -> None:
    """A ratio given in per cent (12.35 for 0.1235) is refused, not guessed at."""
    if check.limit is None:
        if meets is None:
            raise ValidationError({"meets": _("Say whether it is met.")})
        return
    if number is None:
        raise ValidationError({"number": _("Give the figure.")})
    if number < 0 or (check.highest is not None and number > check.highest):
        text = _("The figure must lie between 0 and %(highest)s.") % {"highest": f"{check.highest:f}"}
        if check.highest == 1:
            text = _("This is a ratio between 0 and 1: write 0.1235 for 12.35 per cent.")
        raise ValidationError({"number": text})


@transaction.atomic
def finding_check(
    *, finding: EvaluationFinding, check: Check, accept: bool, by: User, note: str = ""
) -> EvaluationFinding:
    """Agree with what an office found, or give it back with the reason.

    Raises:
        PermissionDenied: unless `by` is of the office that checks that one, or its deputy director.
        ValidationError: it was checked or changed meanwhile, or the reason is missing.
    """
    current = EvaluationFinding.objects.select_for_update(of=("self",)).get(pk=finding.pk)
    plan = AnnualPlan.objects.select_related("region", "policy").get(pk=current.plan_id)
    if not checks_finding(by, (plan, check)) or by.pk == current.recorded_by_id:
        raise PermissionDenied
    if current.checked_on is not None:
        raise ValidationError(_("Somebody has looked at it already; reload the page."))
    if not accept and not note.strip():
        raise ValidationError({"note": _("Say why it is returned.")})
    current.checked_by, current.checked_on = by, clock.today()
    current.returned_note = "" if accept else note.strip()
    current.full_clean()
    current.save()
    return current


@transaction.atomic
def rule_decide(
    *, plan: AnnualPlan, evaluation: Evaluation, check: Check, confirm: bool, reason: str, by: User
) -> RuleConfirmation:
    """Confirm a rule whose words could not be cited, or take the confirmation back; both with a reason.

    Raises:
        PermissionDenied: unless `by` is an administrator of the plan's region.
        ValidationError: a rule that needs no confirmation, or no reason.
    """
    if not confirms_rule(by, (plan, check)):
        raise PermissionDenied
    if not check.to_confirm:
        raise ValidationError(_("This rule stands in a text that can be cited; it needs no confirmation."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say what the decision rests on.")})
    word, _is_new = RuleConfirmation.objects.update_or_create(
        plan=plan,
        evaluation=evaluation.key,
        code=check.code,
        defaults={
            "digest": check.digest,
            "is_confirmed": confirm,
            "reason": reason.strip(),
            "decided_by": by,
            "decided_on": clock.today(),
        },
    )
    return word
