"""What a demonstration school or office would report, from fixtures/demo/values.yaml and its own luck. Pure.

A rule says how a fact follows from the pupils (or another fact), the stage, the quarter and the school:

* ``quarters``   the same for everyone, by quarter (an office's own figure)
* ``pupils``     the pupils of the stage, with a new school year from the third quarter on
* ``yes``        share of schools that say yes, by quarter; who says yes stays among those who do
* ``pick``       [value, weight] pairs; a school keeps its pick, ``pick_by_quarter`` replaces the weights
* ``count``      [lowest, highest] by school type, times ``quarter_factor``
* ``level``      times the fact ``of``, by stage; ``trend`` by quarter, ``spread`` between schools; the
                 share is at most ``cap``, the number at least ``floor``
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from apps.demo.district import random_for

Rule = Mapping[str, Any]
AUTUMN = 3


class NoRuleError(LookupError):
    """values.yaml has no rule for a fact that somebody owes."""


@dataclass(frozen=True)
class Reporter:
    """Who reports: an organisation and stage, its attributes, and its pupils before a new school year."""

    code: str
    stage: str
    school_type: str = ""
    setting: str = ""
    pupils: int = 0

    @property
    def key(self) -> tuple[str, str]:
        return (self.code, self.stage)


@cache
def rules() -> dict[str, Rule]:
    path = Path(settings.BASE_DIR) / "fixtures" / "demo" / "values.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))["facts"]


def rule_of(element: str) -> Rule:
    if element not in rules():
        raise NoRuleError(f"fixtures/demo/values.yaml has no rule for {element}")
    return rules()[element]


def fact(element: str, reporter: Reporter, quarter: int) -> Decimal:
    """Return the number that `reporter` reports for `element` in `quarter`.

    Raises:
        NoRuleError: when values.yaml does not know the element.
    """
    rule = rule_of(element)
    shape = next(name for name in SHAPES if name in rule)
    value = SHAPES[shape](element, rule, reporter, quarter)
    return value.quantize(Decimal(1).scaleb(-rule.get("decimals", 0)), ROUND_HALF_UP)


def _by(choice: object, key: object, default: object = 0) -> Any:
    """Return what a rule says for a stage, type or quarter; a plain value holds for all."""
    return choice.get(key, choice.get("other", default)) if isinstance(choice, Mapping) else choice


def _luck(element: str, reporter: Reporter, *more: object) -> float:
    """Return a school's standing for a fact: normal, within two and a bit deviations."""
    return max(-2.2, min(2.2, random_for(element, *reporter.key, *more).gauss(0, 1)))


def _quarters(element: str, rule: Rule, reporter: Reporter, quarter: int) -> Decimal:
    return Decimal(str(rule["quarters"][quarter]))


def _pupils(element: str, rule: Rule, reporter: Reporter, quarter: int) -> Decimal:
    change = _by(rule["pupils"], reporter.stage) + rule["spread"] * _luck(element, reporter)
    return Decimal(reporter.pupils) * Decimal(str(1 + (change if quarter >= AUTUMN else 0)))


def _yes(element: str, rule: Rule, reporter: Reporter, quarter: int) -> Decimal:
    return Decimal(random_for(element, *reporter.key).random() < _by(rule["yes"], quarter))


def _pick(element: str, rule: Rule, reporter: Reporter, quarter: int) -> Decimal:
    pairs = rule.get("pick_by_quarter", {}).get(quarter, rule["pick"])
    left = random_for(element, *reporter.key).random() * sum(weight for _, weight in pairs)
    for value, weight in pairs:
        left -= weight
        if left < 0:
            return Decimal(str(value))
    return Decimal(str(pairs[-1][0]))


def _count(element: str, rule: Rule, reporter: Reporter, quarter: int) -> Decimal:
    limits = _by(rule["count"], reporter.school_type, (0, 0))
    drawn = random_for(element, *reporter.key, quarter).randint(*limits)
    return Decimal(drawn) * Decimal(str(_by(rule.get("quarter_factor", 1), quarter, 1)))


def _level(element: str, rule: Rule, reporter: Reporter, quarter: int) -> Decimal:
    base = Decimal(1) if "of" not in rule else fact(rule["of"], reporter, quarter)
    level = _by(rule["level"], reporter.stage) * _by(rule.get("by_setting", 1), reporter.setting, 1)
    level += _by(rule.get("trend", 0), quarter)
    luck = rule.get("spread", 0) * _luck(element, reporter) + rule.get("noise", 0) * _luck(
        element, reporter, quarter
    )
    share = max(0.0, level * (1 + luck))
    if (cap := rule.get("cap", 1)) is not None:
        share = min(share, cap)
    return max(base * Decimal(str(round(share, 6))), Decimal(rule.get("floor", 0)))


SHAPES: dict[str, Callable[[str, Rule, Reporter, int], Decimal]] = {
    "quarters": _quarters,
    "pupils": _pupils,
    "yes": _yes,
    "pick": _pick,
    "count": _count,
    "level": _level,
}
