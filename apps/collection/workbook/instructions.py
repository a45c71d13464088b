"""What the first sheet of the workbook says, in the language of the people who fill it in. Pure."""

from __future__ import annotations

from apps.collection.sheet import Sheet


def lines(sheet: Sheet, *, is_returned: bool) -> list[str]:
    """Return the numbered instructions."""
    period = sheet.period
    first = [
        "本表已写入上次上传的内容。红色底纹的单元格没有接收，右侧“问题与处理”写明原因和改法；改好后再上传即可。"
    ]
    return (first if is_returned else []) + [
        f"本表只供“{sheet.organisation.name}”填报 {period.plan.year} 年第 {period.quarter} 季度使用，"
        "其他单位或其他季度请各自下载。",
        "只填“填报表”中浅黄色的单元格，其余内容已锁定。请不要增删行列、合并单元格、改动标题，也不要改用其他表格。",
        "“本期填报”写确切数字，不写“约”“左右”“+”，不写公式；单位以“计量单位”一栏为准。要求填人数、个数时不要填百分比。",
        "没有发生的填 0；确实不适用的，在“不适用”一栏选“是”，并在“说明”中写明原因。不要用“—”“/”“无”代替。",
        "与上次相比变化较大或明显偏大的数，请在“说明”中写一句原因。",
        "留空的单元格不会改动系统里已经保存的数。没有改过的单元格也不会覆盖别人后来在网页上改的数。",
        "只填汇总数。任何单元格、批注里都不要写姓名、身份证号、手机号。",
        "填好后在网页“填报 → Excel 填报”中上传，先看对照表，确认后存为草稿；最后仍要在网页上核对并提交。"
        f"截止日期 {period.due_on:%Y-%m-%d}。",
    ]
