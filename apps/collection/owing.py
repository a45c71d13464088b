"""How much a selection of assignments costs those who owe it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Count, QuerySet

from apps.collection.models import Assignment

LONGEST_SHOWN = 5


@dataclass(frozen=True)
class Form:
    """How many facts one organisation is asked for in one quarter."""

    organisation: str
    quarter: int
    n_facts: int


@dataclass(frozen=True)
class Burden:
    """Facts owed, in how many forms; a form is what one organisation fills in for one quarter."""

    n_facts: int
    n_forms: int
    n_organisations: int
    longest: Sequence[Form]

    @property
    def mean(self) -> Fraction | None:
        """Facts a form; None without a form."""
        return Fraction(self.n_facts, self.n_forms) if self.n_forms else None


def burden_of(assignments: QuerySet[Assignment]) -> Burden:
    """Return the burden of assignments, those withdrawn left out (one query)."""
    owed = assignments.filter(withdrawn_on__isnull=True).order_by()
    rows = owed.values("organisation_id", "organisation__name", "period__quarter").annotate(n=Count("pk"))
    forms = [Form(row["organisation__name"], row["period__quarter"], row["n"]) for row in rows]
    return Burden(
        n_facts=sum(form.n_facts for form in forms),
        n_forms=len(forms),
        n_organisations=len({row["organisation_id"] for row in rows}),
        longest=sorted(forms, key=_longest_first)[:LONGEST_SHOWN],
    )


def _longest_first(form: Form) -> tuple[int, int, str]:
    return -form.n_facts, form.quarter, form.organisation
