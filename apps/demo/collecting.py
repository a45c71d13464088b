"""Plays every return of the quarters that have begun: who owes what, how it fared, what was written."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from random import Random

from apps.accounts.models import User
from apps.collection.models import Period, Submission
from apps.collection.rules.book import rulebook
from apps.collection.rules.single import FACTORS
from apps.demo import district, story
from apps.demo.courses import counted_elements, play
from apps.demo.edges import bring_ratio_to
from apps.demo.flags import Yardsticks, facts_explain
from apps.demo.mistakes import Mistake, mistake_in
from apps.demo.reporting import Key, WrittenFact, owed, write_facts
from apps.demo.returns import Return, Rows
from apps.demo.story import Course
from apps.organisations.models import Organisation
from apps.plans.enums import RuleKind
from apps.plans.models import AnnualPlan, DataElement, ValidationRule
from apps.reviews.parts import Parts, parts_of_many

SLIPS = 0.12
JUST_BELOW = {"complete": {4: ("fitness_good_pupils", "fitness_tested_pupils", Fraction("0.5396"))}}


@dataclass
class People:
    """Who reports for an organisation and who reviews for an office, by organisation id."""

    reporters: dict[int, User]
    reviewers: dict[int, User]


@dataclass
class Quarter:
    """Everything about one quarter's returns, by organisation id."""

    period: Period
    organisations: dict[int, Organisation]
    facts: dict[int, list[WrittenFact]]
    yardsticks: Yardsticks
    courses: dict[int, Course]
    parts: dict[int, Parts]

    def explain(self) -> None:
        """Hold every return against the rules, once its numbers are settled."""
        for pk, facts in self.facts.items():
            facts_explain(pk, facts, self.yardsticks)

    def mistake(
        self, organisation: Organisation, facts: list[WrittenFact], ties: Ties, luck: Random
    ) -> Mistake:
        """Return the fact that an office would send back, with a number that no rule finds unusual."""
        return mistake_in(
            [fact for fact in facts if not self.yardsticks.watches(fact)] or facts,
            limits=ties.limits,
            rules=ties.limited,
            luck=luck,
            is_unusual=lambda fact, number: bool(self.yardsticks.fired(organisation.pk, fact, number)),
        )

    def counting(self, pk: int) -> list[WrittenFact]:
        """Return the facts of one organisation that are accepted in the end."""
        counted = counted_elements(self.courses[pk], self.parts[pk])
        return [fact for fact in self.facts[pk] if fact.element.pk in counted]


@dataclass
class Ties:
    """What the rules between facts say about a single one of them."""

    limits: set[int] = field(default_factory=set)
    limited: set[int] = field(default_factory=set)
    tied: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))


def returns_play(*, plan: AnnualPlan, stage: str, people: People, today: dt.date) -> Rows:
    """Return the rows of every return of the stage's quarters."""
    rows, ties = Rows(), ties_between_facts()
    before: dict[int, dict[Key, Decimal | None]] = defaultdict(dict)
    periods = plan.periods.filter(quarter__in=story.quarters_begun(stage)).select_related("plan__policy")
    for period in periods.order_by("quarter"):
        quarter = quarter_of(period, stage, before)
        _to_the_edge(quarter, stage)
        quarter.explain()
        for pk, organisation in quarter.organisations.items():
            if quarter.courses[pk] != Course.NOT_STARTED:
                _play(quarter, organisation, people, ties, today).save_to(rows)
            before[pk] |= {fact.key: fact.number for fact in quarter.counting(pk)}
    return rows


def quarter_of(period: Period, stage: str, before: dict[int, dict[Key, Decimal | None]]) -> Quarter:
    asked = owed(period)
    organisations = Organisation.objects.in_bulk(asked)
    ordered = sorted(organisations.values(), key=lambda organisation: organisation.code)
    types = {organisation.code: _type_of(organisation) for organisation in ordered}
    courses = story.courses(stage, period.quarter, types)
    probes = [Submission(pk=one.pk, period=period, organisation=one) for one in ordered]  # never saved
    return Quarter(
        period=period,
        organisations={one.pk: one for one in ordered},
        facts={one.pk: write_facts(one, asked[one.pk], period) for one in ordered},
        yardsticks=_yardsticks(period, ordered, asked, types, before),
        courses={one.pk: courses[one.code] for one in ordered},
        parts=parts_of_many(probes),
    )


def _yardsticks(
    period: Period,
    organisations: list[Organisation],
    asked: dict[int, list[tuple[DataElement, str]]],
    types: dict[str, str],
    before: dict[int, dict[Key, Decimal | None]],
) -> Yardsticks:
    elements = {element.pk for facts in asked.values() for element, _stage in facts}
    schools = {one.pk: types[one.code] for one in organisations if one.is_school}
    return Yardsticks(
        rulebook(elements), period, {pk: dict(numbers) for pk, numbers in before.items()}, schools
    )


def _type_of(organisation: Organisation) -> str:
    school = district.school_by_code().get(organisation.code)
    return school.school_type if school else organisation.kind


def _to_the_edge(quarter: Quarter, stage: str) -> None:
    """Bring the figure that the story wants just below its target there, over the returns that count."""
    wanted = JUST_BELOW.get(stage, {}).get(quarter.period.quarter)
    if wanted is None:
        return
    above, below, share = wanted
    pairs = []
    for pk in quarter.facts:
        facts = {(fact.element.code, fact.stage): fact for fact in quarter.counting(pk)}
        pairs += [
            (fact, facts[below, at])
            for (code, at), fact in facts.items()
            if code == above and fact.number is not None
        ]
    bring_ratio_to(pairs, share)


def _play(quarter: Quarter, organisation: Organisation, people: People, ties: Ties, today: dt.date) -> Return:
    course, facts = quarter.courses[organisation.pk], quarter.facts[organisation.pk]
    mistake = _mistake(quarter, organisation, facts, ties)
    made = Return(
        period=quarter.period,
        organisation=organisation,
        reporter=people.reporters[organisation.pk],
        reviewers=people.reviewers,
        parts=quarter.parts[organisation.pk],
        days=story.days(organisation.code, quarter.period, course, today),
        luck=district.random_for("minute", organisation.code, quarter.period.quarter),
    )
    play(course, made, facts, mistake, ties.tied[mistake.key[0]])
    luck = district.random_for("fill", organisation.code, quarter.period.quarter)
    made.take_time(luck)
    if course != Course.DRAFT and luck.random() < SLIPS:
        _slip(quarter, organisation, made, facts, luck)
    return made


def _slip(
    quarter: Quarter, organisation: Organisation, made: Return, facts: list[WrittenFact], luck: Random
) -> None:
    """Let one figure have been typed in another unit at first."""
    factor = luck.choice(FACTORS)
    typed = [
        (fact, fact.number * factor, fired)
        for fact in facts
        if fact.number
        and (fired := quarter.yardsticks.fired(organisation.pk, fact, fact.number * factor))
        and any(rule.kind == RuleKind.UNIT_SLIP for rule, _words in fired)
    ]
    if typed:
        fact, number, fired = luck.choice(typed)
        made.slip(fact.key, number, fired)


def _mistake(quarter: Quarter, organisation: Organisation, facts: list[WrittenFact], ties: Ties) -> Mistake:
    luck = district.random_for("mistake", organisation.code, quarter.period.quarter)
    return quarter.mistake(organisation, facts, ties, luck)


def ties_between_facts() -> Ties:
    ties = Ties()
    rules = ValidationRule.objects.filter(kind=RuleKind.AT_MOST).values_list("element_id", "other_id")
    for left, right in rules:
        ties.limited.add(left)
        ties.limits.add(right)
        for one in (left, right):
            ties.tied[one] |= {left, right}
    return ties
