"""A check code read from a paper, compared with what was submitted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.collection.fact_rows import hides_from, offices_of
from apps.collection.grouping import uses_of
from apps.collection.models import SealedForm
from apps.collection.sealing.forms import PrintedFact, PrintedForm, printed_forms

SHORTEST, LENGTH = 16, 64
MOST = 5


def code_in(text: str) -> str:
    """Return a check code as it is stored, however it was typed; its beginning is enough.

    Raises:
        ValidationError: other signs than those of a check code, fewer than 16 of them, or more than 64.
    """
    code = re.sub(r"[\s\-·:：]", "", unicodedata.normalize("NFKC", text)).casefold()
    if not re.fullmatch(r"[0-9a-f]+", code):
        raise ValidationError(_("A check code has only the digits 0 to 9 and the letters a to f."))
    if not SHORTEST <= len(code) <= LENGTH:
        raise ValidationError(_("Type at least the first 16 characters of the check code; it has 64 in all."))
    return code


@dataclass(frozen=True)
class CheckedForm:
    """A submitted form that a code belongs to, with its facts as far as the reader may know them."""

    form: PrintedForm
    n_forms: int
    facts: Sequence[tuple[PrintedFact, bool]]

    @property
    def is_latest(self) -> bool:
        return self.form.number == self.n_forms


def forms_with(code: str, *, viewer: User) -> list[CheckedForm]:
    """Return the forms whose check code begins with `code`, of those the reader may see."""
    found = SealedForm.objects.visible_to(viewer).filter(sha256__startswith=code)
    rows = found.select_related("submission__organisation", "submission__period__plan").order_by("pk")
    return [_checked(row, viewer) for row in rows[:MOST]]


def _checked(row: SealedForm, viewer: User) -> CheckedForm:
    forms = printed_forms(row.submission)
    form = next(one for one in forms if one.number == row.number)
    uses, offices = uses_of(row.submission.period, row.submission.organisation), offices_of(viewer)
    facts = [
        (fact, hides_from(viewer, row.submission, fact.element, fact.key, uses=uses, offices=offices))
        for fact in form.facts
    ]
    return CheckedForm(form, len(forms), facts)
