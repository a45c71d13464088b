"""Which organisation people mean: its code first, its exact name second; what is ambiguous is refused."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from apps.core.typed import tidy
from apps.organisations.models import Organisation, SchoolProfile

SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+\d+", re.IGNORECASE)
REGION_ENDINGS = ("省", "市", "区", "县")


def plain_name(name: str, regions: Iterable[str] = ()) -> str:
    """Return a name for comparing: brackets and spaces in one form, without the regions it begins with."""
    plain = tidy(name).replace(" ", "").lower()
    for region in regions:
        if region.endswith(REGION_ENDINGS) and len(plain) > len(region) + 1:
            plain = plain.removeprefix(region)
    return plain


class OrganisationsByWords:
    """Organisations by what a file calls them; `get` answers as a mapping's does.

    A former name counts while nobody else bears it. A closed organisation is told with its date.
    """

    def __init__(self, rows: Iterable[Organisation], former: Mapping[int, set[str]], today: dt.date) -> None:
        self.today = today
        rows = list(rows)
        self.by_code = {row.code: row for row in rows}
        self.regions = _region_names(rows)
        self.by_name: dict[str, list[Organisation]] = defaultdict(list)
        self.by_former: dict[str, list[Organisation]] = defaultdict(list)
        for row in rows:
            self.by_name[self._plain(row.name)].append(row)
            for name in former.get(row.pk, set()) - {row.name}:
                self.by_former[self._plain(name)].append(row)

    def get(self, text: str) -> Organisation | None:
        """Return the organisation, None when nobody is called so.

        Raises:
            ValueError: two are called so, it is closed, or its code was turned into a scientific number.
        """
        if SCIENTIFIC.fullmatch(text):
            raise ValueError(
                _("“%(text)s” was turned into a scientific number; format the column as text.")
                % {"text": text}
            )
        found = self.by_code.get(text)
        if found is None:
            found = self._named(text, self.by_name) or self._named(text, self.by_former)
        if found is not None and found.closed_on is not None and found.closed_on <= self.today:
            words = _("%(name)s closed on %(date)s and owes nothing any more; its accepted figures stay.")
            raise ValueError(words % {"name": found.name, "date": found.closed_on.isoformat()})
        return found

    def _named(self, text: str, names: Mapping[str, list[Organisation]]) -> Organisation | None:
        rows = names.get(self._plain(text), [])
        alive = [row for row in rows if row.closed_on is None or row.closed_on > self.today]
        candidates = alive or rows
        if len(candidates) > 1:
            both = "、".join(f"{row.name} ({row.code})" for row in candidates)
            words = _("“%(text)s” may be each of these: %(rows)s. Write the code.")
            raise ValueError(words % {"text": text, "rows": both})
        return candidates[0] if candidates else None

    def _plain(self, name: str) -> str:
        return plain_name(name, self.regions)


def _region_names(rows: Iterable[Organisation]) -> list[str]:
    """Return the names of the regions of the rows, the widest first: 湖南省 is taken off before 株洲市."""
    names: list[str] = []
    region = next((row.region for row in rows), None)
    while region is not None:
        names.insert(0, region.name)
        region = region.parent
    return names


def organisations_by_words(by: Any, today: dt.date) -> OrganisationsByWords:
    """Return the organisations of the reader's region (2 queries, and one for each region above)."""
    rows = list(Organisation.objects.in_region_of(by).select_related("region__parent__parent"))
    former: dict[int, set[str]] = defaultdict(set)
    profiles = SchoolProfile.objects.filter(organisation__in=rows).values_list("organisation_id", "name")
    for organisation, name in profiles:
        former[organisation].add(name)
    return OrganisationsByWords(rows, former, today)
