"""The district at stage planning, seeded once a run: what it holds, and the commands that meet it."""

import io

import pytest
from django.core.management import CommandError, call_command

from apps.accounts.models import User
from apps.collection.models import Assignment, Period, Submission
from apps.core.models import BusinessClock
from apps.demo import story
from apps.demo.accounts import account_hints
from apps.organisations.models import OrganisationEvent
from apps.rollups.models import Result

pytestmark = pytest.mark.django_db


def said(command, *arguments):
    out = io.StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


def test_planning_has_a_plan_and_people_but_nothing_is_open_yet(planning):
    today = BusinessClock.objects.get().fixed_date
    assert today == story.business_date("planning")
    assert not Period.objects.filter(opens_on__lte=today).exists()
    assert Assignment.objects.exists()
    assert not Submission.objects.exists()
    assert sorted(OrganisationEvent.objects.values_list("kind", flat=True)) == ["opened"]
    assert Result.objects.filter(n_reported__gt=0).count() == 0


def test_a_second_run_with_if_empty_changes_nothing(planning):
    before = list(User.objects.order_by("pk").values_list("pk", "password"))

    assert said("seed_demo", "--if-empty") == ""

    assert list(User.objects.order_by("pk").values_list("pk", "password")) == before
    assert not Submission.objects.exists()


def test_a_second_run_is_refused_in_words(planning):
    with pytest.raises(CommandError, match="make reset"):
        said("seed_demo")


def test_demo_accounts_names_each_told_account_once_with_its_password(planning):
    lines = said("demo_accounts").splitlines()

    names = [line.split()[0] for line in lines[1:-1]]
    assert names == [hint.username for hint in account_hints()]
    assert len(names) == len(set(names)) == 4 + 13 + 5
    assert names[:4] == ["reporter", "reporter9", "reporterkg", "principal"]
    assert "Lusong-2025" in lines[-1]
