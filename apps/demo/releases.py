"""What the demonstration releases: two settled quarters, one of them again after a school's correction.

It goes through the services that people use, after the seeding and apart from it: reading the whole plan
three times would slow every seeding down.
"""

from __future__ import annotations

from django.db import transaction

from apps.accounts.enums import Role
from apps.accounts.models import User
from apps.collection.models import Submission
from apps.collection.services import Entry, submission_submit, values_save
from apps.demo.services import YEAR
from apps.plans.models import AnnualPlan, TaskArea
from apps.reports.releases.checklist import errors_in, warnings_in
from apps.reports.releases.checklist_facts import checklist_of
from apps.reports.releases.enums import TextKind
from apps.reports.releases.freezing import release_freeze
from apps.reports.releases.models import Release
from apps.reports.releases.services import next_version, text_save
from apps.reviews.models import OfficeReview
from apps.reviews.services import review_accept, review_reopen
from apps.rollups.outbox import refresh_pending

CORRECTED_QUARTER = 2
SCHOOL, OFFICE, ELEMENT, STAGE = "2143990001", "430203-TIWEI", "myopic_pupils", "primary"
MISTAKEN, RIGHT = 368, 386
REASON = "示例：芦淞区示例第一小学更正第二季度近视学生数（录入时数字颠倒）。"
NOTES = "示例：本季度数据经各股室审核通过后发布。"
TEXTS = {
    0: {
        TextKind.JUDGEMENT: "示例：各项重点任务总体按进度推进，少数指标需加快补齐。",
        TextKind.NEXT_STEPS: "示例：对滞后指标逐项明确责任股室和完成时限，下季度末复核。",
    },
    6: {
        TextKind.JUDGEMENT: "示例：体育课落实情况较好，近视防控压力仍然较大。",
        TextKind.NEXT_STEPS: "示例：会同卫健部门完成秋季视力复查，逐校落实护眼照明改造。",
    },
}


def releases_play() -> list[Release]:
    """Release what is settled; nothing where something has been released already."""
    plan = AnnualPlan.objects.select_related("region", "policy").filter(year=YEAR).first()
    leader = User.objects.filter(username="leader").first()
    if plan is None or leader is None or Release.objects.filter(plan=plan).exists():
        return []
    settled = [quarter for quarter in (1, CORRECTED_QUARTER) if _is_settled(plan, quarter, leader)]
    made = [_release(plan, quarter, leader) for quarter in settled]
    if made and made[-1].quarter == CORRECTED_QUARTER and _correct(plan):
        made.append(_release(plan, CORRECTED_QUARTER, leader, reason=REASON))
    return made


def _is_settled(plan: AnnualPlan, quarter: int, leader: User) -> bool:
    return not errors_in(checklist_of(plan, quarter=quarter, by=leader))


def _release(plan: AnnualPlan, quarter: int, leader: User, reason: str = "") -> Release:
    """Release a quarter, its warnings read and the bureau's texts written."""
    version = next_version(plan, quarter)
    if version == 1:
        _write(plan, quarter, leader)
    findings = checklist_of(plan, quarter=quarter, by=leader)
    return release_freeze(
        plan=plan,
        quarter=quarter,
        version=version,
        by=leader,
        acknowledged=[finding.token for finding in warnings_in(findings)],
        reason=reason,
        notes=NOTES,
    )


def _write(plan: AnnualPlan, quarter: int, leader: User) -> None:
    areas = {area.number: area for area in TaskArea.objects.filter(plan=plan, number__in=TEXTS)}
    for number, texts in TEXTS.items():
        for kind, body in texts.items():
            text_save(plan=plan, quarter=quarter, kind=kind, area=areas.get(number), body=body, by=leader)


@transaction.atomic
def _correct(plan: AnnualPlan) -> bool:
    """A school's number was typed with its digits turned round; False where it does not stand like that."""
    review = (
        OfficeReview.objects.filter(
            submission__period__plan=plan,
            submission__period__quarter=CORRECTED_QUARTER,
            submission__organisation__code=SCHOOL,
            office__code=OFFICE,
        )
        .select_related("submission", "office")
        .first()
    )
    if review is None:
        return False
    submission: Submission = review.submission
    value = submission.values.filter(element__code=ELEMENT, stage=STAGE, accepted_number=MISTAKEN).first()
    office = User.objects.filter(organisation=review.office, role=Role.OFFICE).first()
    reporter = User.objects.filter(organisation=submission.organisation, role=Role.REPORTER).first()
    if value is None or office is None or reporter is None:
        return False
    review_reopen(review=review, by=office, reason=REASON)
    submission.refresh_from_db()
    entry = Entry(value.element_id, STAGE, str(RIGHT), reason=REASON)
    values_save(submission=submission, entries=[entry], by=reporter)
    submission_submit(submission=submission, by=reporter)
    review.refresh_from_db()
    review_accept(review=review, by=office)
    refresh_pending()
    return True
