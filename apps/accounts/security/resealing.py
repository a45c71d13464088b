"""Bringing every second step's secret under the newest key, and letting those go that no key opens."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from django.db import transaction

from apps.accounts.security import sealing
from apps.accounts.security.enums import EventKind
from apps.accounts.security.events import note
from apps.accounts.security.models import SecondFactor

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sealing:
    """What was found: accounts under the newest key already, brought under it now, and opened by no key."""

    n_there: int
    n_anew: int
    unreadable: tuple[int, ...]


def secrets_seal_anew() -> Sealing:
    """Encrypt what an earlier version or an older key left; each account in a transaction of its own."""
    found = {pk: _seal_anew(pk) for pk in SecondFactor.objects.order_by("pk").values_list("pk", flat=True)}
    unreadable = tuple(pk for pk, state in found.items() if state is None)
    if unreadable:
        logger.warning("%d second steps are opened by no key of LUSONG_SECOND_STEP_KEYS", len(unreadable))
    states = list(found.values())
    return Sealing(states.count(False), states.count(True), unreadable)


@transaction.atomic
def unreadable_remove() -> int:
    """Remove the second steps that no key opens, on record: people set one up anew. Returns how many."""
    removed = 0
    for factor in SecondFactor.objects.select_for_update().select_related("user"):
        if not sealing.is_readable(factor):
            factor.delete()
            note(EventKind.FACTOR_OFF, about=factor.user, detail="LUSONG_SECOND_STEP_KEYS")
            removed += 1
    return removed


@transaction.atomic
def _seal_anew(pk: int) -> bool | None:
    """Return whether it had to be done; None: no key opens it."""
    factor = SecondFactor.objects.select_for_update().filter(pk=pk).first()
    if factor is None or (
        factor.secret is None and sealing.is_by_newest_key(factor.sealed) and sealing.is_readable(factor)
    ):
        return False
    try:
        secret = sealing.secret_of(factor)
    except sealing.Unreadable:
        return None
    factor.sealed, factor.secret = sealing.seal(secret, user_id=factor.user_id), None
    factor.save(update_fields=["sealed", "secret"])
    return True
