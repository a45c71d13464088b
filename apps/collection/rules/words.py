"""The sentences in which rules speak, from what a firing keeps. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.plans.enums import RuleKind
from apps.plans.models import ValidationRule

SENTENCES: dict[str, str | Promise] = {
    RuleKind.AT_MOST: _(
        "“%(left)s” (%(left_value)s) cannot be more than “%(right)s” (%(right_value)s). Check both figures."
    ),
    RuleKind.SUM_AT_MOST: _(
        "The parts “%(left)s” together (%(left_value)s) cannot be more than “%(right)s” (%(right_value)s). "
        "Check these figures."
    ),
    RuleKind.NOT_FALLING: _(
        "A figure counted since January cannot fall: %(quarter)s had %(before)s. If that figure was wrong, "
        "ask the office to reopen it."
    ),
    RuleKind.ABOVE: _("More than %(limit)s is unusual. Check it, or give the reason."),
    RuleKind.JUMP_PREVIOUS: _(
        "More than %(percent)s%% away from the last accepted %(before)s. Check it, or give the reason."
    ),
    RuleKind.JUMP_LAST_YEAR: _(
        "More than %(percent)s%% away from %(before)s in the same quarter last year. "
        "Check it, or give the reason."
    ),
    RuleKind.PEER_OUTLIER: _(
        "Far from what schools of the same type reported last (middle: %(median)s). "
        "Check it, or give the reason."
    ),
    RuleKind.UNIT_SLIP: _(
        "About %(factor)s times %(before)s: is it perhaps in another unit? Check it, or give the reason."
    ),
    RuleKind.IDENTICAL: _(
        "All %(count)s figures are the same as last time. "
        "Check them, or say in the remark why nothing changed."
    ),
}


def sentence(rule: ValidationRule, words: Mapping[str, str]) -> str:
    """Return what a rule says about a figure, in the reader's language; the bureau's own words come first."""
    return rule.message or str(SENTENCES[rule.kind]) % words
