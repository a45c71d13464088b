"""Changing in the middle of a year what an indicator counts: one proposes, another confirms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core import clock
from apps.plans.definitions.links import link_elements
from apps.plans.definitions.models import IndicatorRevision
from apps.plans.definitions.rules import TEXTS, as_revised, revision_at
from apps.plans.enums import Accumulation, Reporter
from apps.plans.formulas import Formula, FormulaError, parse
from apps.plans.loading.check_formulas import formula_mistakes
from apps.plans.models import DataElement, Indicator, IndicatorElement
from apps.plans.permissions import decides_targets
from apps.plans.steps import steps_of

PARTS = ("numerator", "denominator")


@transaction.atomic
def definition_propose(
    *, indicator: Indicator, by: User, reason: str, from_quarter: int, texts: Mapping[str, str]
) -> IndicatorRevision:
    """Propose another definition from a quarter's first day on; a later proposal replaces one that waits.

    Args:
        texts: the new texts by the names in `rules.TEXTS`.

    Raises:
        PermissionDenied: unless `by` is an administrator or leader of the plan's region.
        ValidationError: without a reason, for a formula that does not fit the indicator, or when the quarter
            lies before the current one or the last change.
    """
    indicator = _locked(indicator.pk, by)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the definition changes.")})
    last = indicator.definition_revisions.aggregate(last=Max("number"))["last"] or 0
    revision = IndicatorRevision(
        indicator=indicator,
        number=last + 1,
        from_quarter=from_quarter,
        reason=reason.strip(),
        proposed_by=by,
        **{name: texts.get(name, "").strip() for name in TEXTS},
    )
    _require_sound(indicator, revision)
    revision.full_clean(validate_unique=False)
    revision.save()
    return revision


@transaction.atomic
def definition_confirm(*, revision: IndicatorRevision, by: User) -> IndicatorRevision:
    """Put a proposed definition in force for its quarter and the later ones; the earlier keep theirs.

    Raises:
        PermissionDenied: unless `by` is an administrator or leader of the plan's region.
        ValidationError: when `by` has proposed it, it is not the one that waits, or it no longer fits.
    """
    indicator = _locked(revision.indicator_id, by)
    revisions = list(indicator.definition_revisions.order_by("number"))
    revision = next(row for row in revisions if row.pk == revision.pk)
    if revision.confirmed_at is not None:
        raise ValidationError(_("This definition is confirmed already."))
    if revision is not revisions[-1]:
        raise ValidationError(_("A later proposal has taken the place of this one."))
    if revision.proposed_by_id == by.pk:
        raise ValidationError(_("You have proposed this change: somebody else confirms it."))
    _require_sound(indicator, revision)
    revision.confirmed_at, revision.confirmed_by = timezone.now(), by
    link_elements(indicator, revisions)  # before saving: whoever hears of it asks by these links
    revision.save()
    return revision


def _locked(indicator_id: int, by: User) -> Indicator:
    """Hold an indicator while its definition changes, so that two revisions never get the same number."""
    rows = Indicator.objects.select_for_update(of=("self",)).select_related("plan", "area")
    indicator = rows.get(pk=indicator_id)
    if not decides_targets(by, indicator.plan):
        raise PermissionDenied
    return indicator


def _require_sound(indicator: Indicator, revision: IndicatorRevision) -> None:
    if refusal := why_not_revised(indicator):
        raise ValidationError(refusal)
    _require_start(indicator, revision.from_quarter)
    earlier = indicator.definition_revisions.exclude(pk=revision.pk)
    before = as_revised(indicator, revision_at(earlier, revision.from_quarter))
    after = as_revised(indicator, revision)
    if all(getattr(before, name) == getattr(after, name) for name in TEXTS):
        raise ValidationError(_("This is the definition in force; nothing would change."))
    elements = _known(after)
    if sentences := [*formula_mistakes(after, elements), *_kept(before, after), *_leads(after, elements)]:
        raise ValidationError(sentences)


def why_not_revised(indicator: Indicator) -> str:
    """Say why the definition of an indicator cannot change within a year; empty where it can."""
    if indicator.accumulation == Accumulation.FLOW:
        return _("Its quarters are added up over the year: a sum of two definitions would mean neither.")
    if steps_of(indicator) is not None:
        return _("It is told in steps, and the steps are those of its formula.")
    return ""


def earliest_quarter(indicator: Indicator) -> int:
    """Return the first quarter from which a change can count: never a past one; 5 where the year is over."""
    today, year = clock.today(), indicator.plan.year
    current = (today.month + 2) // 3 if today.year == year else 1 if today.year < year else 5
    confirmed = indicator.definition_revisions.filter(confirmed_at__isnull=False)
    last = confirmed.aggregate(last=Max("from_quarter"))["last"] or 2
    return max(2, current, last)


def _require_start(indicator: Indicator, quarter: int) -> None:
    earliest = earliest_quarter(indicator)
    if earliest > max(indicator.due_quarters):
        raise ValidationError(_("Nothing more is due this year; the next plan can define it anew."))
    if quarter < earliest:
        sentence = _("Past quarters keep their definition: it can count from quarter %(number)s on.")
        raise ValidationError({"from_quarter": sentence % {"number": earliest}})
    if quarter > max(indicator.due_quarters):
        sentence = _("It is last due in quarter %(number)s; a later change would count for nothing.")
        raise ValidationError({"from_quarter": sentence % {"number": max(indicator.due_quarters)}})


def _known(after: Indicator) -> dict[str, DataElement]:
    """Return the facts of the formulas by code; a formula that cannot be read is refused at its field."""
    codes: set[str] = set()
    for name in PARTS:
        text = getattr(after, name)
        try:
            codes |= parse(text).elements if text else frozenset()
        except FormulaError as error:
            sentence = _("The formula cannot be read: %(error)s.") % {"error": error}
            raise ValidationError({name: sentence}) from error
    return {element.code: element for element in DataElement.objects.filter(code__in=codes)}


def _kept(before: Indicator, after: Indicator) -> Iterator[str]:
    """What is counted may change; by whom, over which groups and against which line stays."""
    if bool(before.denominator) != bool(after.denominator):
        yield _("a figure with a denominator keeps one, and one without takes none.")
        return
    old, new = _parsed(before), _parsed(after)
    for one, other in zip(old, new, strict=True):
        if one.attributes != other.attributes:
            yield _("“%(formula)s” must ask for the same school attributes as before.") % {
                "formula": other.text
            }
        if one.uses_threshold != other.uses_threshold:
            yield _("“%(formula)s” must keep to the line for every school as before.") % {
                "formula": other.text
            }
        if bool(one.elements) != bool(other.elements) or _reporters(one) != _reporters(other):
            yield _("“%(formula)s” must be reported by the same side, and asked alike, as before.") % {
                "formula": other.text
            }


def _parsed(indicator: Indicator) -> list[Formula]:
    return [parse(getattr(indicator, name)) for name in PARTS if getattr(indicator, name)]


def _reporters(formula: Formula) -> set[tuple[str, bool]]:
    rows = DataElement.objects.filter(code__in=formula.elements)
    return set(rows.order_by().values_list("reporter", "per_stage"))


def _leads(after: Indicator, elements: Mapping[str, DataElement]) -> Iterator[str]:
    """An office's fact is owed by one lead office."""
    ours = [element for element in elements.values() if element.reporter == Reporter.OFFICE]
    others = IndicatorElement.objects.filter(element__in=ours, indicator__plan=after.plan_id).exclude(
        indicator__lead_office=after.lead_office_id
    )
    for code in others.order_by("element__code").values_list("element__code", flat=True).distinct():
        yield _("%(code)s belongs to another lead office.") % {"code": code}
