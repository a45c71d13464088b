"""What the queue and the review page are made of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.enums import Role
from apps.accounts.models import User
from apps.collection.fact_rows import FactRow, rows_of
from apps.collection.keys import Key, key_text
from apps.reviews.claims import claims_of
from apps.reviews.counting import Counts, counts_of
from apps.reviews.enums import ReviewStatus
from apps.reviews.models import OfficeReview, ReviewClaim
from apps.reviews.parts import parts_of
from apps.reviews.services import FactReturn

EVERY_STATE = "all"
BY_AGE, BY_RISK = "age", "risk"
UNUSUAL, USUAL = "unusual", "usual"
PAGE = 40
MOST = 500


@dataclass(frozen=True)
class QueueFilter:
    """What of the queue is shown; unknown values fall back to the waiting ones."""

    state: str = ReviewStatus.WAITING
    office: int | None = None
    quarter: int | None = None
    look: str = ""
    order: str = BY_AGE
    text: str = ""

    @classmethod
    def read(cls, data: Mapping[str, str]) -> QueueFilter:
        look, order = data.get("look", ""), data.get("order", "")
        state = data.get("state", ReviewStatus.WAITING)
        office, quarter = data.get("office", ""), data.get("quarter", "")
        return cls(
            state=state if state in (*ReviewStatus.values, EVERY_STATE) else ReviewStatus.WAITING,
            office=int(office) if office.isdecimal() else None,
            quarter=int(quarter) if quarter in {"1", "2", "3", "4"} else None,
            look=look if look in (UNUSUAL, USUAL) else "",
            order=order if order == BY_RISK else BY_AGE,
            text=data.get("q", "").strip()[:60],
        )

    def fits(self, row: QueueRow) -> bool:
        """Tell whether a row has, or has not, something unusual, as asked."""
        return not self.look or bool(row.counts.flagged) == (self.look == UNUSUAL)


@dataclass(frozen=True)
class QueueRow:
    """One office's part of a return in the queue; `age`: days it has been waiting; `claim`: who reads it."""

    review: OfficeReview
    age: int
    counts: Counts
    claim: ReviewClaim | None = None


def my_reviews(user: User) -> QuerySet[OfficeReview]:
    """Return the parts the user may decide, the longest waiting first."""
    return (
        OfficeReview.objects.decidable_by(user)
        .filter(submission__organisation__region__ancestor_links__ancestor_id=user.region_id)
        .select_related(
            "office", "submission__organisation", "submission__period__plan__policy", "decided_by"
        )
        .order_by("waiting_since", "submission__organisation__sort_key", "pk")
    )


def filtered(reviews: QuerySet[OfficeReview], chosen: QueueFilter) -> QuerySet[OfficeReview]:
    """Return the reviews that the filter leaves."""
    if chosen.state != EVERY_STATE:
        reviews = reviews.filter(status=chosen.state)
    if chosen.office:
        reviews = reviews.filter(office=chosen.office)
    if chosen.text:
        reviews = reviews.filter(submission__organisation__name__icontains=chosen.text)
    return reviews.filter(submission__period__quarter=chosen.quarter) if chosen.quarter else reviews


def queue_rows(reviews: list[OfficeReview], today: dt.date) -> list[QueueRow]:
    """Return the rows of one page of the queue (5 queries)."""
    counts, claims = counts_of(reviews), claims_of(reviews)
    return [
        QueueRow(review, (today - review.waiting_since).days, counts[review.pk], claims.get(review.pk))
        for review in reviews
    ]


def queue_page(
    reviews: QuerySet[OfficeReview], chosen: QueueFilter, *, number: str | None, today: dt.date
) -> tuple[Page[Any], list[QueueRow]]:
    """Return one page of the queue and its rows; by risk or look all of it is counted first."""
    if chosen.order == BY_AGE and not chosen.look:
        page = Paginator(reviews, PAGE).get_page(number)
        return page, queue_rows(list(page.object_list), today)
    rows = [row for row in queue_rows(list(reviews[:MOST]), today) if chosen.fits(row)]
    if chosen.order == BY_RISK:
        rows.sort(key=lambda row: (-row.counts.risk, -row.age))
    counted = Paginator(rows, PAGE).get_page(number)
    return counted, list(counted.object_list)


def count_waiting(user: User) -> int:
    """Return how many parts wait for the user (1 query)."""
    return my_reviews(user).filter(status=ReviewStatus.WAITING).count()


def next_waiting(user: User, after: OfficeReview) -> OfficeReview | None:
    """Return the next part that waits for the user, from the one just decided on and then from the start.

    What a colleague is reading just now is passed over.
    """
    read = ReviewClaim.objects.filter(until__gt=timezone.now()).exclude(by=user).values("review")
    mine = my_reviews(user).filter(status=ReviewStatus.WAITING).exclude(pk=after.pk).exclude(pk__in=read)
    waiting = list(mine[:200])
    place = (after.waiting_since, after.submission.organisation.sort_key, after.pk)
    later = [
        review
        for review in waiting
        if (review.waiting_since, review.submission.organisation.sort_key, review.pk) > place
    ]
    return next(iter(later or waiting), None)


@dataclass
class ReviewRow:
    """One fact of the part with the choice to return it, as the reviewer made it."""

    fact: FactRow
    choice: FactReturn | None = None

    @property
    def name(self) -> str:
        return key_text(self.fact.slot.key)

    @property
    def is_correction(self) -> bool:
        """A figure that counts already would be replaced."""
        accepted = self.fact.slot.accepted
        return accepted is not None and not self.fact.value.same_as(accepted)

    @property
    def counts_already(self) -> bool:
        """Accepted as it stands, when the rest of the part was returned."""
        accepted = self.fact.slot.accepted
        return accepted is not None and self.fact.value.same_as(accepted)


def review_rows(
    review: OfficeReview, *, viewer: User, may_decide: bool, chosen: Mapping[Key, FactReturn] | None = None
) -> list[ReviewRow]:
    """Return the facts of the part, what is unusual or changed first; who decides sees all of them."""
    part = parts_of(review.submission).get(review.office_id)
    facts = rows_of(review.submission, viewer=viewer, as_submitted=True, shows_all=may_decide)
    rows = []
    for fact in facts:
        if part is None or fact.slot.key not in part.facts:
            continue
        rows.append(ReviewRow(fact, (chosen or {}).get(fact.slot.key)))
    return rows


def may_decide(user: User, review: OfficeReview) -> bool:
    """Tell whether the user may decide about this part (1 query)."""
    if user.role not in (Role.OFFICE, Role.DEPUTY):
        return False
    return my_reviews(user).filter(pk=review.pk).exists()
