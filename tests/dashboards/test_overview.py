from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from apps.dashboards import overview
from apps.dashboards.readings import Reading
from apps.plans.models import Indicator, TargetRevision
from apps.rollups.enums import Status


def reading(status, *, code="T", quarter=2, tier="core", **fields):
    return Reading(
        indicator=Indicator(pk=abs(hash(code)), code=code, unit="%", decimals=1, tier=tier),
        quarter=quarter,
        status=status,
        **fields,
    )


def test_coverage_is_summed_not_averaged():
    readings = [
        reading(Status.NO_DATA, n_due=10, n_reported=0),
        reading(Status.ACHIEVED, n_due=90, n_reported=90),
    ]
    assert overview.coverage_of(readings) == Fraction(90, 100)
    assert overview.coverage_of([reading(Status.NOT_DUE)]) is None


def test_what_does_not_apply_is_not_due():
    assert overview.coverage_of([reading(Status.ACHIEVED, n_due=10, n_reported=8, n_not_applicable=2)]) == 1


def test_the_course_counts_judged_indicators_only():
    readings = [
        reading(Status.ACHIEVED),
        reading(Status.OFF_TRACK),
        reading(Status.NO_TARGET),
        reading(Status.NO_DATA),
    ]
    assert overview.course_of(readings) == Fraction(1, 2)
    assert overview.course_of([reading(Status.NO_TARGET)]) is None


def test_what_fell_behind_comes_first_then_the_furthest():
    aim = TargetRevision(value=Decimal(50))
    current = [
        reading(Status.OFF_TRACK, code="near", gap=Decimal(1), target=aim),
        reading(Status.OFF_TRACK, code="far", gap=Decimal(20), target=aim),
        reading(Status.OFF_TRACK, code="fell", gap=Decimal("0.1"), target=aim),
        reading(Status.ACHIEVED, code="fine"),
    ]
    before = {(current[2].indicator.pk, 1): reading(Status.ON_TRACK, code="fell", quarter=1)}
    items = overview.attention_of(current, before)
    assert [(item.reading.indicator.code, item.fell) for item in items] == [
        ("fell", True),
        ("far", False),
        ("near", False),
    ]


def test_the_sentence_counts_every_indicator_once():
    readings = [
        reading(Status.ACHIEVED, n_due=2, n_reported=1),
        reading(Status.NO_TARGET),
        reading(Status.UNCONFIRMED),
    ]
    assert overview.sentence_of(readings, quarter=3) == (
        "截至第三季度，3 项核心指标中：1 项已达成，1 项未设目标，1 项待核定。数据到位率 50%。"
    )
    assert overview.further_of(readings) == ""


def test_the_sentence_speaks_of_the_core_and_the_rest_comes_after_it():
    readings = [
        reading(Status.ACHIEVED, n_due=2, n_reported=1),
        reading(Status.OFF_TRACK, tier="standard", n_due=2, n_reported=2),
        reading(Status.NO_TARGET, tier="optional"),
    ]
    assert overview.sentence_of(readings, quarter=3) == (
        "截至第三季度，1 项核心指标中：1 项已达成。数据到位率 75%。"
    )
    assert overview.further_of(readings) == "另有 2 项在填指标：1 项滞后，1 项未设目标。"


def test_without_a_core_the_sentence_speaks_of_all():
    readings = [reading(Status.ACHIEVED, tier="standard")]
    assert overview.sentence_of(readings, quarter=3) == "截至第三季度，1 项在填指标中：1 项已达成。"
    assert overview.further_of(readings) == ""


def test_what_nobody_has_decided_stands_apart_from_the_lights():
    row = overview.AreaRow(
        area=None,
        readings=[reading(Status.ACHIEVED), reading(Status.NO_TARGET), reading(Status.UNCONFIRMED)],
        course=[],
    )
    assert row.told == [("achieved", 1)]
    assert row.unset == "1 项未设目标，1 项待核定"
