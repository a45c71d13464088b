from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast
from django.utils import timezone

from apps.organisations.models import Region

if TYPE_CHECKING:
    from apps.accounts.models import User


class SecurityEventQuerySet(models.QuerySet):
    """The security log, scoped by reader."""

    def visible_to(self, user: User) -> Self:
        """Those of the reader's region, and those of nobody known."""
        ours = Region.objects.filter(ancestor_links__ancestor_id=user.region_id).values("pk")
        return self.filter(
            Q(user__region__in=ours) | Q(user=None, about__region__in=ours) | Q(user=None, about=None)
        )

    def by_person(self, text: str) -> Self:
        """Those of or about people whose name or user name contains `text`."""
        found = Q()
        for path in ("user", "about"):
            found |= Q(**{f"{path}__name__icontains": text}) | Q(**{f"{path}__username__icontains": text})
        return self.filter(found)

    def at_address(self, text: str) -> Self:
        """Those from network addresses that begin with `text`."""
        return self.annotate(address_text=Cast("address", models.TextField())).filter(
            address_text__startswith=text
        )

    def about_page(self, text: str) -> Self:
        """Those whose page or detail contains `text`."""
        return self.filter(Q(path__icontains=text) | Q(detail__icontains=text))

    def between(self, since: dt.date | None, until: dt.date | None) -> Self:
        """Those of the days `since` to `until`, both included; None: without limit."""
        rows = self
        if since:
            rows = rows.filter(at__gte=_midnight(since))
        if until:
            rows = rows.filter(at__lt=_midnight(until + dt.timedelta(days=1)))
        return rows


class LoginLockQuerySet(models.QuerySet):
    def locked(self) -> Self:
        """Those that keep somebody out now."""
        return self.filter(locked_until__gt=timezone.now())


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))
