"""What differs between two versions of a release, old → new, as one audience may read both. Pure.

Numbers that are hidden in both are compared too, but told as "changed" of the indicator as a whole only:
neither which school or slice, nor how much.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from apps.plans.models import TaskArea
from apps.reports.releases import changes_figures, changes_words
from apps.reports.releases.changes import Change, Section
from apps.reports.releases.edition import Edition


@dataclass(frozen=True)
class Erratum:
    """The changes from one version to another."""

    old: Edition
    new: Edition
    changes: Sequence[Change]

    @property
    def counts(self) -> list[tuple[Section, int]]:
        """How many changes of each kind, in the order of the kinds, absent ones left out."""
        found = Counter(change.section for change in self.changes)
        return [(section, found[section]) for section in Section if found[section]]

    @property
    def by_area(self) -> list[tuple[TaskArea | None, list[Change]]]:
        """The changes of each area that has any; those of the whole first."""
        areas = {area.number: area for area in (*self.old.areas, *self.new.areas)}
        return [
            (areas.get(number), [change for change in self.changes if change.area == number])
            for number in sorted({change.area for change in self.changes})
        ]


def erratum_of(old: Edition, new: Edition) -> Erratum:
    """Return what changed from `old` to `new`, two editions for one audience, by area and kind."""
    parts = (
        changes_figures.figures(old, new),
        changes_figures.hidden_figures(old, new),
        changes_figures.school_figures(old, new),
        changes_words.of_indicators(Section.TARGET, old, new, changes_words.target_of),
        changes_words.of_indicators(Section.BASELINE, old, new, changes_words.baseline_of),
        changes_words.of_indicators(Section.DEFINITION, old, new, changes_words.definition_of),
        changes_words.measures(old, new),
        changes_words.texts(old, new),
        changes_words.schools(old, new),
    )
    found = [change for part in parts for change in part]
    order = list(Section)
    found.sort(key=lambda change: (change.area, order.index(change.section)))
    return Erratum(old, new, found)
