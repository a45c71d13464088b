"""What leaves the platform: claimed first, then sent, then its outcome noted. At most once.

A message that was claimed and never heard of again (a crash, a lost answer) is uncertain: it is shown to a
person, who alone may have it sent again. What certainly did not go out is tried again by itself, a few times.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterable

from django.core.exceptions import PermissionDenied
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.collection.chasing import email, webhook
from apps.collection.chasing.enums import Channel, DispatchState
from apps.collection.chasing.permissions import chases_for
from apps.collection.chasing.sending import NotSentError, UncertainError
from apps.collection.chasing.wording import notice_text
from apps.collection.errors import WorkflowError
from apps.collection.models import Dispatch, Notice, Period, Robot

logger = logging.getLogger(__name__)

LOST_AFTER = dt.timedelta(minutes=10)
MOST_ATTEMPTS = 3
RETRIED_AFTER = dt.timedelta(minutes=20)


def emails_queue(notices: Iterable[Notice]) -> int:
    """Queue an e-mail for each notice whose reader has an address; none where no server is configured."""
    if not email.is_configured():
        return 0
    rows = [_mail(notice) for notice in notices if notice.user.email]
    return len(Dispatch.objects.bulk_create(rows, ignore_conflicts=True))


def _mail(notice: Notice) -> Dispatch:
    subject, body = notice_text(notice)
    return Dispatch(
        channel=Channel.EMAIL,
        notice=notice,
        period=notice.period,
        step=notice.step or notice.kind,
        subject=subject[:200],
        body=body,
    )


def robots_queue(*, period: Period, step: str, subject: str, body: str) -> int:
    """Queue a digest for each active robot of the plan's region that has not had this step."""
    robots = Robot.objects.filter(region=period.plan.region_id, is_active=True)
    rows = [
        Dispatch(
            channel=Channel.ROBOT, robot=robot, period=period, step=step, subject=subject[:200], body=body
        )
        for robot in robots
    ]
    before = Dispatch.objects.count()
    Dispatch.objects.bulk_create(rows, ignore_conflicts=True)
    return Dispatch.objects.count() - before


def dispatches_send() -> dict[str, int]:
    """Send what is queued, one by one; return how many were sent, failed and became uncertain."""
    lost_mark()
    waiting = Q(state=DispatchState.QUEUED) | Q(
        state=DispatchState.FAILED,
        attempts__lt=MOST_ATTEMPTS,
        finished_at__lt=timezone.now() - RETRIED_AFTER,
    )
    counts = dict.fromkeys((DispatchState.SENT, DispatchState.FAILED, DispatchState.UNCERTAIN), 0)
    for pk in list(Dispatch.objects.filter(waiting).order_by("pk").values_list("pk", flat=True)):
        state = dispatch_send(pk)
        if state is not None:
            counts[DispatchState(state)] += 1
    return {str(state): count for state, count in counts.items()}


def lost_mark() -> int:
    """Mark what was claimed and never finished as uncertain: whoever sent it has died on the way."""
    lost = Dispatch.objects.filter(state=DispatchState.SENDING, claimed_at__lt=timezone.now() - LOST_AFTER)
    return lost.update(
        state=DispatchState.UNCERTAIN,
        finished_at=timezone.now(),
        error=_("The sending was interrupted; it may have arrived."),
    )


def dispatch_send(pk: int) -> str | None:
    """Claim one message and send it; return its state afterwards, None when somebody else has it.

    Runs outside any transaction, so that the claim is known before the first byte leaves.
    """
    claimed = Dispatch.objects.filter(pk=pk, state__in=(DispatchState.QUEUED, DispatchState.FAILED)).update(
        state=DispatchState.SENDING, claimed_at=timezone.now(), attempts=F("attempts") + 1, error=""
    )
    if claimed != 1:
        return None
    dispatch = Dispatch.objects.select_related("notice__user", "robot").get(pk=pk)
    try:
        SENDERS[Channel(dispatch.channel)](dispatch)
        state, error = DispatchState.SENT, ""
    except NotSentError as failure:
        state, error = DispatchState.FAILED, str(failure)
    except UncertainError as failure:
        state, error = DispatchState.UNCERTAIN, str(failure)
    except Exception as failure:  # a fault of ours: nobody knows how far it got
        logger.exception("sending message %s failed", pk)
        state, error = DispatchState.UNCERTAIN, type(failure).__name__
    Dispatch.objects.filter(pk=pk, state=DispatchState.SENDING).update(
        state=state, error=error[:300], finished_at=timezone.now()
    )
    return state


def _send_email(dispatch: Dispatch) -> None:
    assert dispatch.notice is not None
    if not email.is_configured() or not dispatch.notice.user.email:
        raise NotSentError(_("No mail server is set up, or the account has no address."))
    email.send(address=dispatch.notice.user.email, subject=dispatch.subject, body=dispatch.body)


def _send_robot(dispatch: Dispatch) -> None:
    robot = dispatch.robot
    assert robot is not None
    if not robot.is_active:
        raise NotSentError(_("The robot is switched off."))
    payload = webhook.message(robot.kind, subject=dispatch.subject, body=dispatch.body)
    webhook.post(webhook.signed(robot.url, kind=robot.kind, secret=robot.secret), payload)


SENDERS: dict[Channel, Callable[[Dispatch], None]] = {
    Channel.EMAIL: _send_email,
    Channel.ROBOT: _send_robot,
}


def dispatch_retry(*, dispatch: Dispatch, by: User) -> Dispatch:
    """Let a message that failed or is uncertain be sent again, because a person says so.

    Raises:
        PermissionDenied: `by` does not chase in the plan's region.
        WorkflowError: it is neither failed nor uncertain (any more).
    """
    _settle(dispatch, by, DispatchState.QUEUED, retried_by=by, attempts=0)
    return dispatch


def dispatch_drop(*, dispatch: Dispatch, by: User) -> Dispatch:
    """Let a message that failed or is uncertain rest (raises as `dispatch_retry`)."""
    _settle(dispatch, by, DispatchState.DROPPED, retried_by=by)
    return dispatch


def _settle(dispatch: Dispatch, by: User, state: DispatchState, **values: object) -> None:
    if not chases_for(by, dispatch.period):
        raise PermissionDenied
    open_ones = Dispatch.objects.filter(
        pk=dispatch.pk, state__in=(DispatchState.FAILED, DispatchState.UNCERTAIN)
    )
    if open_ones.update(state=state, **values) != 1:
        raise WorkflowError(_("This message was settled meanwhile; reload the page."))
    dispatch.refresh_from_db()
