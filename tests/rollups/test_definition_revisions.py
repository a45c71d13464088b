"""A definition that changes in the middle of a year: each quarter is computed with its own."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, InternalError, transaction

from apps.collection.models import Assignment, Submission
from apps.collection.services import assignments_generate
from apps.core import clock
from apps.plans.definitions.services import definition_confirm, definition_propose
from apps.plans.models import IndicatorElement, IndicatorRevision
from apps.rollups import definitions
from apps.rollups.enums import Status
from apps.rollups.explain import explain
from apps.rollups.models import StaleResult
from apps.rollups.outbox import mark_stale
from apps.rollups.services import rebuild, refresh_pending
from apps.rollups.standing import standing_of
from apps.rollups.veil_cells import units_of
from tests.factories import RegionFactory, UserFactory
from tests.rollups import recompute
from tests.rollups.district import District

pytestmark = pytest.mark.django_db

JULY = dt.date(2025, 7, 2)
# of the tested, then of all pupils
TEXTS = {
    "numerator": "good",
    "denominator": "pupils",
    "numerator_label": "优良人数",
    "denominator_label": "在校生数",
    "denominator_label_en": "pupils",
}


@pytest.fixture
def today():
    with clock.held_at(JULY):
        yield JULY


@pytest.fixture
def district(today):
    return District()


@pytest.fixture
def other(district):
    return UserFactory(role="leader", region=district.region)


@pytest.fixture
def rate(district):
    """40 of 80 tested in the first quarter, 45 in the second, 48 in the third and fourth; 100 pupils."""
    rate = district.indicator(
        "good",
        "tested",
        aggregation="ratio_of_sums",
        unit="%",
        due_quarters=[1, 2, 3, 4],
        applies_to=["primary"],
        numerator_label="优良人数",
        denominator_label="参测人数",
        denominator_label_en="tested",
    )
    district.indicator("pupils", aggregation="sum", due_quarters=[1, 2, 3, 4], code="PUPILS")
    school = district.school()
    for quarter, good in ((1, 40), (2, 45), (3, 48), (4, 48)):
        district.report(school, quarter, good=good, tested=80, pupils=100)
    district.refresh()
    return rate


def propose(district, indicator, *, by=None, quarter=3, reason="局务会第7次会议", **texts):
    return definition_propose(
        indicator=indicator,
        by=by or district.user,
        reason=reason,
        from_quarter=quarter,
        texts=TEXTS | texts,
    )


def revise(district, indicator, other, **options):
    definition_confirm(revision=propose(district, indicator, **options), by=other)
    refresh_pending()


def sums(district, indicator):
    found = [district.result(indicator, quarter) for quarter in (1, 2, 3, 4)]
    return [(row.numerator, row.denominator) for row in found]


def test_closed_quarters_keep_the_old_definition(district, rate, other):
    assert sums(district, rate) == [(40, 80), (45, 80), (48, 80), (48, 80)]
    revise(district, rate, other)
    expected = [(40, 80), (45, 80), (48, 100), (48, 100)]
    assert sums(district, rate) == expected
    run = rebuild(plan=district.plan)
    assert (run.differences, sums(district, rate)) == ([], expected)
    assert recompute.differences(district.plan) == {}


def test_a_proposal_alone_changes_nothing(district, rate):
    refresh_pending()
    propose(district, rate)
    assert StaleResult.objects.count() == 0
    assert rebuild(plan=district.plan).differences == []
    assert sums(district, rate)[2] == (48, 80)


def test_a_fact_of_a_closed_quarter_that_comes_late_is_counted_as_that_quarter_defined_it(
    district, rate, other
):
    revise(district, rate, other)
    late = district.school()
    district.report(late, 2, good=5, tested=10)
    mark_stale(indicator_ids=[rate.pk], period=district.periods[2], region_id=district.region.pk)
    refresh_pending()
    assert sums(district, rate) == [(40, 80), (50, 90), (48, 100), (48, 100)]
    assert rebuild(plan=district.plan).differences == []
    assert recompute.differences(district.plan) == {}


def test_a_quarter_in_which_nothing_is_due_keeps_the_definition_of_its_figures(district, other):
    rate = district.indicator("good", "tested", unit="%", due_quarters=[2, 4], applies_to=["primary"])
    district.element("pupils")
    district.report(district.school(), 2, good=5, tested=10, pupils=20)
    revise(district, rate, other)
    rebuild(plan=district.plan)
    assert [district.result(rate, quarter).denominator for quarter in (2, 3)] == [10, 10]
    assert recompute.differences(district.plan) == {}


def test_an_explanation_adds_up_with_the_definition_of_its_quarter(district, rate, other):
    revise(district, rate, other)
    found = [explain(indicator=rate, period=district.periods[quarter]) for quarter in (2, 3)]
    assert [one.is_in_step for one in found] == [True, True]
    assert [one.indicator.denominator_label for one in found] == ["参测人数", "在校生数"]
    assert [sorted(one.included[0].facts) for one in found] == [["good", "tested"], ["good", "pupils"]]


def test_two_changes_each_count_from_their_quarter(district, rate, other):
    revise(district, rate, other)
    revise(district, rate, other, quarter=4, denominator="pupils + tested")
    assert sums(district, rate) == [(40, 80), (45, 80), (48, 100), (48, 180)]
    assert recompute.differences(district.plan) == {}


def test_a_fact_is_asked_only_in_the_quarters_whose_definition_uses_it(district, rate, other):
    district.plan.indicators.filter(code="PUPILS").delete()
    IndicatorElement.objects.filter(element__code="pupils").delete()
    assignments_generate(plan=district.plan)
    definition_confirm(revision=propose(district, rate), by=other)
    links = IndicatorElement.objects.filter(indicator=rate).order_by("element__code")
    assert [(row.element.code, row.quarters) for row in links] == [
        ("good", [1, 2, 3, 4]),
        ("pupils", [3, 4]),
        ("tested", [1, 2]),
    ]
    asked = Assignment.objects.filter(withdrawn_on__isnull=True, period__quarter__gte=3)
    codes = asked.values_list("period__quarter", "element__code").distinct()
    assert sorted(codes) == [(3, "good"), (3, "pupils"), (4, "good"), (4, "pupils")]


def test_a_quarter_whose_returns_are_in_is_not_asked_for_more(district, rate, other):
    district.plan.indicators.filter(code="PUPILS").delete()
    Submission.objects.filter(period__quarter=3).update(
        status="submitted",
        submitted_at="2025-07-01T09:00Z",
        submitted_on="2025-07-01",
        submitted_by=district.user,
    )
    Assignment.objects.filter(period__quarter=3, element__code="pupils").delete()
    revision = propose(district, rate)
    with pytest.raises(ValidationError) as refused:
        definition_confirm(revision=revision, by=other)
    assert list(refused.value.error_dict) == ["from_quarter"]
    revision.refresh_from_db()
    assert revision.confirmed_at is None
    definition_confirm(revision=propose(district, rate, quarter=4), by=other)


def test_a_baseline_serves_the_definition_it_was_locked_under(district, rate, other):
    district.baseline(rate, 40, 100)
    rebuild(plan=district.plan)
    assert [district.result(rate, quarter).judgement.change for quarter in (2, 3)] == [16.25, 20]
    revise(district, rate, other)
    assert [district.result(rate, quarter).judgement.change for quarter in (2, 3)] == [16.25, None]


def test_without_a_baseline_of_its_own_a_change_has_no_light(district, rate, other):
    rate.basis = "change"
    rate.direction = "increase_by"
    rate.save()
    district.target(rate, "increase_by", 5)
    district.baseline(rate, 40, 100)
    revise(district, rate, other)
    statuses = [district.result(rate, quarter).judgement.status for quarter in (2, 3)]
    assert statuses == [Status.ACHIEVED, Status.NO_BASELINE]


def test_small_numbers_are_those_of_each_quarters_definition(district, rate, other):
    rate.privacy, rate.accumulation = "small_cell", "year_to_date"
    rate.save()
    district.report(district.school(setting="rural"), 2, good=4, tested=70, pupils=5)
    revise(district, rate, other)
    (loaded,) = definitions.load(plan=district.plan, indicator_ids=[rate.pk])
    cells = units_of([loaded], district.periods, 3, district.region.pk)[rate.pk]
    found = {
        quarter: sorted((unit.cell.numerator, unit.cell.denominator) for unit in units.values())
        for quarter, units in cells.items()
    }
    assert found == {1: [(40, 80)], 2: [(4, 70), (45, 80)], 3: [(48, 100)]}


def test_what_if_stands_on_the_definition_of_the_quarter(district, rate, other):
    revise(district, rate, other)
    found = standing_of(indicator=rate, period=district.periods[3], region=district.region)
    assert found.judged.verdict.value == 48
    assert found.definition.change.number == 1


@pytest.mark.parametrize(
    ("texts", "where"),
    [
        ({"denominator": "pupils /"}, "denominator"),
        ({"denominator": "unheard_of"}, "__all__"),
        ({"denominator": ""}, "__all__"),
        ({"denominator": "classes"}, "__all__"),
        ({"denominator": "inspected"}, "__all__"),
        ({"numerator": 'good if ownership == "public" else 0'}, "__all__"),
        ({"numerator": "good >= threshold"}, "__all__"),
        (
            {"denominator": "tested", "denominator_label": "参测人数", "denominator_label_en": "tested"},
            "__all__",
        ),
        ({"reason": " "}, "reason"),
        ({"quarter": 2}, "from_quarter"),
    ],
)
def test_what_does_not_fit_is_refused(district, rate, texts, where):
    district.element("classes", per_stage=True)
    district.element("inspected", reporter="office")
    with pytest.raises(ValidationError) as refused:
        propose(district, rate, **texts)
    assert list(getattr(refused.value, "error_dict", {"__all__": 1})) == [where]
    assert IndicatorRevision.objects.count() == 0


def test_a_sum_over_quarters_is_not_redefined_within_the_year(district):
    flow = district.indicator("visits", aggregation="sum", kind="count", accumulation="flow")
    with pytest.raises(ValidationError):
        propose(district, flow, denominator="")
    assert IndicatorRevision.objects.count() == 0


def test_a_proposal_that_waited_past_its_quarter_is_refused(district, rate, other):
    revision = propose(district, rate)
    with clock.held_at(dt.date(2025, 10, 1)), pytest.raises(ValidationError) as refused:
        definition_confirm(revision=revision, by=other)
    assert list(refused.value.error_dict) == ["from_quarter"]


def test_two_people_decide(district, rate, other):
    revision = propose(district, rate)
    with pytest.raises(ValidationError):
        definition_confirm(revision=revision, by=district.user)
    with pytest.raises(IntegrityError), transaction.atomic():
        IndicatorRevision.objects.filter(pk=revision.pk).update(
            confirmed_by=district.user, confirmed_at="2025-07-02T09:00:00Z"
        )
    later = propose(district, rate, reason="更正")
    with pytest.raises(ValidationError):
        definition_confirm(revision=revision, by=other)
    definition_confirm(revision=later, by=other)
    with pytest.raises(ValidationError):
        definition_confirm(revision=later, by=other)


def test_what_is_confirmed_is_not_rewritten(district, rate, other):
    revision = definition_confirm(revision=propose(district, rate), by=other)
    with pytest.raises(InternalError), transaction.atomic():
        IndicatorRevision.objects.filter(pk=revision.pk).update(denominator="tested")


def test_strangers_and_offices_change_no_definition(district, rate):
    for user in (
        UserFactory(role="office", organisation=district.office),
        UserFactory(role="leader", region=RegionFactory(code="430204")),
    ):
        with pytest.raises(PermissionDenied):
            propose(district, rate, by=user)
