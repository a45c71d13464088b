"""Circulars and orders from a release: nothing is issued by itself, none of their evidence is typed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.collection.chasing.notices import recipients, report_notice_give
from apps.collection.chasing.orders import LONGEST
from apps.collection.chasing.orders_behind import Behind, order_issue_behind
from apps.collection.chasing.permissions import issues_orders_for
from apps.collection.errors import WorkflowError
from apps.collection.facts import check_words
from apps.collection.models import Period, SupervisionOrder
from apps.core import clock
from apps.core.typed import Unreadable
from apps.plans.models import AnnualPlan, Indicator, Measure
from apps.reports.behind.findings import Finding, finding_named, findings_of
from apps.reports.behind.models import Circular
from apps.reports.behind.titles import circular_title
from apps.reports.jobs.releases import parameters_of, release_name
from apps.reports.releases.edition import Edition, edition_of
from apps.reports.releases.models import Release


def body_of(edition: Edition) -> dict[str, Any]:
    """Return the words of a circular of an edition, as JSON keeps them."""
    offices = [
        {
            "name": one.office.name,
            "office": one.office.pk,
            "findings": [list(finding.lines) for finding in one.findings],
        }
        for one in findings_of(edition)
    ]
    return {"sentence": edition.overview.sentence, "offices": offices}


@transaction.atomic
def circular_issue(*, release: Release, demand: str, by: User) -> Circular:
    """Issue the circular of a release; its words are those of the release.

    Raises:
        PermissionDenied: unless `by` is a leader, deputy director or administrator of the plan's region.
        ValidationError: nothing is asked, or nothing is behind.
        WorkflowError: there is one already.
    """
    if not issues_orders_for(by, period_of(release)):
        raise PermissionDenied
    if not demand.strip():
        raise ValidationError({"demand": _("Say what is asked.")})
    try:
        check_words(demand, limit=LONGEST)
    except Unreadable as refusal:
        raise ValidationError({"demand": refusal.message}) from refusal
    plan = AnnualPlan.objects.select_for_update().get(pk=release.plan_id)
    if Circular.objects.filter(release=release).exists():
        raise WorkflowError(_("The circular of this release is issued already."))
    with translation.override(settings.LANGUAGE_CODE):
        body = body_of(edition_of(release))
    if not body["offices"]:
        raise ValidationError(_("Nothing is behind in this release; there is nothing to issue."))
    last = Circular.objects.filter(plan=plan).aggregate(last=Max("number"))["last"] or 0
    circular = Circular.objects.create(
        release=release,
        plan=plan,
        number=last + 1,
        body=body,
        demand=demand.strip(),
        issued_by=by,
        issued_on=clock.today(),
    )
    _tell_offices(circular)
    return circular


def _tell_offices(circular: Circular) -> None:
    """Tell the people of each office that the circular names."""
    offices = [office["office"] for office in circular.body["offices"]]
    period = period_of(circular.release)
    title = circular_title(circular)
    for people in recipients(offices).values():
        for user in people:
            report_notice_give(
                user=user,
                period=period,
                text=title,
                link=reverse("reports:circular", args=[circular.pk]),
                step=f"circular-{circular.pk}",
            )


def period_of(release: Release) -> Period:
    """Return the period of a release's quarter."""
    return Period.objects.select_related("plan").get(plan=release.plan_id, quarter=release.quarter)


def order_issue_from(
    *, release: Release, kind: str, code: str, demand: str, answer_due_on: dt.date, by: User
) -> SupervisionOrder:
    """Issue a supervision order about one finding of a release (raises as `order_issue_behind`).

    Raises:
        ValidationError: the release does not show it to be behind.
    """
    with translation.override(settings.LANGUAGE_CODE):
        finding = finding_named(edition_of(release), kind, code)
        named = release_name(parameters_of(release))
    if finding is None:
        raise ValidationError(_("The release does not show this to be behind."))
    behind = Behind(
        thing=_stored(finding),
        office=finding.office,
        evidence=finding.text,
        source_name=named,
        source_sha256=release.sha256,
    )
    return order_issue_behind(
        period=period_of(release), behind=behind, demand=demand, answer_due_on=answer_due_on, by=by
    )


def _stored(finding: Finding) -> Indicator | Measure:
    """Return the row of the thing as it is now: an order needs something to hang on."""
    if isinstance(finding.thing, Indicator):
        return Indicator.objects.get(pk=finding.thing.pk)
    return Measure.objects.get(pk=finding.thing.pk)
