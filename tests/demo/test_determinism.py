"""Two seedings give the same district, whatever keys the database happens to hand out."""

import hashlib

import pytest
from django.core.management import call_command

from apps.accounts.models import User
from apps.collection.models import (
    DataValue,
    DataValueRevision,
    Evidence,
    Extension,
    Notice,
    SealedForm,
    Submission,
    SubmissionEvent,
)
from apps.demo.services import seed
from apps.organisations.models import Organisation, SchoolProfile
from apps.plans.models import Measure, MeasureStep, MeasureUpdate
from apps.reviews.models import FieldReturn, OfficeReview
from apps.rollups.models import Result
from tests.support import districts

CONTENT = {
    Organisation: ("code", "name", "name_en", "sort_key", "opened_on", "closed_on"),
    SchoolProfile: ("organisation__code", "name", "ownership", "setting", "valid_from", "valid_to"),
    User: ("username", "name", "role", "organisation__code"),
    Submission: (
        "organisation__code",
        "period__quarter",
        "status",
        "version",
        "started_at",
        "submitted_by__username",
        "submitted_at",
        "submitted_on",
        "accepted_at",
    ),
    Notice: ("user__username", "organisation__code", "period__quarter", "kind", "step", "on", "due_on"),
    SealedForm: ("submission__organisation__code", "submission__period__quarter", "number", "sha256"),
    Extension: ("organisation__code", "period__quarter", "due_on", "reason"),
    Measure: ("code", "status", "due_on", "completed_on"),
    MeasureStep: ("measure__code", "position", "name", "status", "due_on", "done_on"),
    MeasureUpdate: ("measure__code", "at", "from_status", "to_status", "by__username", "note"),
    SubmissionEvent: (
        "submission__organisation__code",
        "at",
        "from_status",
        "to_status",
        "by__username",
        "note",
    ),
    DataValue: (
        "submission__organisation__code",
        "submission__period__quarter",
        "element__code",
        "stage",
        "number",
        "reason",
        "is_open",
        "accepted_number",
        "accepted_at",
        "accepted_by__username",
        "updated_at",
    ),
    DataValueRevision: (
        "value__submission__organisation__code",
        "value__submission__period__quarter",
        "value__element__code",
        "value__stage",
        "number_in_order",
        "number",
        "submitted_at",
        "accepted_at",
    ),
    OfficeReview: (
        "submission__organisation__code",
        "submission__period__quarter",
        "office__code",
        "status",
        "waiting_since",
        "decided_by__username",
        "decided_at",
        "note",
    ),
    FieldReturn: (
        "value__submission__organisation__code",
        "value__element__code",
        "reason",
        "text",
        "returned_at",
    ),
    Evidence: ("submission__organisation__code", "sha256", "original_name"),
    Result: (
        "indicator__code",
        "period__quarter",
        "region__code",
        "slice_kind",
        "slice_value",
        "n_due",
        "n_reported",
        "numerator",
        "denominator",
        "judgement__status",
        "judgement__value",
    ),
}


def digest():
    content = hashlib.sha256()
    for model, columns in CONTENT.items():
        for row in sorted(map(repr, model.objects.order_by().values_list(*columns))):
            content.update(row.encode())
    return content.hexdigest()


@pytest.fixture(scope="module")
def first(django_db_setup, django_db_blocker):
    """The hash of the district that the whole run shares."""
    with django_db_blocker.unblock(), districts.district("complete"):
        return digest()


@pytest.mark.django_db
def test_two_seedings_have_the_same_hash(first):
    call_command("load_plan", verbosity=0)
    seed(stage="complete")

    assert Submission.objects.exists()
    assert digest() == first
