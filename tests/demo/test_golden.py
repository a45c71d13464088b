"""The district's figures added up again from accepted rows, in Python that shares nothing with roll-ups."""

from collections import defaultdict
from decimal import Decimal

import pytest

from apps.collection.models import DataValue
from apps.organisations.models import SchoolProfile
from apps.rollups.models import Result

pytestmark = pytest.mark.django_db

ZERO = Decimal(0)
PRESCHOOL = ("kindergarten",)
SCHOOLED = ("primary", "junior", "senior")
PUBLIC = ("public",)
INCLUSIVE = ("public", "inclusive")
KINDERGARTENS = ("kindergarten",)


@pytest.fixture(scope="module")
def facts(complete, django_db_blocker):
    """Quarter → element code → (organisation id, stage) → accepted number, where applicable."""
    found = defaultdict(lambda: defaultdict(dict))
    rows = DataValue.objects.filter(accepted_at__isnull=False, accepted_not_applicable=False)
    with django_db_blocker.unblock():
        for row in rows.select_related("submission__period", "element"):
            place = (row.submission.organisation_id, row.stage)
            found[row.submission.period.quarter][row.element.code][place] = row.accepted_number
    return found


@pytest.fixture(scope="module")
def profiles(complete, django_db_blocker):
    """Quarter → organisation id → profile on the quarter's last day."""
    with django_db_blocker.unblock():
        rows, periods = list(SchoolProfile.objects.all()), list(complete.plan.periods.all())
    return {
        period.quarter: {
            row.organisation_id: row
            for row in rows
            if row.valid_from <= period.ends_on and (row.valid_to is None or row.valid_to > period.ends_on)
        }
        for period in periods
    }


def added(plan, code, quarter):
    result = Result.objects.get(
        plan=plan, region=plan.region, indicator__code=code, period__quarter=quarter, slice_kind="all"
    )
    return result.numerator, result.denominator


def both(facts, above, below, stages):
    """Σ above and Σ below over the places that reported both."""
    places = [place for place in facts[above] if place in facts[below] and place[1] in stages]
    return sum(facts[above][place] for place in places), sum(facts[below][place] for place in places)


@pytest.mark.parametrize("quarter", [2, 4])
@pytest.mark.parametrize(
    ("code", "above", "below", "stages"),
    [
        ("A06-MYOPIA", "myopic_pupils", "screened_pupils", SCHOOLED),
        ("A09-CERT", "certified_teachers", "full_time_teachers", PRESCHOOL),
        ("A09-DEGREE", "qualified_teachers", "full_time_teachers", PRESCHOOL),
        ("A10-HOME-VISIT", "home_visited_pupils", "pupils", (*SCHOOLED, "kindergarten", "special")),
        ("A09-SPED-HOME", "sped_home_taught", "sped_placed", ("whole",)),
        ("A09-SPED-ENROL", "sped_placed", "sped_school_age", ("whole",)),
    ],
)
def test_rates(complete, facts, quarter, code, above, below, stages):
    assert added(complete.plan, code, quarter) == both(facts[quarter], above, below, stages)


def test_fitness(complete, facts):
    expected = both(facts[4], "fitness_good_pupils", "fitness_tested_pupils", SCHOOLED)
    assert added(complete.plan, "A06-FITNESS", 4) == expected


@pytest.mark.parametrize("quarter", [2, 4])
@pytest.mark.parametrize(("code", "ownerships"), [("A09-PUBLIC-SHARE", PUBLIC), ("A09-INCLUSIVE", INCLUSIVE)])
def test_shares_of_children_by_ownership_on_the_last_day(
    complete, facts, profiles, quarter, code, ownerships
):
    children = {
        organisation: number
        for (organisation, stage), number in facts[quarter]["pupils"].items()
        if stage == "kindergarten"
    }
    chosen = [n for pk, n in children.items() if profiles[quarter][pk].ownership in ownerships]
    assert added(complete.plan, code, quarter) == (sum(chosen), sum(children.values()))


def test_gross_enrolment_takes_each_part_over_its_own_reporters(complete, facts):
    children = sum(n for (_, stage), n in facts[2]["pupils"].items() if stage == "kindergarten")
    population = sum(facts[2]["population_aged_3_5"].values())
    assert added(complete.plan, "A09-GER", 2) == (children, population)
    assert added(complete.plan, "A09-GER", 4)[1] is None


@pytest.mark.parametrize("quarter", [1, 2, 3, 4])
def test_guards_count_schools(complete, facts, quarter):
    reported = facts[quarter]["guards_full_time"]
    assert added(complete.plan, "A18-SEC-GUARD", quarter) == (sum(reported.values()), len(reported))


@pytest.mark.parametrize("quarter", [1, 2, 3, 4])
def test_drills_add_up_over_the_quarters(complete, facts, quarter):
    total = sum(sum(facts[earlier]["emergency_drills"].values()) for earlier in range(1, quarter + 1))
    assert added(complete.plan, "A18-DRILL", quarter)[0] == total


def test_observed_lessons_add_up_over_their_quarters(complete, facts):
    halves = [both(facts[quarter], "lessons_137", "lessons_observed", ("whole",)) for quarter in (2, 4)]
    assert added(complete.plan, "A05-P137", 4) == (halves[0][0] + halves[1][0], halves[0][1] + halves[1][1])


@pytest.mark.parametrize("quarter", [2, 4])
@pytest.mark.parametrize(
    ("code", "element", "line"),
    [("A06-ACTIVITY-2H", "activity_hours", 2), ("A06-BREAK-15", "break_minutes", 15)],
)
def test_shares_of_schools_that_meet_their_line(complete, facts, quarter, code, element, line):
    reported = facts[quarter][element].values()
    assert added(complete.plan, code, quarter) == (sum(number >= line for number in reported), len(reported))


def test_what_is_asked_is_reported(complete, facts):
    """Every indicator that is switched on has a figure in the district by the last quarter."""
    asked = complete.plan.indicators.asked()
    whole = Result.objects.filter(plan=complete.plan, slice_kind="all", numerator__isnull=False)
    found = set(whole.values_list("indicator__code", flat=True))
    assert set(asked.values_list("code", flat=True)) == found


@pytest.mark.parametrize("stage", ["primary", "junior"])
def test_six_of_seven_resources(complete, facts, stage):
    per_100 = {
        "teachers_above_degree": (4.2, 5.3),
        "backbone_teachers": (1, 1),
        "pe_art_teachers": (0.9, 0.9),
    }
    per_100["multimedia_rooms"] = (2.3, 2.4)
    per_head = {"teaching_area": (4.5, 5.8), "sports_area": (7.5, 10.2), "equipment_value": (2000, 2500)}
    standards = [(code, 100, pair) for code, pair in per_100.items()]
    standards += [(code, 1, pair) for code, pair in per_head.items()]
    column = ("primary", "junior").index(stage)
    met = reported = 0
    for place, pupils in facts[4]["pupils"].items():
        if place[1] != stage or any(place not in facts[4][code] for code, _, _ in standards):
            continue
        shares = [
            facts[4][code][place] * scale / pupils / Decimal(str(pair[column]))
            for code, scale, pair in standards
        ]
        met += sum(share >= 1 for share in shares) >= 6 and min(shares) >= Decimal("0.85")
        reported += 1
    result = Result.objects.get(
        plan=complete.plan,
        indicator__code="A08-SIX-OF-SEVEN",
        period__quarter=4,
        slice_kind="stage",
        slice_value=stage,
    )
    assert (result.numerator, result.denominator) == (met, reported)
    assert 0 < met < reported
