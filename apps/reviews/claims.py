"""Who is reading a part: visible to the colleagues, lapsing by itself, taken over knowingly.

A claim keeps two people from doing the same work and the school from taking its return back meanwhile. That
two decisions never meet is the business of `services.py`, with or without a claim.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.collection.errors import WorkflowError
from apps.reviews.enums import ReviewStatus
from apps.reviews.models import OfficeReview, ReviewClaim

LASTS = dt.timedelta(minutes=15)


@transaction.atomic
def claim_take(*, review: OfficeReview, by: User, force: bool = False) -> ReviewClaim | None:
    """Claim a waiting part for `by`, or prolong the claim; return the claim in force, perhaps another's.

    Args:
        force: take it over from whoever has it.
    """
    current = OfficeReview.objects.select_for_update(of=("self",)).get(pk=review.pk)
    if current.status != ReviewStatus.WAITING:
        return None
    now = timezone.now()
    claim = ReviewClaim.objects.select_related("by").filter(review=current).first()
    if claim is not None and claim.by_id != by.pk and claim.until > now and not force:
        return claim
    since = claim.since if claim is not None and claim.by_id == by.pk and claim.until > now else now
    found, _created = ReviewClaim.objects.update_or_create(
        review=current, defaults={"by": by, "since": since, "until": now + LASTS}
    )
    return found


def claim_require(*, review: OfficeReview, by: User) -> None:
    """Raise WorkflowError when somebody else is reading the part."""
    claim = claims_of([review]).get(review.pk)
    if claim is not None and claim.by_id != by.pk:
        raise WorkflowError(claim_text(claim))


def claim_text(claim: ReviewClaim) -> str:
    """Return who is reading and until when, as a sentence."""
    text = _("%(who)s is reviewing this part (until %(when)s). Take it over to decide yourself.")
    return text % {"who": claim.by.name, "when": timezone.localtime(claim.until).strftime("%H:%M")}


def claim_release(*, review: OfficeReview, by: User) -> None:
    """Let go of one's own claim."""
    ReviewClaim.objects.filter(review=review, by=by).delete()


def claims_of(reviews: Iterable[OfficeReview]) -> dict[int, ReviewClaim]:
    """Return the claims in force by review id (1 query)."""
    found = ReviewClaim.objects.filter(review__in=list(reviews), until__gt=timezone.now())
    return {claim.review_id: claim for claim in found.select_related("by")}
