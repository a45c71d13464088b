"""Every mistake in a plan's files is refused with its place and a sentence; all of them at once."""

import pytest
from django.conf import settings

from apps.core.loading import Problems
from apps.organisations import loading as organisations
from apps.plans import loading
from tests.plans.files import PlanFiles, element, indicator

DISTRICT = settings.BASE_DIR / "fixtures" / "organisations" / "430203.yaml"


def problems_of(files, folder):
    problems = Problems()
    bundle = loading.read(files.write(folder / "plan"), problems)
    offices = organisations.read(DISTRICT, problems)
    problems.extend(loading.check(bundle, district=offices.district, office_keys=offices.office_keys))
    return [str(problem).replace(".yaml", "", 1) for problem in problems.found]


def test_the_small_plan_is_right(tmp_path):
    assert problems_of(PlanFiles(), tmp_path) == []


def put(record, **changes):
    record.update(changes)


def drop(record, *keys):
    for key in keys:
        del record[key]


CASES = {
    # the plan and its text
    "another district": (
        lambda files: put(files.plan, region="430204"),
        ["plan: the region 430204 is not the district 430203."],
    ),
    "one reviewing office": (
        lambda files: put(files.plan["policy"], second_review_office="DUDAO"),
        ["plan: the second reviewing office must be another one."],
    ),
    "unknown reviewing office": (
        lambda files: put(files.plan["policy"], cross_review_office="XYZ"),
        ["plan: there is no office XYZ."],
    ),
    "unknown tier": (
        lambda files: put(files.plan["policy"], enabled_tiers=["core", "extra"]),
        ["plan, policy: extra is not a known value of enabled_tiers; known are core, standard, optional."],
    ),
    "no publication date": (
        lambda files: drop(files.plan, "published_on"),
        ["plan: published_on is missing."],
    ),
    "closing words not there": (
        lambda files: put(files.plan, closing="此外"),
        ["plan: no paragraph of the text begins with the closing words."],
    ),
    "area not in the text": (
        lambda files: files.areas.append({"number": 3, "name": "三", "name_en": "3", "offices": ["BANGONG"]}),
        ["areas: 3: the text has no area 3."],
    ),
    "area left out": (
        lambda files: (
            files.areas.pop(),
            put(files.indicator("HOURS"), also_in=[]),
            [put(row, area=1) for row in files.indicators + files.measures],
        ),
        [
            "areas: area 2 of the text is missing.",
            "indicators: ZERO: “机构清零” is not in the text of area 1.",
            "indicators: EVAL: “完成省级评估” is not in the text of area 1.",
            "measures: M2: “办好学校” is not in the text of area 1.",
            "indicators: ZERO: the target's words “清零” are not in the text of area 1.",
        ],
    ),
    "heading differs": (
        lambda files: put(files.areas[1], name="强化管理"),
        ["areas: 2: the name is 强化管理, but the text's heading is 加强管理."],
    ),
    "area twice": (
        lambda files: files.areas.append(files.areas[0]),
        ["areas: 1: 1 stands there twice."],
    ),
    "unknown office of an area": (
        lambda files: put(files.areas[0], offices=["TIWEI", "NOBODY"]),
        ["areas: 1: there is no office NOBODY."],
    ),
    "no office": (
        lambda files: put(files.areas[0], offices=[]),
        ["areas: 1: offices is missing."],
    ),
    # quotes
    "quote not verbatim": (
        lambda files: put(files.indicator("ZERO"), quote="机构 清零"),
        ["indicators: ZERO: “机构 清零” is not in the text of area 2."],
    ),
    "quote of another area": (
        lambda files: put(files.indicator("ZERO"), quote="每天活动不低于2小时"),
        ["indicators: ZERO: “每天活动不低于2小时” is not in the text of area 2."],
    ),
    "quote after the last area": (
        lambda files: put(files.measures[1], quote="其他工作"),
        ["measures: M2: “其他工作” is not in the text of area 2."],
    ),
    "quote with another comma": (
        lambda files: put(files.measures[1], quote="办好学校，完成"),
        ["measures: M2: “办好学校，完成” is not in the text of area 2."],
    ),
    "target's words not verbatim": (
        lambda files: put(files.indicator("MYOPIA")["target"], text="近视率下降1%"),
        ["indicators: MYOPIA: the target's words “近视率下降1%” are not in the text of area 1."],
    ),
    # duplicates
    "element twice": (
        lambda files: files.elements.append(element("hours")),
        ["elements: hours: hours stands there twice."],
    ),
    "the same question twice": (
        lambda files: put(files.element("myopic"), name=files.element("screened")["name"] + " （的）"),
        [
            "elements: myopic: “数据screened （的）” is asked already, as screened: use that fact instead of"
            " a second one."
        ],
    ),
    "indicator twice": (
        lambda files: files.indicators.append(files.indicator("ZERO")),
        ["indicators: ZERO: ZERO stands there twice."],
    ),
    "measure twice": (
        lambda files: put(files.measures[1], code="M1"),
        ["measures: M1: M1 stands there twice."],
    ),
    "rule twice": (
        lambda files: files.fact_rules.append({"left": "myopic", "right": "screened"}),
        ["fact_rules: myopic: myopic ≤ screened stands there twice."],
    ),
    "office twice": (
        lambda files: put(files.indicator("ZERO"), offices=["BANGONG", "BANGONG"]),
        ["indicators: ZERO: offices names the same thing twice."],
    ),
    "two lines for one stage": (
        lambda files: put(
            files.indicator("MYOPIA"), reference_lines=files.indicator("MYOPIA")["reference_lines"] * 2
        ),
        ["indicators: MYOPIA: two reference lines are for the same stage."],
    ),
    # references
    "unknown area": (
        lambda files: put(files.indicator("ZERO"), area=9),
        ["indicators: ZERO: there is no area 9."],
    ),
    "unknown shared area": (
        lambda files: put(files.indicator("HOURS"), also_in=[9]),
        ["indicators: HOURS: there is no area 9."],
    ),
    "shared with itself": (
        lambda files: put(files.indicator("HOURS"), also_in=[1]),
        ["indicators: HOURS: also_in names the indicator's own area."],
    ),
    "unknown indicator of a measure": (
        lambda files: put(files.measures[0], indicators=["MYOPIA", "NOTHING"]),
        ["measures: M1: there is no indicator NOTHING."],
    ),
    "unknown office of an indicator": (
        lambda files: put(files.indicator("MYOPIA"), offices=["TIWEI", "NOBODY"]),
        ["indicators: MYOPIA: there is no office NOBODY."],
    ),
    "unknown office of a measure": (
        lambda files: put(files.measures[0], offices=["NOBODY"]),
        ["measures: M1: there is no office NOBODY."],
    ),
    "unknown quarter": (
        lambda files: put(files.indicator("HOURS"), due_quarters=[2, 5]),
        ["indicators: HOURS: a quarter is 1, 2, 3 or 4."],
    ),
    "no tier": (
        lambda files: put(files.plan["policy"], enabled_tiers=[]),
        ["plan, policy: enabled_tiers is missing."],
    ),
    "no quarter": (
        lambda files: put(files.indicator("HOURS"), due_quarters=[]),
        ["indicators: HOURS: due_quarters is missing."],
    ),
    "unknown stage": (
        lambda files: put(files.indicator("HOURS"), stages=["primary", "university"]),
        [
            "indicators: HOURS: university is not a known value of stages; known are kindergarten, primary, "
            "junior, senior, special, whole."
        ],
    ),
    "the whole is no stage": (
        lambda files: put(files.indicator("HOURS"), stages=["whole"]),
        ["indicators: HOURS: the whole organisation is not a stage."],
    ),
    "unknown school type": (
        lambda files: put(files.indicator("HOURS"), applies_to=["college"]),
        [
            "indicators: HOURS: college is not a known value of applies_to; known are kindergarten, primary, "
            "junior, nine_year, senior, special.",
            "indicators: HOURS: a school's indicator names the school types it applies to.",
        ],
    ),
    "unknown kind": (
        lambda files: put(files.indicator("HOURS"), kind="ratio"),
        [
            "indicators: HOURS: ratio is not a known value of kind; known are rate, count, amount, boolean, "
            "milestone, level, change_from_baseline, dispersion."
        ],
    ),
    # formulas
    "unreadable formula": (
        lambda files: put(files.indicator("ZERO"), numerator="bodies / 2"),
        [
            "indicators: ZERO: the numerator cannot be read: 'bodies / 2' is not allowed in a formula.",
            "elements: bodies: no indicator uses this data element.",
        ],
    ),
    "unknown element": (
        lambda files: put(files.indicator("MYOPIA"), numerator="myopic + myopia"),
        [
            "indicators: MYOPIA: the formula uses myopia, which is neither a data element nor a school "
            "attribute."
        ],
    ),
    "unknown attribute": (
        lambda files: put(files.indicator("MYOPIA"), numerator="myopic if size == 1 else 0"),
        [
            "indicators: MYOPIA: the formula uses size, which is neither a data element nor a school "
            "attribute."
        ],
    ),
    "a word no school has": (
        lambda files: put(files.indicator("MYOPIA"), numerator='myopic if ownership == "state" else 0'),
        [
            "indicators: MYOPIA: the numerator cannot be read: ownership is never 'state'.",
            "elements: myopic: no indicator uses this data element.",
        ],
    ),
    "element nobody uses": (
        lambda files: files.elements.append(element("idle")),
        ["elements: idle: no indicator uses this data element."],
    ),
    "mixed reporters in one part": (
        lambda files: put(files.indicator("MYOPIA"), denominator="screened + bodies", offices=["BANGONG"]),
        ["indicators: MYOPIA: “screened + bodies” mixes facts of schools and of offices."],
    ),
    "mixed units in one part": (
        lambda files: (
            put(files.element("myopic"), per_stage=False)
            or put(files.indicator("MYOPIA"), numerator="myopic + screened")
            or files.fact_rules.clear()
        ),
        [
            "indicators: MYOPIA: “myopic + screened” mixes facts asked for each stage with facts asked once.",
            "indicators: MYOPIA: one part is asked for each stage and the other once: their units differ.",
        ],
    ),
    "parts of different units": (
        lambda files: put(files.element("screened"), per_stage=False) or files.fact_rules.clear(),
        ["indicators: MYOPIA: one part is asked for each stage and the other once: their units differ."],
    ),
    "attribute of an office": (
        lambda files: put(files.indicator("ZERO"), numerator='bodies if stage == "whole" else 0'),
        [
            'indicators: ZERO: “bodies if stage == "whole" else 0” asks for a school attribute of an '
            "office's fact."
        ],
    ),
    "numerator of another reporter": (
        lambda files: put(files.indicator("ZERO"), reporter="school", applies_to=["primary"]),
        ["indicators: ZERO: the facts of the numerator are not reported by the indicator's reporter."],
    ),
    "numerator without a fact": (
        lambda files: put(files.indicator("EVAL"), numerator="1", denominator="step"),
        ["indicators: EVAL: the numerator uses no fact."],
    ),
    "text in a formula": (
        lambda files: put(files.element("bodies"), type="text", unit="", minimum=None),
        ["indicators: ZERO: the formula uses bodies, which is not a number."],
    ),
    "flow in a stock": (
        lambda files: put(files.element("bodies"), accumulation="flow"),
        ["indicators: ZERO: bodies and the indicator do not accumulate alike: only flows are summed."],
    ),
    "no denominator": (
        lambda files: drop(files.indicator("HOURS"), "denominator"),
        ["indicators: HOURS: share_true needs a denominator."],
    ),
    "needless denominator": (
        lambda files: put(files.indicator("EVAL"), aggregation="sum"),
        ["indicators: EVAL: sum takes no denominator."],
    ),
    "denominator without words": (
        lambda files: drop(files.indicator("MYOPIA"), "denominator_label_en"),
        ["indicators: MYOPIA: the denominator is not said in words."],
    ),
    "school types of an office": (
        lambda files: put(files.indicator("ZERO"), applies_to=["primary"]),
        ["indicators: ZERO: an office's indicator has no school types and stages."],
    ),
    "stages missing": (
        lambda files: put(files.indicator("HOURS"), stages=[]),
        ["indicators: HOURS: facts asked for each stage need the stages."],
    ),
    "stages of a fact asked once": (
        lambda files: put(files.element("hours"), per_stage=False),
        ["indicators: HOURS: facts asked once for a school leave the stages empty."],
    ),
    "two offices for one fact": (
        lambda files: put(files.indicator("EVAL"), numerator="step + bodies", offices=["TIWEI"]),
        ["indicators: EVAL: bodies already belongs to the lead office BANGONG."],
    ),
    # targets
    "no target": (
        lambda files: drop(files.indicator("ZERO"), "target"),
        ["indicators: ZERO: target is missing."],
    ),
    "target without a source": (
        lambda files: drop(files.indicator("ZERO")["target"], "source"),
        ["indicators: ZERO, target: source is missing."],
    ),
    "value though the bureau is to set it": (
        lambda files: put(files.indicator("EVAL"), target={"source": "bureau_to_set", "value": 3}),
        ["indicators: EVAL: a target that the bureau is to set has no value, no words and no date here."],
    ),
    "due date though the bureau is to set it": (
        lambda files: put(
            files.indicator("EVAL"), target={"source": "bureau_to_set", "due_on": files.plan["published_on"]}
        ),
        ["indicators: EVAL: a target that the bureau is to set has no value, no words and no date here."],
    ),
    "stated without a value": (
        lambda files: drop(files.indicator("ZERO")["target"], "value"),
        ["indicators: ZERO: equal needs a value."],
    ),
    "stated without a comparison": (
        lambda files: drop(files.indicator("ZERO")["target"], "operator"),
        ["indicators: ZERO: the plan gives this target, so it says its comparison (operator)."],
    ),
    "stated without words": (
        lambda files: drop(files.indicator("ZERO")["target"], "text"),
        ["indicators: ZERO: the plan gives this target, so it quotes the plan's words (text)."],
    ),
    "outside its direction": (
        lambda files: put(files.indicator("ZERO")["target"], operator="at_most"),
        ["indicators: ZERO: the target says at_most, but the indicator's direction is equal."],
    ),
    "range of one end": (
        lambda files: (
            put(files.indicator("ZERO"), direction="within_range")
            or put(files.indicator("ZERO")["target"], operator="within_range", value=2)
        ),
        ["indicators: ZERO: a range needs an upper limit that is not below the lower one."],
    ),
    "range upside down": (
        lambda files: (
            put(files.indicator("ZERO"), direction="within_range")
            or put(files.indicator("ZERO")["target"], operator="within_range", value=3, value_max=2)
        ),
        ["indicators: ZERO: a range needs an upper limit that is not below the lower one."],
    ),
    "upper limit of no range": (
        lambda files: put(files.indicator("ZERO")["target"], value_max=2),
        ["indicators: ZERO: only a range has an upper limit."],
    ),
    "change without basis": (
        lambda files: drop(files.indicator("MYOPIA"), "basis"),
        ["indicators: MYOPIA: decrease_by speaks of a change: the indicator's basis must be the change."],
    ),
    "completion without a day": (
        lambda files: (
            put(files.indicator("ZERO"), direction="completed")
            or put(
                files.indicator("ZERO"), target={"source": "plan", "text": "清零", "operator": "completed"}
            )
        ),
        ["indicators: ZERO: a completion needs the day it is due."],
    ),
    "no worse than, with a value": (
        lambda files: (
            put(files.indicator("ZERO"), direction="no_worse_than_baseline")
            or put(files.indicator("ZERO")["target"], operator="no_worse_than_baseline")
        ),
        ["indicators: ZERO: no_worse_than_baseline takes no value."],
    ),
    "threshold of a district's target": (
        lambda files: drop(files.indicator("HOURS")["target"], "level"),
        ["indicators: HOURS: the formula uses threshold, but there is no target for every school."],
    ),
    "threshold without a target": (
        lambda files: put(files.indicator("HOURS"), target={"source": "bureau_to_set", "level": "school"}),
        ["indicators: HOURS: the formula uses threshold, but there is no target for every school."],
    ),
    "reference line without a number": (
        lambda files: drop(files.indicator("MYOPIA")["reference_lines"][0], "value"),
        ["indicators: MYOPIA, reference_lines 1: value is missing."],
    ),
    "reference line of a change": (
        lambda files: put(files.indicator("MYOPIA")["reference_lines"][0], operator="decrease_by"),
        ["indicators: MYOPIA, reference_lines 1: a reference line compares with a number."],
    ),
    # facts
    "not a name": (
        lambda files: (
            put(files.element("bodies"), code="Bodies!") or put(files.indicator("ZERO"), numerator="step")
        ),
        [
            "elements: Bodies!: the code must be a name of small letters, digits and underscores.",
            "elements: Bodies!: no indicator uses this data element.",
        ],
    ),
    "a reserved name": (
        lambda files: (
            put(files.element("bodies"), code="stage") or put(files.indicator("ZERO"), numerator="step")
        ),
        [
            "elements: stage: stage means something else in a formula.",
            "elements: stage: no indicator uses this data element.",
        ],
    ),
    "minimum above maximum": (
        lambda files: put(files.element("hours"), minimum=9),
        ["elements: hours: the minimum is above the maximum."],
    ),
    "decimal without decimals": (
        lambda files: drop(files.element("hours"), "decimals"),
        ["elements: hours: a decimal has 1 to 4 decimals."],
    ),
    "decimals of a whole number": (
        lambda files: put(files.element("bodies"), decimals=2),
        ["elements: bodies: only a decimal has decimals."],
    ),
    "boolean with limits": (
        lambda files: put(files.element("bodies"), type="boolean"),
        [
            "elements: bodies: only a number has limits and warnings.",
            "elements: bodies: yes or no has no unit.",
        ],
    ),
    "boolean with choices": (
        lambda files: put(
            files.element("bodies"),
            type="boolean",
            unit="",
            minimum=None,
            choices=files.element("step")["choices"],
        ),
        ["elements: bodies: only a choice has choices."],
    ),
    "boolean flow": (
        lambda files: (
            put(files.element("bodies"), type="boolean", unit="", minimum=None, accumulation="flow")
            or put(files.indicator("ZERO"), accumulation="flow")
        ),
        ["elements: bodies: yes or no and choices cannot be summed over quarters: they are no flow."],
    ),
    "one choice": (
        lambda files: files.element("step")["choices"].pop(),
        ["elements: step: a choice needs at least two choices."],
    ),
    "same choice twice": (
        lambda files: put(files.element("step")["choices"][1], value=0),
        ["elements: step: two choices have the same value."],
    ),
    "choice without English": (
        lambda files: drop(files.element("step")["choices"][1], "label_en"),
        ["elements: step, choices 2: label_en is missing."],
    ),
    "choice that is a word": (
        lambda files: put(files.element("step")["choices"][1], value="passed"),
        [
            "elements: step, choices 2: value must be a whole number.",
            "elements: step: two choices have the same value.",
        ],
    ),
    "change of nothing": (
        lambda files: put(files.element("hours"), warn_change_percent=-5),
        ["elements: hours: the change that asks for a reason must be above 0 %."],
    ),
    "office by stage": (
        lambda files: put(files.element("bodies"), per_stage=True),
        ["elements: bodies: an office reports one figure, not one for each stage."],
    ),
    "rule over nothing": (
        lambda files: put(files.fact_rules[0], left="nobody"),
        ["fact_rules: nobody: there is no data element nobody."],
    ),
    "rule over a choice": (
        lambda files: files.fact_rules.append({"left": "step", "right": "bodies"}),
        ["fact_rules: step: step is not a number."],
    ),
    "rule over one fact": (
        lambda files: files.fact_rules.append({"left": "hours", "right": "hours"}),
        ["fact_rules: hours: a rule compares two different facts."],
    ),
    "rule over two units": (
        lambda files: files.fact_rules.append({"left": "hours", "right": "bodies"}),
        ["fact_rules: hours: the two facts are not reported by the same unit."],
    ),
    # shapes
    "unknown key": (
        lambda files: put(files.measures[0], owner="somebody"),
        ["measures: M1: owner is not a key of this record."],
    ),
    "no English name": (
        lambda files: drop(files.element("hours"), "name_en"),
        ["elements: hours: name_en is missing."],
    ),
    "too long": (
        lambda files: put(files.element("hours"), unit="很" * 21),
        ["elements: hours: unit is longer than 20 characters."],
    ),
    "number as text": (
        lambda files: put(files.indicator("ZERO")["target"], value="0"),
        [
            "indicators: ZERO, target: value must be a number.",
            "indicators: ZERO: equal needs a value.",
        ],
    ),
    "region read as a number": (
        lambda files: put(files.plan, region=430203),
        [
            "plan: region must be text (in quotation marks, if it is a figure).",
        ],
    ),
    "flag as text": (
        lambda files: put(files.indicator("ZERO"), is_provisional="no"),
        ["indicators: ZERO: is_provisional must be true or false."],
    ),
    "list as text": (
        lambda files: put(files.indicator("ZERO"), offices="BANGONG"),
        ["indicators: ZERO: offices must be a list."],
    ),
    "record as text": (
        lambda files: files.measures.append("M3"),
        [
            "measures: 3: this is not a record of keys and values.",
            *(f"measures: 3: {key} is missing." for key in ("area", "code", "name", "name_en", "quote")),
            "measures: 3: offices is missing.",
            "measures: 3: there is no area 0.",
        ],
    ),
}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_refused(case, tmp_path):
    spoil, expected = CASES[case]
    files = PlanFiles()
    spoil(files)
    assert problems_of(files, tmp_path) == expected


def test_all_mistakes_are_found_at_once(tmp_path):
    files = PlanFiles()
    files.indicator("ZERO")["quote"] = "没有的话"
    files.indicator("MYOPIA")["offices"] = ["NOBODY"]
    files.elements.append(element("idle"))
    files.indicators.append(indicator("ODD", 7, "办好学校", numerator="x", target={"source": "plan"}))
    assert problems_of(files, tmp_path) == [
        "indicators: ODD: there is no area 7.",
        "indicators: MYOPIA: there is no office NOBODY.",
        "indicators: ZERO: “没有的话” is not in the text of area 2.",
        "indicators: ODD: the formula uses x, which is neither a data element nor a school attribute.",
        "indicators: ODD: ratio_of_sums needs a denominator.",
        "elements: idle: no indicator uses this data element.",
        "indicators: ODD: the plan gives this target, so it says its comparison (operator).",
        "indicators: ODD: the plan gives this target, so it quotes the plan's words (text).",
    ]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"- {code: A, code: B}\n", "code stands there twice"),
        (b"- [unclosed\n", "measures.yaml: this is not YAML"),
        (b"area: 1\n", "measures.yaml: the file must be a list of records."),
        ("- 名".encode("gbk"), "measures.yaml: the file is not written in UTF-8."),
    ],
)
def test_a_file_that_cannot_be_read(content, problem, tmp_path):
    folder = PlanFiles().write(tmp_path / "plan")
    (folder / "measures.yaml").write_bytes(content)
    problems = Problems()
    loading.read(folder, problems)
    assert len(problems.found) == 1
    assert problem in str(problems.found[0])


def test_a_missing_file_is_named(tmp_path):
    folder = PlanFiles().write(tmp_path / "plan")
    (folder / "text.txt").unlink()
    problems = Problems()
    loading.read(folder, problems)
    assert [str(problem) for problem in problems.found] == [f"text.txt: there is no such file in {folder}."]
