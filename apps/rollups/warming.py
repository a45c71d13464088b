"""What a process does once before its first acceptance, so that the first has no statement planned.

The first refresh on a connection has PostgreSQL plan its statements, and the process read definitions: up to
a quarter of a second. A rehearsal does both: a refresh about a region that does not exist.
"""

from __future__ import annotations

import logging

from django.db import DatabaseError, transaction

from apps.core import clock
from apps.plans.models import AnnualPlan, Indicator
from apps.rollups import stored
from apps.rollups.known import MOST, known_of
from apps.rollups.refreshing import FEW_RESULTS, rehearse

logger = logging.getLogger(__name__)
NOBODY = 0
"""The key of no region and of no indicator."""


def warm_up() -> None:
    """Rehearse for the plans of the newest year; nothing is written and nobody is waited for.

    Whatever is in the way (no database, one that is not migrated) is met again by whoever has work to do.
    """
    try:
        newest = AnnualPlan.objects.order_by("-year").values_list("year", flat=True)[:1]
        with clock.held_at(clock.read_date()):
            for plan in AnnualPlan.objects.filter(year__in=list(newest)).order_by("pk")[:MOST]:
                _rehearse_for(plan)
    except DatabaseError as error:
        logger.warning("the first acceptance will take longer: %s", type(error).__name__)


@transaction.atomic
def _rehearse_for(plan: AnnualPlan) -> None:
    known = known_of(plan)
    pks = list(Indicator.objects.filter(plan=plan).order_by("pk").values_list("pk", flat=True))
    last = max(known.periods, default=None)
    if not pks or last is None:
        return
    for first in range(0, len(pks), FEW_RESULTS):
        rehearse(known, {pk: [last] for pk in pks[first : first + FEW_RESULTS]})
    known.circumstances()
    stored.of_indicators([NOBODY], plan.region_id)
    stored.of_slices([(NOBODY, "all", "")], plan.region_id, known.quarters)
