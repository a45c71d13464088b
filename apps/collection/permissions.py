"""Named predicates about a user and the organisation of a return."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from apps.accounts.enums import Role
from apps.accounts.permissions import has_role, is_administrator, is_member_of, is_principal, predicate
from apps.organisations.models import Organisation

reports = has_role(Role.REPORTER, Role.PRINCIPAL, Role.OFFICE)
reports_for = reports & is_member_of
signs_for = is_principal & is_member_of
plans_collection = is_administrator


@predicate
def administers(user: Any, organisation: Any) -> bool:
    """The organisation lies in the user's region or below it."""
    return (
        organisation is not None
        and Organisation.objects.in_region_of(user).filter(pk=organisation.pk).exists()
    )


# An administrator may bring figures in as drafts; whoever owes them still submits.
drafts_for = is_administrator & administers


def drafts_for_all(user: Any, organisations: Collection[Organisation]) -> bool:
    """Tell whether `reports_for` or `drafts_for` holds for each of many organisations (1 query)."""
    others = {one.pk for one in organisations if not reports_for(user, one)}
    if not others or not is_administrator(user):
        return not others
    return Organisation.objects.in_region_of(user).filter(pk__in=others).count() == len(others)


# … and facts of other systems that count as they are.
prefills_for = drafts_for


@predicate
def sees_evidence(user: Any, submission: Any) -> bool:
    """Evidence may hold more than the figures: it is for the organisation and its reviewing offices."""
    if user.organisation_id == submission.organisation_id:
        return True
    offices = set(submission.reviews.values_list("office_id", flat=True))
    if user.role == Role.OFFICE:
        return user.organisation_id in offices
    answered_for = [*offices, submission.organisation_id]
    return user.role == Role.DEPUTY and user.offices_led.filter(pk__in=answered_for).exists()
