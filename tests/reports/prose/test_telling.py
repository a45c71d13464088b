import pytest

from apps.reports.prose import telling


@pytest.mark.parametrize(
    ("screen", "paper"),
    [
        ("2 次，目标不低于 1 次，已达到", "2次，目标不低于1次，已达到"),
        ("≥ 54%", "≥54%"),
        ("2–3 所", "2至3所"),
        ("2/4 步", "2/4步"),
        ("较基线下降不少于 0.5 个百分点", "较基线下降不少于0.5个百分点"),
        ("沿用第二季度数据（2025-06-30）", "沿用第二季度数据（2025年6月30日）"),
        ("98,640.35 万元", "98,640.35万元"),
    ],
)
def test_print_sets_together_what_the_screen_sets_apart(screen, paper):
    assert telling.tight(screen) == paper


@pytest.mark.parametrize(
    ("name", "quoted"),
    [
        ("百千万工程", "“百千万工程”"),
        ("“百千万工程”", "“百千万工程”"),
        ("“红烛”品牌", "“‘红烛’品牌”"),
        ("“甲”与“乙”", "“‘甲’与‘乙’”"),
    ],
)
def test_quotation_marks_do_not_stand_inside_their_like(name, quoted):
    assert telling.quoted(name) == quoted
