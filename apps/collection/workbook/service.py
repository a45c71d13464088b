"""The workbook of one return: taken out, looked at, taken over as a draft."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from apps.accounts.models import User
from apps.collection.models import Period, Submission, WorkbookUpload
from apps.collection.rules.book import Rulebook
from apps.collection.services import SaveOutcome, submission_start, values_save
from apps.collection.services.fact_files import file_taken, sha256_of, taken_before
from apps.collection.sheet import build_sheet
from apps.collection.slots import Slot, rules_between, slots_of
from apps.collection.workbook import columns as col
from apps.collection.workbook.identity import TEMPLATE_VERSION, Identity, fingerprint_of
from apps.collection.workbook.matching import match_rows, plain_name
from apps.collection.workbook.proposal import Proposal, propose
from apps.collection.workbook.reading import FileRow, FormFile, read_form_file
from apps.collection.workbook.writing import FormBook
from apps.collection.workbook.years import a_year_before
from apps.core.exchanging.grids import FileRefused
from apps.core.templatetags.lusong import local_text, quarter_name
from apps.organisations.models import Organisation

NAMED = 12


@dataclass
class Look:
    """What a file would do to a return. `taken_before`: this very file was taken over already."""

    proposal: Proposal
    notices: list[str] = field(default_factory=list)
    sha256: str = ""
    taken_before: WorkbookUpload | None = None

    @property
    def can_be_taken(self) -> bool:
        return bool(self.proposal.taken) and self.taken_before is None


def workbook_bytes(
    *, period: Period, organisation: Organisation, submission: Submission | None, look: Look | None = None
) -> bytes:
    """Return the form as a workbook; with `look`, as it was uploaded, with what is wrong beside it."""
    with override("zh-hans"):
        sheet = build_sheet(period=period, organisation=organisation, submission=submission)
        slots = [view.slot for view in sheet.fields]
        identity = Identity(
            TEMPLATE_VERSION,
            organisation.code,
            organisation.name,
            period.plan.year,
            period.quarter,
            fingerprint_of(slots),
            submission.version if submission else 0,
        )
        lines = {line.slot.key: line for line in look.proposal.lines} if look else None
        return FormBook(sheet, identity, a_year_before(period, organisation), lines).bytes()


def look_at(
    content: bytes, *, period: Period, organisation: Organisation, submission: Submission | None
) -> Look:
    """Return what a file would change, without changing anything.

    Raises:
        FileRefused: no readable table, or the workbook of another organisation or quarter.
    """
    slots = slots_of(period=period, organisation=organisation, submission=submission, of_blank=True)
    look = compare(content, slots, rules_between(slots), period, organisation)
    if submission is not None:
        look.taken_before = taken_before(look.sha256, period=period, submission=submission)
    return look


def compare(
    content: bytes,
    slots: Sequence[Slot],
    rules: Rulebook,
    period: Period,
    organisation: Organisation,
) -> Look:
    """Return what a file would change in the given facts. Pure; raises FileRefused."""
    file = read_form_file(content)
    _refuse_other_form(file.identity, period, organisation)
    rows, strangers = _own_rows(file.rows, organisation)
    proposal = propose(match_rows(rows, slots), slots, rules, period)
    return Look(proposal, _notices(file, proposal, slots, strangers, organisation), sha256_of(content))


@transaction.atomic
def workbook_take(
    *, look: Look, name: str, period: Period, organisation: Organisation, by: User
) -> SaveOutcome:
    """Save what is right in a file as a draft, by the rules of the form. The same file is taken over once.

    Raises:
        PermissionDenied: `by` does not report for the organisation.
        WorkflowError: nothing is due, the return is not open, or this file was taken over before.
    """
    submission = submission_start(period=period, organisation=organisation, by=by)
    outcome = values_save(submission=submission, entries=[line.entry for line in look.proposal.taken], by=by)
    file_taken(
        sha256=look.sha256,
        name=name,
        n_saved=outcome.saved,
        n_refused=look.proposal.n_wrong,
        by=by,
        period=period,
        submission=submission,
    )
    return outcome


def _refuse_other_form(identity: Identity | None, period: Period, organisation: Organisation) -> None:
    if identity is None:
        return
    if identity.organisation != organisation.code:
        raise FileRefused(
            _("This workbook belongs to %(other)s (%(code)s), not to %(own)s. Download your own.")
            % {
                "other": identity.organisation_name,
                "code": identity.organisation,
                "own": local_text(organisation),
            }
        )
    if (identity.year, identity.quarter) != (period.plan.year, period.quarter):
        raise FileRefused(
            _(
                "This workbook is of the %(quarter)s %(year)s, but you are filling in the %(own_quarter)s"
                " %(own_year)s. Download the workbook of this quarter, so that no old figure slips in."
            )
            % {
                "quarter": quarter_name(identity.quarter),
                "year": identity.year,
                "own_quarter": quarter_name(period.quarter),
                "own_year": period.plan.year,
            }
        )


def _own_rows(rows: Sequence[FileRow], organisation: Organisation) -> tuple[list[FileRow], list[FileRow]]:
    """Return the organisation's rows of a table that names organisations, and those of others."""
    own: list[FileRow] = []
    strangers: list[FileRow] = []
    for row in rows:
        code, name = row.text(col.SCHOOL_CODE), row.text(col.SCHOOL_NAME)
        is_own = (
            code == organisation.code if code else plain_name(name) in ("", plain_name(organisation.name))
        )
        (own if is_own else strangers).append(row)
    if strangers and not own:
        row = strangers[0]
        named = row.text(col.SCHOOL_CODE) or row.text(col.SCHOOL_NAME)
        text = _("The rows of this file belong to “%(named)s”, not to %(own)s (%(code)s).")
        words = text % {"named": named, "own": local_text(organisation), "code": organisation.code}
        raise FileRefused(f"{words}{_scientific(named)}")
    return own, strangers


def _scientific(code: str) -> str:
    """Return advice for a code that a spreadsheet has turned into 3.143E+09."""
    if "E+" not in code.upper():
        return ""
    return _(" The code was turned into a scientific number; format the column as text and write it again.")


def _notices(
    file: FormFile,
    proposal: Proposal,
    slots: Sequence[Slot],
    strangers: Sequence[FileRow],
    organisation: Organisation,
) -> list[str]:
    """Return in words what of the file was not read, and what the reader should know."""
    notices = list(file.notices)
    identity = file.identity
    if identity is not None and identity.organisation_name != organisation.name:
        text = _("The workbook still has the former name “%(old)s”; the code is yours, so it was read.")
        notices.append(text % {"old": identity.organisation_name})
    if identity is None:
        notices.append(_("This file was not made by this platform; its rows were found by their names."))
    elif identity.version != TEMPLATE_VERSION or identity.form != fingerprint_of(slots):
        notices.append(
            _("The form has changed since this workbook was downloaded. What still fits was read; see below.")
        )
    if proposal.unknown:
        rows = _joined(f"{row.address(col.INPUT)} {row.text(col.NAME)}" for row in proposal.unknown)
        notices.append(_("Not asked from you in this quarter, not read: %(rows)s.") % {"rows": rows})
    if proposal.missing and len(proposal.missing) < len(slots):
        names = _joined(local_text(slot.element) for slot in proposal.missing)
        notices.append(_("Not in the file, they stay as they are: %(names)s.") % {"names": names})
    if strangers:
        rows = _joined(str(row.number) for row in strangers)
        notices.append(_("Rows of other organisations, not read: %(rows)s.") % {"rows": rows})
    return notices


def _joined(words: object) -> str:
    found = list(words)  # type: ignore[call-overload]
    more = _(" and %(count)s more") % {"count": len(found) - NAMED} if len(found) > NAMED else ""
    return pgettext("between things in a row", ", ").join(found[:NAMED]) + more
