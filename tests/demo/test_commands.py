import io

import pytest
from django.core.management import CommandError, call_command

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
