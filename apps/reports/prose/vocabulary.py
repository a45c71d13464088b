"""Words that judge: none of them may stand in a sentence unless it is bound to a status, a gap or a date."""

from __future__ import annotations

import re

JUDGING = (
    "已达成",
    "达成",
    "按进度",
    "正常推进",
    "有风险",
    "滞后",
    "落后",
    "追回",
    "未到期",
    "尚未到期",
    "未设目标",
    "待核定",
    "暂无数据",
    "无基线",
    "无基数",
    "不适用",
    "保密",
    "超出计划",
    "逾期",
    "销号",
    "超额",
    "达标",
    "已达到",
    "未达到",
    "还差",
    "已做到",
    "上升",
    "下降",
    "提高",
    "改善",
    "良好",
    "顺利",
    "优秀",
    "显著",
    "明显",
    "领先",
    "暂定",
    "估计数",
    "已办结",
    "达到要求",
    "报齐",
)
FIGURE = re.compile(r"[0-9０-９%％]|[一二三四五六七八九十百千两几半]+(?=[项个所家次件人名步季倍成])")
JUDGEMENT = re.compile("|".join(sorted(JUDGING, key=len, reverse=True)))


def loose_words(text: str) -> list[str]:
    """Return the figures and the words of judgement that a text says by itself."""
    return FIGURE.findall(text) + JUDGEMENT.findall(text)
