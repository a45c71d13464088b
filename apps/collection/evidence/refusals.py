"""Why a file is not kept. Messages are for the reader, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.collection.errors import WorkflowError

SHOWN_FINDINGS = 5

REASONS: dict[str, str | Promise] = {
    "empty": gettext_lazy("“%(name)s” is empty. Choose the file again."),
    "too_large": gettext_lazy(
        "“%(name)s” is larger than %(limit)s MB. Scan it at a lower resolution, or split it."
    ),
    "name": gettext_lazy("The name of “%(name)s” holds an identity or phone number. Rename the file."),
    "kind": gettext_lazy(
        "“%(name)s” is none of the kinds that are taken: PDF, JPEG, PNG, XLSX, DOCX, CSV or TXT. What"
        " counts is what the file holds, not what it is called."
    ),
    "damaged": gettext_lazy(
        "“%(name)s” is damaged or incomplete. Open it, save it again and choose the new file."
    ),
    "two_kinds": gettext_lazy(
        "“%(name)s” holds a second file inside it. Save or print it as a new file and choose that one."
    ),
    "macros": gettext_lazy("“%(name)s” holds macros or controls. Save it as .xlsx or .docx without them."),
    "active": gettext_lazy(
        "“%(name)s” holds scripts, attached files or links that open by themselves. Print it to a new"
        " PDF file."
    ),
    "bomb": gettext_lazy("“%(name)s” unpacks to far more than its size. It is not opened."),
    "encrypted": gettext_lazy("“%(name)s” is protected by a password. Save it without one."),
    "virus": gettext_lazy(
        "The virus scanner found “%(virus)s” in “%(name)s”. Tell whoever looks after your computers."
    ),
    "no_scanner": gettext_lazy(
        "The virus scanner does not answer at the moment, so “%(name)s” was not taken. Try again in a few"
        " minutes; everything else is saved."
    ),
    "no_room": gettext_lazy(
        "The platform's disk is full, so “%(name)s” was not taken. Tell the administrator; everything else is"
        " saved."
    ),
    "too_many": gettext_lazy(
        "A return holds at most %(limit)s files, so “%(name)s” was not taken. Put several pages into one PDF."
    ),
}


@dataclass(frozen=True)
class Finding:
    """A personal number in a file: where it stands, in words, and the number masked."""

    where: str
    masked: str


class FileNotTaken(WorkflowError):
    """A file is not kept; `code` is stable."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(str(REASONS[code]) % params)
        self.code = code


class PersonalDataFound(WorkflowError):
    """A file holds identity or phone numbers; it says where, and shows them masked."""

    code = "personal"

    def __init__(self, name: str, findings: Sequence[Finding]) -> None:
        text = ngettext(
            "“%(name)s” holds %(count)s identity or phone number: %(places)s. Remove it and choose the file"
            " again; totals are enough.",
            "“%(name)s” holds %(count)s identity or phone numbers: %(places)s. Remove them and choose the"
            " file again; totals are enough.",
            len(findings),
        )
        places = _("; ").join(f"{each.where} ({each.masked})" for each in findings[:SHOWN_FINDINGS])
        more = _(" and more") if len(findings) > SHOWN_FINDINGS else ""
        super().__init__(text % {"name": name, "count": len(findings), "places": places + more})
        self.findings = findings
