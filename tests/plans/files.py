"""A small plan that is right in every respect, as the contents of its files; tests spoil one at a time."""

import copy
import datetime as dt
from pathlib import Path

import yaml

TEXT = """示例工作要点
总体要求是办好教育。
1.保障健康。全区近视率下降0.5%,每天活动不低于2小时,体质优良率达54%以上。
2.加强管理。办好学校,完成省级评估,机构清零。
其他工作另行安排。
"""

PLAN = {
    "region": "430203",
    "year": 2025,
    "title": "示例工作要点",
    "title_en": "Example plan",
    "publisher": "示例教育局",
    "published_on": dt.date(2025, 3, 10),
    "closing": "其他工作",
    "policy": {"enabled_tiers": ["core"], "cross_review_office": "DUDAO", "second_review_office": "BANGONG"},
    "revision_reasons": {"plan": "原文所列", "plan_implied": "文意推出"},
}

AREAS = [
    {"number": 1, "name": "保障健康", "name_en": "Health", "offices": ["TIWEI", "BANGONG"]},
    {"number": 2, "name": "加强管理", "name_en": "Management", "offices": ["BANGONG"]},
]


def element(code, **changes):
    return {
        "code": code,
        "name": f"数据{code}",
        "name_en": code,
        "help": "怎么填",
        "help_en": "how",
        "type": "integer",
        "accumulation": "stock",
        "reporter": "school",
        "per_stage": True,
        "unit": "人",
        "minimum": 0,
        **changes,
    }


ELEMENTS = [
    element("screened"),
    element("myopic", privacy="small_cell"),
    element("hours", type="decimal", decimals=1, maximum=8, unit="小时"),
    element("bodies", reporter="office", per_stage=False, unit="家"),
    element(
        "step",
        type="choice",
        reporter="office",
        per_stage=False,
        unit="",
        minimum=None,
        choices=[
            {"value": 0, "label": "未启动", "label_en": "Not started"},
            {"value": 1, "label": "通过", "label_en": "Passed"},
        ],
    ),
]

FACT_RULES = [{"left": "myopic", "right": "screened"}]


def indicator(code, area, quote, **changes):
    return {
        "code": code,
        "area": area,
        "name": f"指标{code}",
        "name_en": code,
        "tier": "core",
        "kind": "rate",
        "quote": quote,
        "offices": ["TIWEI"],
        "reporter": "school",
        "applies_to": ["primary", "nine_year"],
        "stages": ["primary", "junior"],
        "due_quarters": [2, 4],
        "accumulation": "stock",
        "aggregation": "ratio_of_sums",
        "direction": "at_least",
        "unit": "%",
        "numerator_label": "分子",
        "numerator_label_en": "numerator",
        "denominator_label": "分母",
        "denominator_label_en": "denominator",
        **changes,
    }


def office_indicator(code, quote, **changes):
    return indicator(
        code, 2, quote, offices=["BANGONG"], reporter="office", applies_to=[], stages=[], **changes
    )


INDICATORS = [
    indicator(
        "MYOPIA",
        1,
        "全区近视率下降0.5%",
        offices=["TIWEI", "BANGONG"],
        kind="change_from_baseline",
        direction="decrease_by",
        basis="change",
        numerator="myopic",
        denominator="screened",
        privacy="small_cell",
        target={"source": "plan", "text": "近视率下降0.5%", "operator": "decrease_by", "value": 0.5},
        reference_lines=[
            {"operator": "at_most", "value": 50, "label": "国家线", "label_en": "line", "source": "文件"}
        ],
    ),
    indicator(
        "HOURS",
        1,
        "每天活动不低于2小时",
        also_in=[2],
        aggregation="share_true",
        numerator="hours >= threshold",
        denominator="1",
        target={
            "source": "plan",
            "text": "每天活动不低于2小时",
            "operator": "at_least",
            "value": 2,
            "level": "school",
        },
    ),
    office_indicator(
        "ZERO",
        "机构清零",
        kind="count",
        aggregation="district_only",
        direction="equal",
        unit="家",
        numerator="bodies",
        target={"source": "plan_implied", "text": "清零", "operator": "equal", "value": 0},
    ),
    office_indicator(
        "EVAL",
        "完成省级评估",
        kind="milestone",
        aggregation="district_only",
        direction="at_least",
        numerator="step",
        denominator="1",
        target={"source": "bureau_to_set"},
    ),
]

MEASURES = [
    {
        "area": 1,
        "code": "M1",
        "name": "防控近视",
        "name_en": "Myopia",
        "quote": "近视率下降0.5%",
        "offices": ["TIWEI", "BANGONG"],
        "indicators": ["MYOPIA"],
    },
    {
        "area": 2,
        "code": "M2",
        "name": "办学",
        "name_en": "Schools",
        "quote": "办好学校",
        "offices": ["BANGONG"],
    },
]


class PlanFiles:
    """The contents by file name; `element("hours")` and `indicator("ZERO")` return the record to change."""

    def __init__(self) -> None:
        self.text = TEXT
        self.plan = copy.deepcopy(PLAN)
        self.areas = copy.deepcopy(AREAS)
        self.elements = copy.deepcopy(ELEMENTS)
        self.fact_rules = copy.deepcopy(FACT_RULES)
        self.indicators = copy.deepcopy(INDICATORS)
        self.measures = copy.deepcopy(MEASURES)

    def element(self, code: str) -> dict:
        return next(row for row in self.elements if row["code"] == code)

    def indicator(self, code: str) -> dict:
        return next(row for row in self.indicators if row["code"] == code)

    def write(self, folder: Path) -> Path:
        folder.mkdir(exist_ok=True)
        (folder / "text.txt").write_text(self.text, encoding="utf-8")
        for name in ("plan", "areas", "elements", "fact_rules", "indicators", "measures"):
            content = yaml.safe_dump(getattr(self, name), allow_unicode=True, sort_keys=False)
            (folder / f"{name}.yaml").write_text(content, encoding="utf-8")
        return folder
