"""What stands in the notes: the sources of a figure, and the release to cite. Pure."""

from __future__ import annotations

from django.utils.translation import gettext

from apps.dashboards import wording
from apps.dashboards.definition_history import formula_words
from apps.dashboards.readings import Reading
from apps.reports.databook.parts import Excerpt


def release_note(excerpt: Excerpt) -> str:
    """Return what is cited: the release with version, day and fingerprint."""
    edition = excerpt.edition
    version = gettext("draft, not released") if edition.is_draft else str(edition.version)
    return gettext(
        "Release: %(year)s %(quarter)s, version %(version)s, frozen on %(day)s, SHA-256 %(sha)s"
    ) % {
        "year": edition.year,
        "quarter": wording.quarter_name(edition.quarter),
        "version": version,
        "day": edition.frozen_on.isoformat(),
        "sha": edition.sha256,
    }


def reading_notes(reading: Reading) -> list[str]:
    """Return the sources of a figure for the notes."""
    indicator = reading.indicator
    words = [
        f"{indicator.code} {wording.in_language(indicator)}: {reading.value_text} ({reading.light_text})",
        gettext("Sentence in the plan: %(quote)s") % {"quote": indicator.source_quote},
        gettext("How it is worked out: %(formula)s") % {"formula": formula_words(indicator)},
        gettext("Data coverage %(share)s") % {"share": reading.coverage_text},
    ]
    if reading.confidence_word:
        words.append(gettext("Confidence: %(word)s") % {"word": reading.confidence_word})
    return words
