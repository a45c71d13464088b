"""The attachments of a report: every indicator in one wide table, and how its figures are made."""

from __future__ import annotations

from apps.reports.paper.document import date_text
from apps.reports.progress import tables
from apps.reports.progress.blocks import Block, Heading, Listing, Plain, Turn, numeral
from apps.reports.progress.selection import Selection
from apps.reports.prose import telling

INDICATORS, METHOD = "指标完成情况一览表", "数据口径和计算方法"
NAMES = (INDICATORS, METHOD)


def blocks(selection: Selection) -> list[Block]:
    """Return both attachments, the first on landscape pages."""
    facts = selection.facts
    return [
        Turn(is_landscape=True),
        Plain("附件1", "Attachment"),
        Plain(INDICATORS, "AttachmentTitle"),
        Listing("", tables.every_indicator(facts, selection.codes)),
        Turn(is_landscape=False),
        Plain("附件2", "Attachment"),
        Plain(METHOD, "AttachmentTitle"),
        *method(selection),
    ]


def method(selection: Selection) -> list[Block]:
    """Return in plain words how figures are made and judged, and what release they are of."""
    edition = selection.facts.edition
    found: list[Block] = []
    for number, (title, lines) in enumerate(METHOD_WORDS, start=1):
        found.append(Heading(1, f"{numeral(number)}、{title}"))
        found += [Plain(line) for line in lines]
    version = "草稿，未发布" if edition.is_draft else f"第{edition.version}版"
    found += [
        Heading(1, "六、数据版本"),
        Plain(
            f"本报告根据{edition.year}年{telling.QUARTERS[edition.quarter]}数据发布（{version}）生成，冻结日期为"
            f"{date_text(edition.frozen_on)}。同一版本重新生成的报告，数值不变；更正数据另发新版，并附勘误。"
        ),
        Plain("数据指纹（SHA-256）："),
        Plain(edition.sha256, "Fingerprint"),
    ]
    return found


METHOD_WORDS = (
    (
        "数值",
        (
            "比率按分子合计除以分母合计计算，不取各校比率的平均数。数值保留四位小数，一律用精确分数比较，"
            "四舍五入只用于显示，没有达到的不因进位而算作达到。",
            "未报、不适用和零是三回事：未报的不计入合计并降低到位率；不适用的两边都不计；分母合计为零的没有数值。",
            "按步骤推进的事项列已完成步骤和全部步骤，折算的百分比只用于研判。",
        ),
    ),
    (
        "目标和进展",
        (
            "已达成，指数值达到经核定的目标；按进度，指尚未达到但没有落后于进度安排，或按现有走向能够达到；"
            "有风险，指略落后于进度安排，或按现有走向达不到；滞后，指突破上限、到期未达到、没有改善或明显落后于进度安排。",
            "没有经核定目标的指标只列数值，不作研判。两次采集之间的季度不作研判，沿用上次数值并注明季度。"
            "追回，指本年内曾经滞后，现已转为按进度或已达成。",
            "时点数和比率不按季度摊算目标；逐季累计的数量和里程碑按进度安排研判。",
        ),
    ),
    (
        "数据状态",
        (
            "到位率为已报并审核通过的单位数占应报单位数的比例，不适用的单位不计。数据未报齐或须待决算的为暂定数，"
            "所用数据本身为估计的为估计数。",
        ),
    ),
    (
        "小数目保护",
        (
            "涉及人数较少、可能识别个人的数值标为保密，不列数值、变化和差距；能够推算出保密数值的其他数值一并保密。",
        ),
    ),
    (
        "文字",
        (
            "除要点原文和注明为研判意见、下一步工作的文字外，报告中的数值和评价均由发布数据生成，与数据不一致的报告不能生成。",
        ),
    ),
)
