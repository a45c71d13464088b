"""The report for one school: its own figures against its own line and the district's middle half."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from apps.dashboards.school_tables import Standing, standings_of
from apps.dashboards.targets_text import target_words
from apps.dashboards.units import Unit
from apps.organisations.enums import SchoolType, Stage
from apps.plans import formulas
from apps.plans.enums import TargetLevel, TargetOperator
from apps.plans.models import TargetRevision
from apps.reports.paper.tables import Column, Grid
from apps.reports.progress.blocks import Block, Listing, Plain, headings, passage
from apps.reports.prose import slots, telling
from apps.reports.prose.bound import Bound, Sentence, Source, bind
from apps.reports.prose.facts import Facts
from apps.reports.prose.prose import Prose
from apps.reports.releases.thawing import FrozenSchool

NOTHING = "—"
EXPLAINED = (
    "要求，指工作要点对每所学校提出的标准，没有学校标准的不作比较。",
    "中间一半，指全区同学段有数值的学校从低到高排列，去掉最低和最高各四分之一后的范围，两端在内；"
    "可比学校不足四所的不列。本报告不作排名，不列其他学校的数值。",
    "数值为审核通过的数据；尚未审核通过的不计入。",
)


def standings(facts: Facts, school: FrozenSchool) -> list[Standing]:
    """Return the school's figures beside those of its stage; what its kind alone decides says nothing."""
    told = {row.pk: row for row in facts.edition.indicators if not formulas.parse(row.numerator).attributes}
    own = [unit for unit in facts.edition.units_of(school) if unit.indicator_id in told]
    others = [unit for unit in facts.edition.units if not unit.is_hidden]
    return standings_of(own, others, told)


def blocks(prose: Prose, school: FrozenSchool) -> list[Block]:
    """Return the report's parts; without any figure one sentence says so."""
    facts = prose.facts
    found = standings(facts, school)
    return headings(
        1,
        [
            ("基本情况", passage(*_state(prose, school, found))),
            ("学校要求落实情况", passage(*_lines(prose, school, found))),
            ("指标数值", [_table(facts, found)] if found else []),
            ("说明", [Plain(line) for line in EXPLAINED]),
        ],
    )


def _state(prose: Prose, school: FrozenSchool, found: Sequence[Standing]) -> list[Sentence]:
    facts = prose.facts
    source = Source(school.organisation.code, 0, "profile")
    said = [
        prose.say(
            "school_scope",
            "school/scope",
            name=bind(facts, [source], lambda of: _profile(of, school).organisation.name),
            kind=bind(facts, [source], lambda of: str(SchoolType(_profile(of, school).school_type).label)),
            until=bind(facts, [Source(slots.RELEASE, 0, "ends_on")], lambda of: of.ends_on, telling.day),
        )
    ]
    if not found:
        return [*said, prose.say("school_nothing", "school/state", none=_none(facts, school))]
    return [
        *said,
        prose.say(
            "school_state",
            "school/state",
            count=_number(facts, school, lambda _unit: True),
            reported=_number(facts, school, lambda unit: unit.value is not None),
        ),
    ]


def _profile(facts: Facts, school: FrozenSchool) -> FrozenSchool:
    """Return the school as the release has it."""
    return next(one for one in facts.edition.schools if one.organisation.pk == school.organisation.pk)


def _none(facts: Facts, school: FrozenSchool) -> Bound:
    source = Source(school.organisation.code, facts.quarter, "units")
    return bind(facts, [source], lambda of: standings(of, school), lambda found: "" if found else "没有")


def _number(facts: Facts, school: FrozenSchool, holds: Callable[[Unit], bool]) -> Bound:
    source = Source(school.organisation.code, facts.quarter, "units")
    return bind(facts, [source], lambda of: sum(holds(one.unit) for one in standings(of, school)))


def line_of(facts: Facts, standing: Standing) -> TargetRevision | None:
    """Return the line that every school is to meet, where the target in force is one."""
    target = facts.reading(standing.indicator.code).target
    return target if target is not None and target.level == TargetLevel.SCHOOL else None


def meets(value: Decimal, line: TargetRevision) -> bool | None:
    """Tell whether a school's own value meets its line, exactly; None where the line is no limit."""
    if line.value is None:
        return None
    if line.operator == TargetOperator.AT_LEAST:
        return value >= line.value
    if line.operator == TargetOperator.AT_MOST:
        return value <= line.value
    return value == line.value if line.operator == TargetOperator.EQUAL else None


def _lines(prose: Prose, school: FrozenSchool, found: Sequence[Standing]) -> list[Sentence]:
    """Say for each line of its own whether the school meets it."""
    facts = prose.facts
    said = []
    for standing in found:
        line, value = line_of(facts, standing), standing.unit.value
        if line is not None and value is not None and meets(value, line) is not None:
            place = f"{standing.indicator.code}/{standing.unit.stage}"
            said.append(
                prose.say(
                    "school_line",
                    f"school/{place}",
                    name=slots.name(facts, standing.indicator.code),
                    stage=_own(facts, school, standing, lambda one: one.stage_name),
                    figure=_own(facts, school, standing, lambda one: figure(one.unit)),
                    line=slots.told(facts, standing.indicator.code, ("target",), telling.target_in_words),
                    word=_own(facts, school, standing, _judged_by(line)),
                )
            )
    return said


def _own(facts: Facts, school: FrozenSchool, standing: Standing, tell: Callable[[Standing], str]) -> Bound:
    """Bind what is told of one figure of the school."""
    key = (standing.indicator.pk, standing.unit.stage)
    source = Source(standing.indicator.code, facts.quarter, f"unit:{school.organisation.code}:{key[1]}")
    return bind(
        facts,
        [source],
        lambda of: next(one for one in standings(of, school) if (one.indicator.pk, one.unit.stage) == key),
        tell,
    )


def _judged_by(line: TargetRevision) -> Callable[[Standing], str]:
    def word(standing: Standing) -> str:
        value = standing.unit.value
        return "达到" if value is not None and meets(value, line) else "没有达到"

    return word


def figure(unit: Unit) -> str:
    """Return a school's own value with its unit, or in words why there is none."""
    return telling.CONFIDENTIAL if unit.is_hidden else telling.tight(unit.text)


def _table(facts: Facts, found: Sequence[Standing]) -> Listing:
    columns = [
        Column("指标", 40),
        Column("学段", 12, is_centred=True),
        Column("本校数值", 21, is_number=True),
        Column("要求", 20),
        Column("全区中间一半", 34, is_centred=True),
        Column("所处位置", 29),
    ]
    rows = [
        [
            standing.indicator.name,
            "全校" if standing.unit.stage == Stage.WHOLE else standing.stage_name,
            figure(standing.unit),
            _line_text(facts, standing),
            telling.tight(standing.middle_text).replace(" – ", "至") if standing.middle else NOTHING,
            telling.tight(standing.place_text) or NOTHING,
        ]
        for standing in found
    ]
    return Listing("本校各项指标数值", Grid(columns, rows))


def _line_text(facts: Facts, standing: Standing) -> str:
    line = line_of(facts, standing)
    if line is None:
        return NOTHING
    return telling.tight(target_words(standing.indicator, line)).replace("=", "")
