"""Accepting many parts at once: only those without anything unusual, and only after a look at a sample.

The sample is drawn at random by a stored seed, so that anybody can see later that it was not picked. One part
of it that is not in order stops the whole: then each is looked at by itself.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Collection, Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.collection.errors import WorkflowError
from apps.reviews.claims import claims_of
from apps.reviews.counting import counts_of
from apps.reviews.enums import BulkState, ReviewStatus, SampleVerdict
from apps.reviews.models import BulkAcceptance, BulkItem, OfficeReview
from apps.reviews.pages import my_reviews
from apps.reviews.services import part_versions, review_accept

FEWEST = 2
MOST = 200
SHARE = 10
LEAST_SAMPLE = 3


def sample_size(count: int) -> int:
    """Return how many of `count` are looked at: one in ten, rounded up, at least three (or all of fewer)."""
    return min(count, max(LEAST_SAMPLE, -(-count // SHARE)))


def draw(ids: Collection[int], seed: int) -> list[int]:
    """Return the sampled ids: the same for the same ids and seed."""
    return sorted(random.Random(seed).sample(sorted(ids), sample_size(len(ids))))  # noqa: S311 - no secret  # nosec B311


def candidates_of(user: User, *, quarter: int | None = None) -> list[OfficeReview]:
    """Return the waiting parts of the user without anything unusual, which nobody else is reading."""
    waiting = my_reviews(user).filter(status=ReviewStatus.WAITING)
    if quarter:
        waiting = waiting.filter(submission__period__quarter=quarter)
    reviews = list(waiting[:MOST])
    counts, claims = counts_of(reviews), claims_of(reviews)
    return [
        review
        for review in reviews
        if not counts[review.pk].flagged
        and not counts[review.pk].is_correction
        and (review.pk not in claims or claims[review.pk].by_id == user.pk)
    ]


@transaction.atomic
def bulk_start(*, reviews: Sequence[OfficeReview], by: User, seed: int | None = None) -> BulkAcceptance:
    """Begin a bulk acceptance and draw its sample.

    Args:
        reviews: as `candidates_of` gives them.
        seed: drawn by the system when not given.

    Raises:
        PermissionDenied: one of them is not the user's to decide.
        WorkflowError: fewer than two, or another bulk acceptance of the user is open.
    """
    if len(reviews) < FEWEST:
        raise WorkflowError(_("There are not enough parts without anything unusual to accept together."))
    ids = {review.pk for review in reviews}
    if my_reviews(by).filter(pk__in=ids).count() != len(ids):
        raise PermissionDenied
    if open_bulk(by) is not None:
        raise WorkflowError(_("You have a bulk acceptance open; finish it or give it up first."))
    chosen = secrets.randbits(32) if seed is None else seed
    bulk = BulkAcceptance.objects.create(by=by, seed=chosen)
    sampled = set(draw(ids, chosen))
    versions = part_versions(reviews)
    BulkItem.objects.bulk_create(
        BulkItem(
            bulk=bulk, review=review, version=versions[review.submission_id], is_sampled=review.pk in sampled
        )
        for review in reviews
    )
    return bulk


def open_bulk(user: User) -> BulkAcceptance | None:
    """Return the user's open bulk acceptance, if there is one."""
    return BulkAcceptance.objects.filter(by=user, state=BulkState.OPEN).first()


@transaction.atomic
def bulk_check(*, item: BulkItem, verdict: str, by: User) -> BulkItem:
    """Say of a sampled part whether it is in order; one that is not stops the whole (raises as above)."""
    bulk = _own_open(item.bulk, by)
    if verdict not in SampleVerdict.values or not item.is_sampled:
        raise WorkflowError(_("Say whether the sampled part is in order."))
    item.verdict, item.checked_at = verdict, timezone.now()
    item.save(update_fields=["verdict", "checked_at"])
    if verdict == SampleVerdict.WRONG:
        _finish(bulk, BulkState.STOPPED)
    return item


@transaction.atomic
def bulk_accept(*, bulk: BulkAcceptance, by: User) -> list[BulkItem]:
    """Accept every part whose sample was in order; return the items left, with the reason.

    A part that was decided or submitted anew meanwhile is left, the others are accepted all the same.
    """
    current = _own_open(bulk, by)
    items = list(
        current.items.select_related("review__submission__organisation", "review__submission__period")
    )
    if any(item.is_sampled and item.verdict != SampleVerdict.GOOD for item in items):
        raise WorkflowError(_("Look at every part of the sample first."))
    for item in items:
        _accept(item, by)
    BulkItem.objects.bulk_update(items, ["is_accepted", "left_because"])
    _finish(current, BulkState.ACCEPTED)
    return [item for item in items if not item.is_accepted]


def _accept(item: BulkItem, by: User) -> None:
    claim = claims_of([item.review]).get(item.review_id)
    if claim is not None and claim.by_id != by.pk:
        item.left_because = _("%(who)s is reviewing it.") % {"who": claim.by.name}
        return
    try:
        with transaction.atomic():
            review_accept(review=item.review, by=by, note=_("Accepted together"), version=item.version)
    except PermissionDenied:
        item.left_because = _("No longer yours to decide.")
    except WorkflowError as error:
        item.left_because = str(error)[:300]
    else:
        item.is_accepted = True


@transaction.atomic
def bulk_abandon(*, bulk: BulkAcceptance, by: User) -> None:
    """Give an open bulk acceptance up; nothing is accepted by it."""
    _finish(_own_open(bulk, by), BulkState.ABANDONED)


def _own_open(bulk: BulkAcceptance, by: User) -> BulkAcceptance:
    current = BulkAcceptance.objects.select_for_update(of=("self",)).get(pk=bulk.pk)
    if current.by_id != by.pk:
        raise PermissionDenied
    if current.state != BulkState.OPEN:
        raise WorkflowError(_("This bulk acceptance is finished already."))
    return current


def _finish(bulk: BulkAcceptance, state: BulkState) -> None:
    bulk.state, bulk.finished_at = state, timezone.now()
    bulk.save(update_fields=["state", "finished_at"])
