"""What a write to a return can be refused for. Messages are for the reader, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from apps.collection.checks import Problem
    from apps.collection.keys import Key


class WorkflowError(Exception):
    """The step is not possible now; `str()` of it says why and what to do."""


class Conflict(WorkflowError):
    """Somebody else changed the return since the page was opened."""

    def __init__(self, who: str, when: str) -> None:
        super().__init__(
            _("%(who)s changed this return at %(when)s, after you opened it. Yours is not saved yet.")
            % {"who": who, "when": when}
        )


class Incomplete(WorkflowError):
    """The return cannot be submitted yet; `problems` says why, by fact, `form_problems` for it as a whole."""

    def __init__(
        self, problems: Mapping[Key, Sequence[Problem]], form_problems: Sequence[Problem] = ()
    ) -> None:
        text = _("The return cannot be submitted yet: %(count)s facts need attention.")
        alone = "" if problems or not form_problems else form_problems[0].message
        super().__init__(alone or text % {"count": len(problems)})
        self.problems = problems
        self.form_problems = form_problems
