"""What accepting a part would move: the real refresh on the real tables, in a transaction that is undone.

First the indicators are brought up to date, so that what others have changed meanwhile is not taken for an
effect; then the facts are accepted, the same indicators refreshed again and compared. Nothing of it stays: no
value, no audit row, no generation, no message.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from apps.accounts.models import User
from apps.collection.models import Period
from apps.collection.services import values_accept
from apps.plans.enums import SliceKind
from apps.plans.models import AnnualPlan, Indicator
from apps.reviews.models import OfficeReview
from apps.reviews.parts import parts_of
from apps.rollups.models import Result
from apps.rollups.refreshing import affected_pairs, refresh
from apps.rollups.suppression import Viewer, hides_total


class UndoneError(Exception):
    """Leaves the hypothetical transaction."""


@dataclass(frozen=True)
class Standing:
    """A result as it stands: value in the indicator's unit, its two sums, how many reported, its light."""

    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    n_reported: int
    n_due: int
    status: str


@dataclass(frozen=True)
class Moved:
    """A result of the whole region in one quarter, before and after; `is_hidden`: too small to be shown."""

    indicator: Indicator
    period: Period
    before: Standing | None
    after: Standing | None
    is_hidden: bool = False

    @property
    def changes_light(self) -> bool:
        return (self.before.status if self.before else "") != (self.after.status if self.after else "")


Key = tuple[int, int]


def impact_of(review: OfficeReview, *, by: User, viewer: Viewer) -> list[Moved]:
    """Return which results of the plan's region would change if the part were accepted, lights first.

    Args:
        by: whoever would accept; only stamped on rows that are undone.
        viewer: decides which figures are shown; restricted indicators are left out.
    """
    plan = review.submission.period.plan
    part = parts_of(review.submission).get(review.office_id)
    element_ids = sorted(part.element_ids) if part else []
    indicators = list(
        Indicator.objects.visible_to(by)
        .filter(plan=plan, element_links__element__in=element_ids)
        .select_related("area")
        .distinct()
    )
    before, after = _compared(review, plan, element_ids, indicators, by)
    periods = {period.pk: period for period in plan.periods.all()}
    by_id = {indicator.pk: indicator for indicator in indicators}
    moved = [
        _moved(by_id[key[0]], periods[key[1]], before.get(key), after.get(key), viewer)
        for key in before.keys() | after.keys()
        if before.get(key) != after.get(key)
    ]
    return sorted(
        moved,
        key=lambda row: (
            not row.changes_light,
            row.indicator.area.number,
            row.indicator.position,
            row.period.quarter,
        ),
    )


def _compared(
    review: OfficeReview, plan: AnnualPlan, element_ids: list[int], indicators: list[Indicator], by: User
) -> tuple[dict[Key, Standing], dict[Key, Standing]]:
    quarter = review.submission.period.quarter
    pairs = affected_pairs(indicators=indicators, periods=list(plan.periods.all()), since=quarter)
    regions = {review.submission.organisation.region_id}
    before: dict[Key, Standing] = {}
    after: dict[Key, Standing] = {}
    try:
        with transaction.atomic():
            refresh(plan=plan, pairs=pairs, region_ids=regions)
            before.update(_standings(plan, indicators))
            values_accept(submission=review.submission, element_ids=element_ids, by=by)
            refresh(plan=plan, pairs=pairs, region_ids=regions)
            after.update(_standings(plan, indicators))
            raise UndoneError
    except UndoneError:
        plan.refresh_from_db(fields=["generation"])
    return before, after


def _standings(plan: AnnualPlan, indicators: Iterable[Indicator]) -> Iterator[tuple[Key, Standing]]:
    results = Result.objects.filter(
        indicator__in=list(indicators), region=plan.region_id, slice_kind=SliceKind.ALL
    ).select_related("judgement")
    for result in results:
        judgement = getattr(result, "judgement", None)
        yield (
            (result.indicator_id, result.period_id),
            Standing(
                value=judgement.value if judgement else None,
                numerator=result.numerator,
                denominator=result.denominator,
                n_reported=result.n_reported,
                n_due=result.n_due,
                status=judgement.status if judgement else "",
            ),
        )


def _moved(
    indicator: Indicator, period: Period, before: Standing | None, after: Standing | None, viewer: Viewer
) -> Moved:
    """A difference gives both away, so one hidden figure hides the pair."""
    hidden = any(
        standing is not None and hides_total(indicator, standing.numerator, standing.denominator, viewer)
        for standing in (before, after)
    )
    return Moved(indicator, period, before, after, hidden)
