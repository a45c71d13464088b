"""What the rush left behind, looked at from outside: fact by fact, and results added up anew in Python."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from benchmarks import client, web


@dataclass(frozen=True)
class Kept:
    """Facts that were sent, those that stand in the database with the same value, returns handed in."""

    sent: int
    same: int
    handed_in: int

    @property
    def is_whole(self) -> bool:
        return self.sent == self.same


def kept_as_sent(people: Sequence[Any]) -> Kept:
    """Compare every fact with what its reporter sent."""
    from apps.collection.keys import key_text
    from apps.collection.models import DataValue, Submission

    ids = [one.organisation_id for one in people]
    rows = DataValue.objects.filter(submission__period__quarter=4, submission__organisation__in=ids)
    found = {
        (school, key_text((element, stage))): number
        for school, element, stage, number in rows.values_list(
            "submission__organisation", "element", "stage", "number"
        )
    }
    sent = {(one.organisation_id, name): Decimal(one.values[name]) for one in people for name in one.names}
    same = sum(found.get(key) == value for key, value in sent.items())
    returns = Submission.objects.filter(period__quarter=4, organisation__in=ids, status="submitted")
    return Kept(len(sent), same, returns.count())


def accept_all(school_ids: Sequence[int]) -> int:
    """Let each office accept its part of these schools' returns; return how many parts."""
    from apps.accounts.models import User
    from apps.reviews.models import OfficeReview
    from apps.reviews.services import review_accept

    staff = {user.organisation_id: user for user in User.objects.filter(role="office")}
    waiting = OfficeReview.objects.filter(
        status="waiting", submission__organisation__in=school_ids, submission__period__quarter=4
    )
    reviews = list(waiting.select_related("submission").order_by("pk"))
    for review in reviews:
        review_accept(review=review, by=staff[review.office_id])
    return len(reviews)


def is_behind() -> bool:
    """Tell whether results are still to be computed."""
    from apps.rollups.models import StaleResult

    return StaleResult.objects.exists()


def against_the_facts() -> tuple[int, list[str]]:
    """Add up the fourth quarter's simplest indicators by hand; return how many, and what differs.

    Simplest: stocks of all schools whose parts are facts as they are, summed over what reported all of them.
    """
    from apps.collection.models import DataValue
    from apps.plans.models import DataElement, Indicator
    from apps.rollups.models import Result

    chosen = Indicator.objects.filter(
        reporter="school", accumulation="stock", aggregation__in=("sum", "ratio_of_sums")
    )
    codes = {row.pk: [one for one in (row.numerator, row.denominator) if one] for row in chosen}
    of_schools = set(DataElement.objects.filter(reporter="school").values_list("code", flat=True))
    wanted = of_schools & set().union(*codes.values())
    facts: dict[str, dict[tuple[int, str], Decimal]] = defaultdict(dict)
    accepted = DataValue.objects.filter(
        submission__period__quarter=4, element__code__in=wanted, accepted_number__isnull=False
    )
    for code, school, stage, number in accepted.values_list(
        "element__code", "submission__organisation", "stage", "accepted_number"
    ).iterator():
        assert number is not None
        facts[code][school, stage] = number
    results = {
        row.indicator_id: (row.numerator, row.denominator)
        for row in Result.objects.filter(
            indicator__in=codes, period__quarter=4, region__level="province", slice_kind="all"
        )
    }
    compared, wrong = 0, []
    for pk, pair in codes.items():
        if not wanted.issuperset(pair):
            continue
        expected, stored = _added_up([facts[code] for code in pair]), results.get(pk, (None, None))
        compared += bool(expected)
        if expected and [stored[place] for place in range(len(pair))] != expected:
            wrong.append(f"indicator {pk}: {stored} is stored, {expected} is right")
    return compared, wrong


def _added_up(parts: Sequence[dict[tuple[int, str], Decimal]]) -> list[Decimal]:
    """Return the sums over the units that have all parts; nothing where there is no such unit."""
    reported: Iterable[tuple[int, str]] = set.intersection(*(set(part) for part in parts))
    units = list(reported)
    return [sum((part[unit] for unit in units), Decimal(0)) for part in parts] if units else []


def shows_generation(port: int) -> bool:
    """Tell whether the overview that people see is of the newest generation."""
    from apps.plans.models import AnnualPlan

    plan = AnnualPlan.objects.get()
    page = client.request(port, f"/plans/{plan.year}/", headers=web.cookies_of("leader"))
    return f'data-generation="{plan.generation}"' in page.body.decode()
