"""Rules about targets that the plan's files and the bureau's own settings share. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _

from apps.plans.enums import Basis, TargetOperator

WITHOUT_VALUE = frozenset({TargetOperator.NO_WORSE, TargetOperator.COMPLETED})
OF_CHANGE = frozenset({TargetOperator.INCREASE_BY, TargetOperator.DECREASE_BY})


def target_mistakes(
    *,
    direction: str,
    basis: str,
    operator: str,
    value: Decimal | None,
    value_max: Decimal | None,
    due_on: dt.date | None,
    is_dated: bool = True,
) -> Iterator[str]:
    """Say in sentences what is wrong with a target for an indicator of this direction and basis.

    Args:
        is_dated: a completion must say the day; a plan's wording may entail one without saying when.
    """
    if operator != direction:
        words = {"operator": operator, "direction": direction}
        yield _("the target says %(operator)s, but the indicator's direction is %(direction)s.") % words
    if operator in OF_CHANGE and basis != Basis.CHANGE:
        yield _("%(operator)s speaks of a change: the indicator's basis must be the change.") % {
            "operator": operator
        }
    if operator in WITHOUT_VALUE and value is not None:
        yield _("%(operator)s takes no value.") % {"operator": operator}
    if operator not in WITHOUT_VALUE and value is None:
        yield _("%(operator)s needs a value.") % {"operator": operator}
    if is_dated and operator == TargetOperator.COMPLETED and due_on is None:
        yield _("a completion needs the day it is due.")
    yield from _range_mistakes(operator, value, value_max)


def _range_mistakes(operator: str, value: Decimal | None, value_max: Decimal | None) -> Iterator[str]:
    if operator != TargetOperator.WITHIN_RANGE:
        if value_max is not None:
            yield _("only a range has an upper limit.")
    elif value_max is None or (value is not None and value_max < value):
        yield _("a range needs an upper limit that is not below the lower one.")
