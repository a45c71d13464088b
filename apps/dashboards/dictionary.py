"""The indicator dictionary: what each number means, how it is worked out, who answers for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from apps.accounts.models import User
from apps.core import clock
from apps.core.templatetags.lusong import local_text
from apps.dashboards import wording
from apps.dashboards.definition_history import DefinitionHistory, formula_words
from apps.dashboards.tables import Column, Table, text_cell
from apps.dashboards.targets_text import target_words
from apps.organisations.models import SchoolProfile, SchoolStage
from apps.plans.enums import Reporter, TargetSource, Tier
from apps.plans.models import AnnualPlan, Indicator, TargetRevision

SEARCHED = ("code", "name", "name_en", "source_quote", "numerator_label", "denominator_label", "notes")


@dataclass(frozen=True)
class Entry:
    """One indicator as the dictionary tells of it."""

    indicator: Indicator
    is_asked: bool

    @property
    def formula(self) -> str:
        """The formula in words, as it is defined now."""
        return formula_words(self.history.at(self.quarter))

    @property
    def history(self) -> DefinitionHistory:
        return DefinitionHistory(self.indicator, list(self.indicator.definition_revisions.all()))

    @property
    def quarter(self) -> int:
        """The quarter whose definition is told: the current one, of a year gone by the last."""
        today = clock.today()
        return (today.month + 2) // 3 if today.year == self.indicator.plan.year else 4

    @property
    def quarters(self) -> str:
        names = [wording.quarter_name(quarter) for quarter in self.indicator.due_quarters]
        return _("every quarter") if len(names) == 4 else pgettext("list", ", ").join(names)

    @property
    def facts(self) -> str:
        return pgettext("list", ", ").join(
            local_text(link.element)
            for link in self.indicator.element_links.all()
            if self.quarter in link.quarters
        )

    @property
    def supporting(self) -> str:
        return pgettext("list", ", ").join(
            local_text(office) for office in self.indicator.supporting_offices.all()
        )

    @property
    def revision(self) -> TargetRevision | None:
        """The revision in force, else the newest proposal."""
        target = getattr(self.indicator, "target", None)
        rows = list(target.revisions.all()) if target else []
        return next((row for row in rows if row.confirmed_on), rows[0] if rows else None)

    @property
    def target_text(self) -> str:
        revision = self.revision
        if revision is None:
            return _("not set")
        words = target_words(self.indicator, revision)
        return words if revision.confirmed_on else _("%(target)s (to be confirmed)") % {"target": words}

    @property
    def target_source(self) -> str:
        target = getattr(self.indicator, "target", None)
        return str(TargetSource((self.revision or target).source).label) if target else "–"


class DictionaryForm(forms.Form):
    """What the dictionary is narrowed by."""

    q = forms.CharField(label=gettext_lazy("Search"), required=False, max_length=60)
    office = forms.ChoiceField(label=gettext_lazy("Lead office"), required=False)
    tier = forms.ChoiceField(label=gettext_lazy("Tier"), required=False)

    def __init__(self, *args: Any, indicators: QuerySet[Indicator], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offices = {row.lead_office_id: local_text(row.lead_office) for row in indicators}
        chosen: Any = self.fields["office"]
        chosen.choices = [("", gettext_lazy("All")), *((str(pk), name) for pk, name in offices.items())]
        tiers: Any = self.fields["tier"]
        tiers.choices = [("", gettext_lazy("All")), *Tier.choices]

    def lets_through(self, indicator: Indicator) -> bool:
        """Tell whether an indicator fits; what cannot be read narrows nothing."""
        given = self.cleaned_data if self.is_valid() else {}
        words = given.get("q", "").strip().lower()
        texts = (str(getattr(indicator, name)) for name in SEARCHED)
        return (
            (not words or any(words in text.lower() for text in (*texts, indicator.area.name)))
            and given.get("office") in (None, "", str(indicator.lead_office_id))
            and given.get("tier") in (None, "", indicator.tier)
        )


def indicators_for(user: User, plan: AnnualPlan) -> QuerySet[Indicator]:
    """Return the indicators a reader may look up: for school people those that their school is asked for."""
    rows = Indicator.objects.visible_to(user).filter(plan=plan)
    if user.is_school_member:
        rows = rows.asked().filter(_asked_of(user)).distinct()
    revisions = Prefetch("target__revisions", TargetRevision.objects.order_by("-number"))
    return (
        rows.select_related("area", "lead_office", "target", "plan__policy")
        .prefetch_related("element_links__element", "supporting_offices", revisions, "definition_revisions")
        .order_by("area__number", "position", "code")
    )


def _asked_of(user: User) -> Q:
    profile = SchoolProfile.objects.filter(organisation=user.organisation_id, valid_to__isnull=True).first()
    stages = SchoolStage.objects.filter(organisation=user.organisation_id, valid_to__isnull=True)
    kind = profile.school_type if profile else ""
    return (
        Q(element_links__element__reporter=Reporter.SCHOOL)
        & (Q(applies_to=[]) | Q(applies_to__contains=[kind]))
        & (Q(stages=[]) | Q(stages__overlap=list(stages.values_list("stage", flat=True))))
    )


def entries_of(indicators: QuerySet[Indicator], form: DictionaryForm) -> list[Entry]:
    """Return the entries that the form lets through."""
    return [
        Entry(
            row,
            row.tier in row.plan.policy.enabled_tiers and row.code not in row.plan.policy.muted_codes,
        )
        for row in indicators
        if form.lets_through(row)
    ]


def dictionary_table(entries: list[Entry]) -> Table:
    """Return the dictionary as a table."""
    titles = (
        (_("Code"), 14),
        (_("Area"), 16),
        (_("Indicator"), 28),
        (_("Tier"), 8),
        (_("Formula in words"), 48),
        (_("Facts"), 40),
        (_("How it is combined"), 20),
        (_("Unit"), 10),
        (_("Target"), 18),
        (_("Source of the target"), 18),
        (_("Sentence in the plan"), 48),
        (_("Lead office"), 16),
        (_("Supporting offices"), 20),
        (_("Reported in"), 18),
        (_("Reported by"), 10),
        (_("Asked"), 8),
    )
    return Table(
        _("Indicator dictionary"),
        [Column(title, width=width) for title, width in titles],
        [[text_cell(text) for text in _texts(entry)] for entry in entries],
    )


def _texts(entry: Entry) -> list[object]:
    row = entry.indicator
    return [
        row.code,
        f"{row.area.number}. {local_text(row.area)}",
        local_text(row),
        row.get_tier_display(),
        entry.formula,
        entry.facts,
        row.get_aggregation_display(),
        wording.unit_word(row.unit),
        entry.target_text,
        entry.target_source,
        row.source_quote,
        local_text(row.lead_office),
        entry.supporting,
        entry.quarters,
        row.get_reporter_display(),
        _("Yes") if entry.is_asked else _("No"),
    ]
