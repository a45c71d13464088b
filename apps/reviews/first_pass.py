"""How much is right at the first go: per fact and type of organisation, and per form.

A question that many schools get wrong is the question's fault. First pass: accepted as first submitted,
never sent back. Only what was decided counts; what another system told is not asked and not counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Count

from apps.core.reading import connection_for_reading
from apps.plans.models import AnnualPlan, DataElement
from apps.reviews.enums import ReturnReason
from apps.reviews.models import FieldReturn

CONFUSING_BELOW = Fraction(4, 5)
FEWEST = 5

TYPES = """
    SELECT DISTINCT ON (p.id, o.id) p.id AS period_id, o.id AS organisation_id,
           CASE WHEN o.kind = 'office' THEN 'office' ELSE coalesce(sp.school_type, '') END AS kind
    FROM collection_period p
    JOIN collection_submission s ON s.period_id = p.id
    JOIN organisations_organisation o ON o.id = s.organisation_id
    LEFT JOIN organisations_schoolprofile sp ON sp.organisation_id = o.id AND sp.valid_from <= p.ends_on
     AND (sp.valid_to IS NULL OR sp.valid_to > p.ends_on)
    WHERE p.plan_id = %(plan)s AND (%(quarter)s::int IS NULL OR p.quarter = %(quarter)s)
    ORDER BY p.id, o.id, sp.valid_from DESC
"""

FIELDS = f"""
    WITH types AS ({TYPES}),
    facts AS (
        SELECT v.element_id, types.kind, first.accepted_at IS NOT NULL AS accepted,
               EXISTS (SELECT 1 FROM reviews_fieldreturn r WHERE r.value_id = v.id) AS returned
        FROM collection_datavalue v
        JOIN collection_submission s ON s.id = v.submission_id
        JOIN types ON types.period_id = s.period_id AND types.organisation_id = s.organisation_id
        JOIN collection_datavaluerevision first ON first.value_id = v.id AND first.number_in_order = 1
        WHERE v.source = ''
    )
    SELECT element_id, kind, count(*), count(*) FILTER (WHERE accepted AND NOT returned)
    FROM facts WHERE accepted OR returned
    GROUP BY element_id, kind
"""  # noqa: S608 - constant text  # nosec B608

FORMS = f"""
    WITH types AS ({TYPES}),
    forms AS (
        SELECT types.kind, s.status,
               EXISTS (SELECT 1 FROM reviews_fieldreturn r
                       JOIN collection_datavalue v ON v.id = r.value_id
                       WHERE v.submission_id = s.id) AS returned
        FROM collection_submission s
        JOIN types ON types.period_id = s.period_id AND types.organisation_id = s.organisation_id
    )
    SELECT kind, count(*), count(*) FILTER (WHERE NOT returned)
    FROM forms WHERE status = 'accepted' OR returned
    GROUP BY kind
"""  # noqa: S608 - constant text  # nosec B608


@dataclass(frozen=True)
class Rate:
    """How many were decided, and how many of them passed at the first go."""

    decided: int
    passed: int

    @property
    def share(self) -> Fraction | None:
        return Fraction(self.passed, self.decided) if self.decided else None

    @property
    def is_confusing(self) -> bool:
        """Enough were decided to say that the question, not the school, is at fault."""
        return self.decided >= FEWEST and self.share is not None and self.share < CONFUSING_BELOW


@dataclass(frozen=True)
class ElementRow:
    """One fact over all types of organisations, each type apart, and why it is sent back most often."""

    element: DataElement
    whole: Rate
    by_kind: dict[str, Rate]
    main_reason: str
    n_returned: int


@dataclass(frozen=True)
class FirstPass:
    """The page: forms by type of organisation, facts from the worst on."""

    forms: dict[str, Rate]
    rows: Sequence[ElementRow]

    @property
    def whole(self) -> Rate:
        return Rate(sum(r.decided for r in self.forms.values()), sum(r.passed for r in self.forms.values()))

    @property
    def confusing(self) -> list[ElementRow]:
        return [row for row in self.rows if row.whole.is_confusing]


def first_pass_of(plan: AnnualPlan, *, quarter: int | None = None) -> FirstPass:
    """Return the first-pass rates of a plan, of one quarter or of all (4 queries)."""
    parameters = {"plan": plan.pk, "quarter": quarter}
    with connection_for_reading().cursor() as cursor:
        cursor.execute(FORMS, parameters)
        forms = {kind: Rate(decided, passed) for kind, decided, passed in cursor.fetchall()}
        cursor.execute(FIELDS, parameters)
        found: dict[int, dict[str, Rate]] = defaultdict(dict)
        for element, kind, decided, passed in cursor.fetchall():
            found[element][kind] = Rate(decided, passed)
    elements = DataElement.objects.in_bulk(list(found))
    reasons = _reasons(plan, quarter)
    rows = [_row(elements[pk], by_kind, reasons.get(pk, {})) for pk, by_kind in found.items()]
    rows.sort(key=lambda row: (row.whole.share or 0, -row.whole.decided, row.element.position))
    return FirstPass(forms, rows)


def _row(element: DataElement, by_kind: dict[str, Rate], reasons: dict[str, int]) -> ElementRow:
    whole = Rate(sum(r.decided for r in by_kind.values()), sum(r.passed for r in by_kind.values()))
    main = max(reasons, key=lambda reason: reasons[reason], default="")
    label = str(ReturnReason(main).label) if main else ""
    return ElementRow(element, whole, by_kind, label, sum(reasons.values()))


def _reasons(plan: AnnualPlan, quarter: int | None) -> dict[int, dict[str, int]]:
    rows = FieldReturn.objects.filter(value__submission__period__plan=plan)
    if quarter:
        rows = rows.filter(value__submission__period__quarter=quarter)
    found: dict[int, dict[str, int]] = defaultdict(dict)
    counted = rows.order_by().values_list("value__element", "reason").annotate(count=Count("pk"))
    for element, reason, count in counted:
        found[element][reason] = count
    return found
