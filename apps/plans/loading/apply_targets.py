from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from apps.core.loading import LoadRefused, Outcome, Problem, Report, upsert
from apps.plans.enums import TargetSource
from apps.plans.loading.records import IndicatorRecord, PlanRecord
from apps.plans.loading.retiring import carries_data
from apps.plans.models import Indicator, Target, TargetRevision


def apply_target(plan: PlanRecord, record: IndicatorRecord, indicator: Indicator, report: Report) -> None:
    """Write the target and its first revision, unless a person has set or confirmed one."""
    target = upsert(
        Target,
        key={"indicator": indicator},
        values={"source": record.target.source, "source_text": record.target.text},
        report=report,
        kind=_("target"),
        name=record.code,
    )
    revisions = list(target.revisions.all())
    wanted = _revision_values(plan, record)
    if any(revision.proposed_by_id or revision.confirmed_by_id for revision in revisions):
        _note_decision(revisions[-1], wanted, record, report)
    elif revisions:
        _correct(revisions[0], wanted, record, report)
    elif wanted:
        TargetRevision.objects.create(target=target, number=1, **wanted)
        report.amend([] if report.lines[-1].outcome == Outcome.CREATED else ["revision"])


def _revision_values(plan: PlanRecord, record: IndicatorRecord) -> dict[str, Any]:
    """Return what revision 1 says; what the plan itself states is confirmed by its publication."""
    target = record.target
    if target.source == TargetSource.BUREAU_TO_SET:
        return {}
    return {
        "source": target.source,
        "level": target.level,
        "operator": target.operator,
        "value": target.value,
        "value_max": target.value_max,
        "due_on": target.due_on,
        "effective_from": plan.published_on,
        "reason": plan.revision_reasons[target.source],
        "confirmed_on": plan.published_on if target.source == TargetSource.PLAN else None,
    }


def _correct(
    revision: TargetRevision, wanted: dict[str, Any], record: IndicatorRecord, report: Report
) -> None:
    """Take a correction of the files, as long as nothing was judged by what they said before."""
    differing = [field for field, value in wanted.items() if getattr(revision, field) != value]
    if wanted and not differing:
        return
    if carries_data(revision):
        sentence = _("figures were judged by its target: the bureau sets it anew, with a date and a reason.")
        raise LoadRefused([Problem(record.place, sentence)])
    if not wanted:
        revision.delete()
        report.amend(["revision"])
        return
    for field in differing:
        setattr(revision, field, wanted[field])
    revision.save(update_fields=differing)
    report.amend(differing)


def _note_decision(
    latest: TargetRevision, wanted: dict[str, Any], record: IndicatorRecord, report: Report
) -> None:
    fields = ("level", "operator", "value", "value_max", "due_on")
    if any(getattr(latest, field) != wanted.get(field) for field in fields):
        report.note(_("target"), record.code, Outcome.KEPT)
