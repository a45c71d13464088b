import io

import pytest
from django.core.management import CommandError, call_command

from apps.accounts.models import User
from apps.collection.models import Submission
from apps.demo.accounts import account_hints
from apps.organisations.models import Organisation
from tests.factories import SchoolFactory

pytestmark = pytest.mark.django_db


def said(command, *arguments):
    out = io.StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


def test_without_a_plan_it_loads_one_and_says_what_it_made():
    text = said("seed_demo", "--stage", "planning")

    assert "2025-03-12" in text
    assert "151" in text
    assert Organisation.objects.schools().count() == 151


def test_a_second_run_with_if_empty_changes_nothing():
    said("seed_demo", "--stage", "planning")
    before = list(User.objects.order_by("pk").values_list("pk", "password"))

    assert said("seed_demo", "--if-empty") == ""

    assert list(User.objects.order_by("pk").values_list("pk", "password")) == before
    assert not Submission.objects.exists()


def test_a_second_run_is_refused_in_words():
    said("seed_demo", "--stage", "planning")

    with pytest.raises(CommandError, match="make reset"):
        said("seed_demo")


def test_real_schools_are_left_alone_unless_forced():
    said("load_plan")
    SchoolFactory(region=Organisation.objects.offices().first().region)

    with pytest.raises(CommandError, match="--force"):
        said("seed_demo", "--stage", "planning")
    assert Organisation.objects.schools().count() == 1

    said("seed_demo", "--stage", "planning", "--force")
    assert Organisation.objects.schools().count() == 152


def test_demo_accounts_prints_nothing_without_demonstration_data():
    assert said("demo_accounts") == ""


def test_demo_accounts_names_each_told_account_once_with_its_password():
    said("seed_demo", "--stage", "planning")

    lines = said("demo_accounts").splitlines()

    names = [line.split()[0] for line in lines[1:-1]]
    assert names == [hint.username for hint in account_hints()]
    assert len(names) == len(set(names)) == 4 + 13 + 5
    assert names[:4] == ["reporter", "reporter9", "reporterkg", "principal"]
    assert "Lusong-2025" in lines[-1]
