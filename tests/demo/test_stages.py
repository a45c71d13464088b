from collections import Counter

import pytest
from django.core.management import call_command

from apps.collection.models import Submission
from apps.demo.services import seed
from apps.organisations.models import Organisation
from apps.reviews.models import OfficeReview

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def plan(db):
    call_command("load_plan", verbosity=0)


def statuses(quarter):
    return Counter(Submission.objects.filter(period__quarter=quarter).values_list("status", flat=True))


def test_collecting_has_one_quarter_accepted_and_the_second_begun():
    seed(stage="collecting")

    assert set(statuses(1)) == {"accepted"}
    assert set(statuses(2)) == {"draft", "submitted"}
    assert statuses(3) == {}
    assert Organisation.objects.get(code="2143990029").name == "芦淞区示例长亭实验小学"


def test_reviewing_has_the_second_quarter_waiting():
    seed(stage="reviewing")

    found = statuses(2)
    assert found["submitted"] > sum(found.values()) / 2
    assert {"accepted", "returned", "draft"} < set(found)
    assert OfficeReview.objects.filter(status="waiting").count() > 100
    assert Organisation.objects.get(code="2143990038").closed_on is None
