"""Reading data files that people write: every mistake found in one go, each named in a sentence."""

from apps.core.loading.entries import Entry, read_entry_file, read_list_file
from apps.core.loading.problems import LoadRefused, Problem, Problems
from apps.core.loading.report import Outcome, Report
from apps.core.loading.saving import link, upsert

__all__ = [
    "Entry",
    "LoadRefused",
    "Outcome",
    "Problem",
    "Problems",
    "Report",
    "link",
    "read_entry_file",
    "read_list_file",
    "upsert",
]
