"""What the seeded district has to show, and that nothing in it is impossible."""

from fractions import Fraction

import pytest
from django.contrib.auth import authenticate
from django.db import connection
from django.db.models import F, Q

from apps.accounts.models import User
from apps.collection.checks import problems_of
from apps.collection.enums import DataState
from apps.collection.models import Assignment, DataValue, DataValueRevision, Evidence, Period, Submission
from apps.collection.slots import rules_between, slots_of
from apps.collection.status import data_state
from apps.core.models import BusinessClock
from apps.demo import plan_setup, story
from apps.organisations.models import Organisation, OrganisationEvent, SchoolProfile
from apps.plans.enums import Tier
from apps.plans.models import Baseline, Target, TargetRevision, ValidationRule
from apps.reviews.enums import ReviewStatus
from apps.reviews.models import FieldReturn, OfficeReview
from apps.rollups.enums import Status
from apps.rollups.models import Judgement, RebuildRun, Result, StaleResult

pytestmark = pytest.mark.django_db

TODAY = story.business_date("complete")
LIGHTS = {
    Status.ACHIEVED,
    Status.ON_TRACK,
    Status.AT_RISK,
    Status.OFF_TRACK,
    Status.NOT_DUE,
    Status.NO_DATA,
    Status.NO_TARGET,
    Status.UNCONFIRMED,
}


def district_result(plan, code, quarter):
    return Result.objects.select_related("judgement").get(
        plan=plan, region=plan.region, indicator__code=code, period__quarter=quarter, slice_kind="all"
    )


def test_it_keeps_every_constraint(complete):
    connection.check_constraints()


def test_counts(complete):
    schools = Organisation.objects.schools()
    assert schools.count() == complete.made.schools == 151
    assert schools.filter(is_demo=False).count() == 0
    assert schools.open_on(TODAY).count() == 150
    assert Organisation.objects.offices().count() == 13
    assert User.objects.filter(is_demo=True).count() == complete.made.accounts == 4 + 13 + 5 + 2 * 151
    assert BusinessClock.objects.get().fixed_date == TODAY


def test_events_and_the_rows_that_carry_them(complete):
    kinds = sorted(OrganisationEvent.objects.values_list("kind", flat=True))
    assert kinds == ["merged", "opened", "ownership", "ownership", "renamed"]
    renamed = Organisation.objects.get(code="2143990029")
    assert [row.name for row in renamed.profiles.all()] == ["芦淞区示例长亭小学", renamed.name]
    closed = Organisation.objects.get(code="2143990038")
    assert closed.closed_on.isoformat() == "2025-07-31"
    assert not closed.profiles.filter(valid_to__isnull=True).exists()
    assert not closed.stages.filter(valid_to__isnull=True).exists()
    assert (
        SchoolProfile.objects.filter(organisation__code="1143990031")
        .values_list("ownership", "valid_to")
        .count()
        == 2
    )


def test_every_state_of_a_return_is_there(complete):
    found = set()
    owing = (
        Assignment.objects.filter(withdrawn_on__isnull=True).values_list("period", "organisation").distinct()
    )
    statuses = {(one.period_id, one.organisation_id): one.status for one in Submission.objects.all()}
    periods = Period.objects.in_bulk()
    for period, organisation in owing:
        status = statuses.get((period, organisation))
        found.add(data_state(assigned=True, status=status, period=periods[period], today=TODAY))
    assert found == set(DataState) - {DataState.NOT_DUE}
    assert {"draft", "submitted", "returned", "accepted"} <= set(statuses.values())


def test_some_returns_were_late_and_some_were_corrected(complete):
    earlier = Submission.objects.filter(period__quarter__lt=4)
    late = earlier.filter(submitted_on__gt=F("period__due_on")).count()
    assert 20 <= late <= 60
    corrected = FieldReturn.objects.filter(resolved_at__isnull=False)
    assert corrected.count() >= 20
    assert DataValueRevision.objects.filter(number_in_order=2, accepted_at__isnull=False).count() >= 20
    assert (
        FieldReturn.objects.filter(resolved_at__isnull=True).count()
        == Submission.objects.filter(status="returned").count()
    )


def test_what_is_open_for_correction_is_what_was_returned(complete):
    opened = DataValue.objects.filter(is_open=True)
    assert opened.exists()
    assert set(opened.values_list("submission__status", flat=True)) == {"returned"}


def test_only_the_latest_submitted_number_counts(complete):
    for value in DataValue.objects.filter(accepted_at__isnull=False).prefetch_related("revisions"):
        latest = value.revisions.all()[len(value.revisions.all()) - 1]
        assert (latest.number, latest.accepted_by_id) == (value.accepted_number, value.accepted_by_id)


def test_not_applicable_facts_and_unusual_ones_have_their_reason(complete):
    assert DataValue.objects.filter(not_applicable=True).count() >= 6
    assert DataValue.objects.filter(not_applicable=False).exclude(reason="").count() >= 3


def test_submitted_returns_pass_the_form_s_own_checks(complete):
    """Every seventh of them, of all types and quarters: the whole form's checks are slow."""
    submissions = Submission.objects.filter(submitted_at__isnull=False).exclude(status="returned")
    sample = list(submissions.select_related("period__plan", "organisation").order_by("pk"))[::7]
    assert len(sample) > 70
    for submission in sample:
        slots = slots_of(
            period=submission.period, organisation=submission.organisation, submission=submission
        )
        assert problems_of(slots, rules_between(slots), submission.period) == {}, submission


def test_no_part_is_more_than_its_whole(complete):
    numbers = {
        (submission, stage, element): number
        for submission, stage, element, number in DataValue.objects.filter(number__isnull=False).values_list(
            "submission", "stage", "element", "number"
        )
    }
    rules = list(ValidationRule.objects.filter(kind="at_most").values_list("element", "other"))
    pairs = [
        (number, numbers[submission, stage, right])
        for (submission, stage, element), number in numbers.items()
        for left, right in rules
        if left == element and (submission, stage, right) in numbers
    ]
    assert len(pairs) > 3000
    assert [pair for pair in pairs if pair[0] > pair[1]] == []


def test_nobody_reviews_the_figures_of_their_own_office(complete):
    assert OfficeReview.objects.filter(office=F("submission__organisation")).count() == 0
    assert OfficeReview.objects.filter(status=ReviewStatus.WAITING).count() >= 20


def test_figures_of_other_systems_count_and_are_not_asked_again(complete):
    taken = DataValue.objects.exclude(source="")
    submissions = Submission.objects.filter(values__in=taken).distinct()
    assert (submissions.count(), set(submissions.values_list("status", flat=True))) == (6, {"draft"})
    assert not taken.exclude(accepted_number=F("number")).exists()
    assert not submissions.filter(organisation__members__username__in=["reporter", "reporter9"]).exists()
    for submission in submissions.select_related("period__plan", "organisation"):
        slots = slots_of(
            period=submission.period, organisation=submission.organisation, submission=submission
        )
        assert len([slot for slot in slots if slot.stored and slot.stored.source]) == 8


def test_evidence_can_be_opened(complete):
    evidence = Evidence.objects.order_by("pk").first()
    assert Evidence.objects.count() >= 40
    with evidence.file.open() as file:
        content = file.read()
    assert content.startswith(b"%PDF-1.4")
    assert len(content) == evidence.size


def test_every_light_is_there(complete):
    assert set(Judgement.objects.filter(result__slice_kind="all").values_list("status", flat=True)) == LIGHTS


def test_partial_coverage_is_provisional_and_more_than_planned_is_said(complete):
    judgements = Judgement.objects.filter(result__period__quarter=4, result__slice_kind="all")
    assert judgements.filter(is_provisional=True, result__n_reported__lt=F("result__n_due")).exists()
    assert judgements.filter(is_exceeded=True).exists()


def test_no_target_is_invented(complete):
    """Seeding adds no revision, empty targets stay empty, only the named implied ones are confirmed."""
    assert set(TargetRevision.objects.values_list("pk", flat=True)) == complete.proposed
    assert not TargetRevision.objects.filter(target__source="bureau_to_set").exists()
    confirmed = TargetRevision.objects.filter(source="plan_implied", confirmed_on__isnull=False)
    codes = set(confirmed.values_list("target__indicator__code", flat=True))
    assert codes == set(plan_setup.definition()["confirmed"])
    assert Target.objects.filter(source="plan_implied").count() > len(codes)


def test_tiers_and_baselines(complete):
    assert complete.plan.policy.enabled_tiers == [Tier.CORE, Tier.STANDARD]
    assert Baseline.objects.filter(Q(is_demo=False) | Q(locked_at__isnull=True)).count() == 0
    myopia = Baseline.objects.filter(indicator__code="A06-MYOPIA")
    whole = myopia.get(slice_kind="all")
    stages = myopia.filter(slice_kind="stage")
    assert {row.slice_value: f"{row.numerator / row.denominator:.2f}" for row in stages} == {
        "primary": "0.36",
        "junior": "0.68",
        "senior": "0.80",
    }
    assert sum(row.numerator for row in stages) == whole.numerator
    assert sum(row.denominator for row in stages) == whole.denominator


def test_fitness_is_shown_as_54_and_misses_54(complete):
    result = district_result(complete.plan, "A06-FITNESS", 4)
    share = Fraction(result.numerator) / Fraction(result.denominator) * 100
    assert share < 54
    assert f"{float(share):.1f}" == "54.0"
    assert result.judgement.status != Status.ACHIEVED


def test_the_year_of_the_kindergartens(complete):
    second, fourth = (district_result(complete.plan, "A09-PUBLIC-SHARE", quarter) for quarter in (2, 4))
    assert (second.judgement.status, fourth.judgement.status) == (Status.ON_TRACK, Status.ACHIEVED)
    second, fourth = (district_result(complete.plan, "A09-INCLUSIVE", quarter) for quarter in (2, 4))
    assert (second.judgement.status, fourth.judgement.status) == (Status.AT_RISK, Status.ACHIEVED)
    assert district_result(complete.plan, "A09-GER", 4).judgement.status == Status.NO_DATA


def test_guards_are_missing_in_the_first_quarter_and_complete_by_the_third(complete):
    first, third = (district_result(complete.plan, "A18-SEC-GUARD", quarter) for quarter in (1, 3))
    assert 0 < first.n_reported - first.n_true < 10
    assert third.n_true == third.n_reported


def test_results_are_up_to_date(complete):
    assert StaleResult.objects.count() == 0
    assert RebuildRun.objects.get().differences == []


@pytest.mark.parametrize(
    ("username", "status"), [("reporter", None), ("reporter9", "returned"), ("reporterkg", "draft")]
)
def test_the_people_of_the_story_find_their_fourth_quarter(complete, username, status):
    user = User.objects.get(username=username)
    found = Submission.objects.filter(organisation=user.organisation, period__quarter=4).first()
    assert (found.status if found else None) == status


@pytest.mark.parametrize(
    "username", ["reporter", "office-tiwei", "deputy", "leader", "admin", "2143990005-p"]
)
def test_accounts_can_sign_in(complete, username):
    assert authenticate(username=username, password="Lusong-2025").username == username


def test_every_area_has_a_leader(complete):
    assert complete.plan.areas.filter(lead_leader__isnull=True).count() == 0
    for area in complete.plan.areas.filter(lead_leader__role="deputy"):
        assert area.lead_office in area.lead_leader.offices_led.all()


@pytest.mark.parametrize(
    "username", ["office-dudao", "office-tiwei", "deputy", "leader", "auditor", "reporter9"]
)
def test_everyone_sees_each_return_once(complete, username):
    seen = list(
        Submission.objects.visible_to(User.objects.get(username=username)).values_list("pk", flat=True)
    )
    assert seen
    assert len(seen) == len(set(seen))
